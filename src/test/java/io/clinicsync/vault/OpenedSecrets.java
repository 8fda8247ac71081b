package io.clinicsync.vault;

import io.clinicsync.tenancy.ClinicId;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.aopalliance.intercept.MethodInterceptor;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Counts, in each application context of the run, which vendors' credentials are opened while a
 * transaction holds a connection: opening may ask a key service and take long.
 */
public final class OpenedSecrets
    implements ApplicationContextInitializer<ConfigurableApplicationContext> {

  private static final Map<Owner, Count> BY_OWNER = new ConcurrentHashMap<>();

  /** How often something was opened. */
  private record Count(LongAdder outside, LongAdder within) {}

  private static Count of(Owner owner) {
    return BY_OWNER.computeIfAbsent(owner, key -> new Count(new LongAdder(), new LongAdder()));
  }

  /** How often credentials of a clinic were opened without a transaction. */
  public static long outside(ClinicId clinic) {
    return of(Owner.of(clinic)).outside().sum();
  }

  /** How often credentials of a clinic were opened within a transaction. */
  public static long within(ClinicId clinic) {
    return of(Owner.of(clinic)).within().sum();
  }

  @Override
  public void initialize(ConfigurableApplicationContext context) {
    context.getBeanFactory().addBeanPostProcessor(new Watching());
  }

  private static final class Watching implements BeanPostProcessor {

    @Override
    public Object postProcessAfterInitialization(Object bean, String name) {
      if (!(bean instanceof Vault)) {
        return bean;
      }
      ProxyFactory watched = new ProxyFactory(bean);
      watched.setProxyTargetClass(true);
      watched.addAdvice(
          (MethodInterceptor)
              call -> {
                if (call.getMethod().getName().equals("open")) {
                  look((Owner) call.getArguments()[0], (String) call.getArguments()[2]);
                }
                return call.proceed();
              });
      return watched.getProxy();
    }

    private static void look(Owner owner, String column) {
      if (column.startsWith("clinics_connection_credentials.")
          || column.startsWith("clinics_ghl_accounts.")) {
        Count count = of(owner);
        (TransactionSynchronizationManager.isActualTransactionActive()
                ? count.within()
                : count.outside())
            .increment();
      }
    }
  }
}
