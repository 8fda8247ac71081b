package io.clinicsync.crm;

import io.clinicsync.clinics.GhlAccounts;
import io.clinicsync.records.Cause;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.Tenancy;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Looks every night for facts that no push followed [SY-3]. Events wake and markers decide, but the
 * marker itself can be missed: facts stored in the very moment in which the clinic's sub-account is
 * connected see none yet and are not seen by its filling either.
 */
@Component
public class ContactSweep {

  private static final Logger log = LoggerFactory.getLogger(ContactSweep.class);

  private final PushQueue queue;
  private final GhlAccounts accounts;
  private final Tenancy tenancy;

  ContactSweep(PushQueue queue, GhlAccounts accounts, Tenancy tenancy) {
    this.queue = queue;
    this.accounts = accounts;
    this.tenancy = tenancy;
  }

  /** Queues, quietly, whoever was forgotten; returns how many. */
  public int sweep(ClinicId clinic) {
    if (accounts.find(clinic).isEmpty()) {
      return 0;
    }
    int found = tenancy.inClinic(clinic, () -> queue.addForgotten(clinic, Cause.BACKFILL));
    if (found > 0) {
      log.info("{} contacts of clinic {} are compared again", found, clinic);
    }
    return found;
  }

  List<ClinicId> clinics() {
    return queue.clinicsWithSubAccount();
  }
}
