package io.clinicsync.tenancy;

import java.util.Set;
import java.util.function.Supplier;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Opens transactions bound to a clinic or an organisation; row-level security then lets nothing
 * else through. There is no other way to the application's tables: a transaction without a scope is
 * refused before it begins.
 *
 * <p>Nothing here may be called while waiting for a remote answer: a transaction holds a connection
 * [R21].
 */
@Component
public class Tenancy {

  private static final ScopedValue<TransactionStatus> STATUS = ScopedValue.newInstance();

  private final TransactionTemplate readWrite;
  private final TransactionTemplate readOnly;

  Tenancy(PlatformTransactionManager transactions) {
    readWrite = new TransactionTemplate(transactions);
    readOnly = new TransactionTemplate(transactions);
    readOnly.setReadOnly(true);
  }

  /**
   * Runs work in one transaction that reads and writes exactly this clinic. Joins one already open
   * for it.
   */
  public <T> T inClinic(ClinicId clinic, Supplier<T> work) {
    return run(TenantScope.of(clinic), readWrite, work);
  }

  /** As {@link #inClinic(ClinicId, Supplier)}, without a result. */
  public void inClinic(ClinicId clinic, Runnable work) {
    inClinic(
        clinic,
        () -> {
          work.run();
          return Boolean.TRUE;
        });
  }

  /** Runs work in a read-only transaction that sees these clinics and can write none. */
  public <T> T seeing(Set<ClinicId> clinics, Supplier<T> work) {
    return run(new TenantScope(clinics, null, null), readOnly, work);
  }

  /**
   * Runs work in one transaction on the organisation's own rows; it reaches no clinic's records.
   */
  public <T> T inOrganisation(OrganisationId organisation, Supplier<T> work) {
    return run(new TenantScope(Set.of(), null, organisation), readWrite, work);
  }

  /** Makes the open transaction end without a trace; for trying out what work would do. */
  public void rollBack() {
    STATUS.get().setRollbackOnly();
  }

  /**
   * Runs one of the resolver functions, which find an id before any scope is known. Such a
   * transaction sees no table row: every policy refuses an unbound scope.
   */
  public <T> T resolve(Supplier<T> resolver) {
    return run(TenantScope.NONE, readOnly, resolver);
  }

  // The supplier may return null where its type says so; the template passes the value through
  // unchanged.
  @SuppressWarnings("NullAway")
  private <T> T run(TenantScope scope, TransactionTemplate template, Supplier<T> work) {
    if (TransactionSynchronizationManager.isActualTransactionActive()) {
      if (TenantBinding.CURRENT.isBound() && TenantBinding.CURRENT.get().equals(scope)) {
        return work.get();
      }
      throw new TenantScopeViolation(
          "A transaction of another scope is already open on this thread");
    }
    return ScopedValue.where(TenantBinding.CURRENT, scope)
        .call(() -> template.execute(status -> ScopedValue.where(STATUS, status).call(work::get)));
  }
}
