package io.clinicsync.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.clinicsync.ApplicationTest;
import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.clinics.Clinics;
import io.clinicsync.clinics.Connections;
import io.clinicsync.tenancy.ClinicId;
import java.net.URI;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.junit.jupiter.api.Test;
import org.quartz.Scheduler;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;

/** F35 on the real scheduler: nobody waits for a clinic whose runs hang. */
@ApplicationTest
class FairShareTests {

  private static final int BACKLOG = 60;
  private static final int OTHERS = 30;
  private static final ZoneId ZONE = ZoneId.of("Europe/London");

  @TestConfiguration(proxyBeanMethods = false)
  static class Instruments {
    @Bean
    static HangingRuns hangingRuns() {
      return new HangingRuns();
    }
  }

  /** Runs of one clinic hang until they are let go; all others end at once. */
  static final class HangingRuns implements BeanPostProcessor {

    final Set<ConnectionId> started = ConcurrentHashMap.newKeySet();
    final AtomicInteger hanging = new AtomicInteger();
    final AtomicInteger most = new AtomicInteger();
    final CountDownLatch letGo = new CountDownLatch(1);
    volatile ClinicId large = new ClinicId(new java.util.UUID(0, 0));

    @Override
    public Object postProcessAfterInitialization(Object bean, String name) {
      if (!(bean instanceof Runs)) {
        return bean;
      }
      ProxyFactory proxy = new ProxyFactory(bean);
      proxy.setProxyTargetClass(true);
      proxy.addAdvice((MethodInterceptor) this::around);
      return proxy.getProxy();
    }

    private Object around(MethodInvocation call) throws Throwable {
      if (!call.getMethod().getName().equals("run")) {
        return call.proceed();
      }
      if (call.getArguments()[0].equals(large)) {
        most.accumulateAndGet(hanging.incrementAndGet(), Math::max);
        letGo.await();
        hanging.decrementAndGet();
      }
      started.add((ConnectionId) call.getArguments()[1]);
      return Optional.empty();
    }
  }

  @Autowired private Clinics clinics;
  @Autowired private Connections connections;
  @Autowired private SyncSchedule schedule;
  @Autowired private SyncSettings settings;
  @Autowired private Scheduler scheduler;
  @Autowired private HangingRuns runs;

  @Test
  void everybodyElseStartsWhileAClinicsBacklogHangs() throws Exception {
    ClinicId large = clinic("Large");
    runs.large = large;
    List<ConnectionId> backlog = new ArrayList<>();
    for (int number = 0; number < BACKLOG; number++) {
      backlog.add(connection(large));
    }
    scheduler.start();
    try {
      backlog.forEach(connection -> schedule.soon(large, connection));
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> runs.hanging.get() == settings.perClinic());
      List<ConnectionId> others = new ArrayList<>();
      for (int number = 0; number < OTHERS; number++) {
        ClinicId clinic = clinic("Other " + number);
        others.add(connection(clinic));
        schedule.soon(clinic, others.getLast());
      }
      await().atMost(Duration.ofSeconds(60)).until(() -> runs.started.containsAll(others));
      assertThat(runs.hanging.get()).isEqualTo(settings.perClinic());
      assertThat(runs.started).as("of the backlog").doesNotContainAnyElementsOf(backlog);
      runs.letGo.countDown();
      await().atMost(Duration.ofSeconds(120)).until(() -> runs.started.containsAll(backlog));
      assertThat(runs.most.get()).isEqualTo(settings.perClinic());
      System.out.println(
          "F35 "
              + OTHERS
              + " of "
              + OTHERS
              + " others started beside a backlog of "
              + BACKLOG
              + " that held "
              + runs.most.get()
              + " workers");
    } finally {
      runs.letGo.countDown();
      scheduler.standby();
    }
  }

  private ClinicId clinic(String name) {
    return clinics.create(clinics.createOrganisation(name), name, ZONE, "GB", "GBP").id();
  }

  private ConnectionId connection(ClinicId clinic) {
    return connections
        .add(
            clinic,
            new Connections.NewConnection(
                "cliniko",
                "api-key",
                "Cliniko",
                Map.of("apiKey", "MS0-au1"),
                URI.create("http://localhost:1/cliniko"),
                ZONE,
                "GBP"))
        .id();
  }
}
