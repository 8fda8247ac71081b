package io.clinicsync.tenancy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.clinicsync.ApplicationTest;
import jakarta.persistence.EntityManager;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** F34: a connection reused right after another clinic, and work without a clinic. */
@ApplicationTest
class TenancyTests {

  @Autowired private Tenancy tenancy;
  @Autowired private Entities entities;
  @Autowired private EntityManager manager;
  @Autowired private JdbcClient jdbc;

  @Test
  void workWithoutAClinicIsRefusedBeforeItBegins() {
    assertThatThrownBy(
            () -> jdbc.sql("SELECT count(*) FROM clinics_permits").query(Long.class).single())
        .rootCause()
        .hasMessageContaining("no clinics are bound");
  }

  @Test
  void aTransactionOfAnotherClinicCannotBeOpenedInside() {
    ClinicId one = ClinicId.create();
    ClinicId other = ClinicId.create();
    assertThatThrownBy(() -> tenancy.inClinic(one, () -> tenancy.inClinic(other, () -> 1)))
        .isInstanceOf(TenantScopeViolation.class);
    assertThat(tenancy.<Integer>inClinic(one, () -> tenancy.inClinic(one, () -> 1))).isEqualTo(1);
  }

  @Test
  void entitiesAreReachedThroughEntitiesOnly() {
    ClinicId clinic = ClinicId.create();
    assertThatThrownBy(
            () ->
                tenancy.inClinic(
                    clinic, () -> manager.createNativeQuery("SELECT 1").getSingleResult()))
        .isInstanceOf(TenantScopeViolation.class);
    String bound = "SELECT current_setting('app.tenant')";
    assertThat(
            entities.<Object>inClinic(
                clinic, () -> manager.createNativeQuery(bound).getSingleResult()))
        .as("the connection of the transaction")
        .isEqualTo(clinic.toString());
    assertThatThrownBy(
            () ->
                tenancy.inClinic(
                    clinic,
                    () -> {
                      entities.inClinic(clinic, () -> 1);
                      return manager.createNativeQuery("SELECT 1").getSingleResult();
                    }))
        .as("after the work has ended")
        .isInstanceOf(TenantScopeViolation.class);
  }

  @Test
  void theScopeDoesNotCrossToAnotherThread() throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      ClinicId clinic = ClinicId.create();
      tenancy.inClinic(
          clinic,
          () -> {
            Future<Long> elsewhere =
                threads.submit(
                    () ->
                        jdbc.sql("SELECT count(*) FROM clinics_permits")
                            .query(Long.class)
                            .single());
            assertThatThrownBy(elsewhere::get).hasRootCauseMessage(rootMessage(elsewhere));
            return 1;
          });
    }
  }

  @Test
  void clinicsSharingAPoolNeverSeeEachOther() throws Exception {
    List<ClinicId> clinics = IntStream.range(0, 8).mapToObj(number -> ClinicId.create()).toList();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Set<UUID>>> work =
          IntStream.range(0, 800)
              .<Callable<Set<UUID>>>mapToObj(
                  turn ->
                      () -> {
                        ClinicId clinic = clinics.get(turn % clinics.size());
                        Set<UUID> seen =
                            tenancy.inClinic(
                                clinic,
                                () -> {
                                  jdbc.sql("INSERT INTO clinics_permits VALUES (?, ?, '', now())")
                                      .params(clinic.value(), "turn " + turn)
                                      .update();
                                  return Set.copyOf(
                                      jdbc.sql("SELECT tenant_id FROM clinics_permits")
                                          .query(UUID.class)
                                          .list());
                                });
                        assertThat(seen).containsExactly(clinic.value());
                        return seen;
                      })
              .toList();
      for (Future<Set<UUID>> done : threads.invokeAll(work)) {
        assertThat(done.get()).hasSize(1);
      }
    }
  }

  private static String rootMessage(Future<Long> failed) {
    try {
      failed.get();
      return "";
    } catch (Exception failure) {
      Throwable root = failure;
      while (root.getCause() != null) {
        root = root.getCause();
      }
      assertThat(root.getMessage()).contains("no clinics are bound");
      return root.getMessage();
    }
  }
}
