package io.clinicsync.sync;

import io.clinicsync.ClinicSync;
import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.clinics.Connections;
import io.clinicsync.records.DueMarkers;
import io.clinicsync.tenancy.ClinicId;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.support.GenericApplicationContext;

/**
 * The application as its own process that runs one connection and dies, like a killed one, at a
 * chosen step.
 */
public final class KilledApplication {

  static final int KILLED = 9;
  static final int BUSY = 3;

  private KilledApplication() {}

  /** Where the process dies. */
  enum Step {
    /** The lease is taken and the run's row stands; nothing is read. */
    CLAIMED,
    /** A page is read and not stored. */
    READ,
    /** Everything of a page is written and not committed. */
    STAGED,
    /** A page is committed. */
    COMMITTED,
    /** The last page of a window is read and not stored. */
    CLOSING,
    /** The last page of one part of a first load is read and not stored. */
    PART_CLOSING,
    /** Some patients' own records are stored; the patients are not marked. */
    ANNOUNCING,
    /** Some patients are marked and the place is written, not committed. */
    ANNOUNCED,
    /** Every part of a first load is read; the sources' marks do not stand yet. */
    MARKING,
    /** Every window is closed; the run is not. */
    FINISHING,
    /** Lives on. */
    NEVER
  }

  /**
   * Arguments: step, which time it is reached, clinic, connection, the moment it is; then settings.
   */
  public static void main(String[] arguments) {
    Dying dying = new Dying(Step.valueOf(arguments[0]), Integer.parseInt(arguments[1]));
    Clock clock = Clock.fixed(Instant.parse(arguments[4]), ZoneOffset.UTC);
    String[] settings = java.util.Arrays.copyOfRange(arguments, 5, arguments.length);
    var context =
        new SpringApplicationBuilder(ClinicSync.class)
            .initializers(
                starting -> {
                  starting.getBeanFactory().addBeanPostProcessor(dying);
                  ((GenericApplicationContext) starting)
                      .registerBean(
                          "virtualClock", Clock.class, () -> clock, bean -> bean.setPrimary(true));
                })
            .run(settings);
    boolean ran =
        context
            .getBean(Runs.class)
            .run(
                new ClinicId(UUID.fromString(arguments[2])),
                new ConnectionId(UUID.fromString(arguments[3])))
            .isPresent();
    Runtime.getRuntime().halt(ran ? 0 : BUSY);
  }

  private static final class Dying implements BeanPostProcessor {

    private final Step step;
    private final AtomicInteger left;

    Dying(Step step, int time) {
      this.step = step;
      this.left = new AtomicInteger(time);
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String name) {
      boolean watched =
          bean instanceof SyncStore
              || bean instanceof PageStore
              || bean instanceof WindowReader
              || bean instanceof DueMarkers
              || bean instanceof RunOutcomes
              || bean instanceof Connections;
      if (!watched) {
        return bean;
      }
      ProxyFactory proxy = new ProxyFactory(bean);
      proxy.setProxyTargetClass(true);
      proxy.addAdvice((MethodInterceptor) this::around);
      return proxy.getProxy();
    }

    private Object around(MethodInvocation call) throws Throwable {
      String method = call.getMethod().getName();
      Object target = call.getThis();
      switch (target) {
        case Connections connections when method.equals("account") -> reached(Step.CLAIMED);
        case PageStore pages when method.equals("store") -> {
          reached(Step.READ);
          if (call.getArguments()[4] instanceof Checkpoint to && isLastPage(to)) {
            reached(to.open() == null ? Step.CLOSING : Step.PART_CLOSING);
          }
        }
        case DueMarkers due when method.equals("mark") -> reached(Step.ANNOUNCING);
        case WindowReader windows when method.equals("close") -> reached(Step.MARKING);
        case RunOutcomes outcomes when method.equals("close") -> reached(Step.FINISHING);
        case null, default -> {}
      }
      Object result = call.proceed();
      if (target instanceof DueMarkers && method.equals("mark")) {
        reached(Step.ANNOUNCED);
      } else if (target instanceof SyncStore && method.equals("progress")) {
        reached(Step.STAGED);
      } else if (target instanceof PageStore && method.equals("store")) {
        reached(Step.COMMITTED);
      }
      return result;
    }

    private static boolean isLastPage(Checkpoint to) {
      return to.open() == null || to.open().cursor() == null;
    }

    private void reached(Step here) {
      if (here == step && left.decrementAndGet() == 0) {
        Runtime.getRuntime().halt(KILLED);
      }
    }
  }
}
