package io.clinicsync.crm;

import io.clinicsync.clinics.Clinic;
import io.clinicsync.clinics.Clinics;
import io.clinicsync.clinics.Connection;
import io.clinicsync.clinics.Connections;
import io.clinicsync.clinics.GhlAccounts;
import io.clinicsync.ghl.GhlAccount;
import io.clinicsync.ghl.GhlCustomFields;
import io.clinicsync.ghl.GhlException;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.Tenancy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Works a clinic's queue off: claims, looks up who is new, decides, and writes contacts side by
 * side at the quota.
 */
@Component
public class Drain {

  private static final Logger log = LoggerFactory.getLogger(Drain.class);

  /**
   * How long the CRM's search may not show what was written; nothing uncertain is looked for
   * sooner.
   */
  static final Duration INDEX_LAG = Duration.ofSeconds(60);

  /** Why an entry waits: another connection's patient, maybe the same person, gets a contact. */
  static final String BEING_MADE = "crm_contact_being_made";

  /** Two batches are under way at a time; both must be through before their claims lapse. */
  private static final int BATCH = 60;

  private static final int AT_ONCE = 6;
  private static final Duration HOLD = Duration.ofMinutes(3);

  /** How often more work is looked for while the last of it is being sent. */
  private static final Duration GLANCE = Duration.ofMillis(250);

  private final Clinics clinics;
  private final GhlAccounts ghlAccounts;
  private final Connections connections;
  private final PushPlan plan;
  private final PushQueue queue;
  private final FieldKeeper fieldKeeper;
  private final ClinicFields clinicFields;
  private final PushDecisions decisions;
  private final ContactSender sender;
  private final Tenancy tenancy;
  private final Clock clock;

  Drain(
      Clinics clinics,
      GhlAccounts ghlAccounts,
      Connections connections,
      PushPlan plan,
      PushQueue queue,
      FieldKeeper fieldKeeper,
      ClinicFields clinicFields,
      PushDecisions decisions,
      ContactSender sender,
      Tenancy tenancy,
      Clock clock) {
    this.clinics = clinics;
    this.ghlAccounts = ghlAccounts;
    this.connections = connections;
    this.plan = plan;
    this.queue = queue;
    this.fieldKeeper = fieldKeeper;
    this.clinicFields = clinicFields;
    this.decisions = decisions;
    this.sender = sender;
    this.tenancy = tenancy;
    this.clock = clock;
  }

  /**
   * Works off what may go now; several nodes share the work. While one batch is being sent the next
   * is claimed and decided, so that the quota does not idle between them. Returns how many entries
   * were worked off.
   */
  public int work(ClinicId id) {
    GhlAccount account = ghlAccounts.find(id).orElse(null);
    if (account == null) {
      return 0;
    }
    AtomicReference<Outcome.@Nullable Stop> stop = new AtomicReference<>();
    int worked = 0;
    Batch sending = null;
    try (ExecutorService threads =
        Executors.newFixedThreadPool(AT_ONCE, Thread.ofVirtual().name("push-", 0).factory())) {
      while (true) {
        Batch next = stop.get() == null ? begin(id, account, stop, threads) : null;
        if (sending == null && next == null) {
          return worked;
        }
        if (sending != null && (next != null || sending.isSentWithin(GLANCE))) {
          Batch sent = sending;
          sending = null;
          worked += end(sent);
        }
        if (next != null) {
          sending = next;
        }
      }
    } finally {
      if (sending != null) {
        end(sending); // what is written must not be claimed once more
      }
    }
  }

  /**
   * Installs the fields that the clinic's contacts will need, so that the first of them need not
   * wait. A failure is left to the first contact.
   */
  void setUp(ClinicId id) {
    GhlAccount account = ghlAccounts.find(id).orElse(null);
    if (account == null) {
      return;
    }
    Set<String> emrs = connections.of(id).stream().map(Connection::emr).collect(Collectors.toSet());
    try {
      fieldKeeper.ensure(id, account, clinicFields.custom(clinics.require(id), emrs));
    } catch (GhlException failed) {
      log.warn("fields of clinic {} wait: {} {}", id, failed.kind(), failed.getMessage());
    }
  }

  /** How many entries of a clinic wait, those for later included. */
  public int waiting(ClinicId clinic) {
    return tenancy.inClinic(clinic, () -> queue.waiting(clinic));
  }

  /**
   * Claims a batch and has it sent; null when nothing may go now. Settings and sub-account are read
   * after the claim: what queued its entries may have been their change.
   */
  private @Nullable Batch begin(
      ClinicId id,
      GhlAccount accountBefore,
      AtomicReference<Outcome.@Nullable Stop> stop,
      Executor threads) {
    Instant sendBefore = clock.instant().plus(HOLD.multipliedBy(2).dividedBy(3));
    List<PushItem> items = plan.claim(clinics.require(id), BATCH, HOLD);
    if (items.isEmpty()) {
      return null;
    }
    Clinic clinic = clinics.require(id);
    GhlAccount account = ghlAccounts.find(id).orElse(accountBefore);
    Batch batch = new Batch(clinic, account, items, sendBefore, clock, stop);
    try {
      GhlCustomFields fields =
          fieldKeeper.ensure(
              clinic.id(),
              account,
              clinicFields.custom(
                  clinic, items.stream().map(PushItem::emr).collect(Collectors.toSet())));
      batch.send(decisions.decide(batch, fields), fields, sender, threads);
    } catch (GhlException failed) {
      batch.stop(failed);
    }
    return batch;
  }

  /**
   * Ends the claims: worked off, for later, or all that is left for when the sub-account can be
   * written again.
   */
  private int end(Batch batch) {
    batch.awaitSent();
    ClinicId clinic = batch.clinic().id();
    Batch.Settled settled = batch.settled();
    tenancy.inClinic(
        clinic,
        () -> {
          if (!settled.done().isEmpty()) {
            queue.done(clinic, settled.done());
          }
          settled
              .later()
              .forEach(
                  (claim, outcome) ->
                      queue.later(clinic, claim, outcome.after(), outcome.code(), outcome.most()));
        });
    String stopped = settled.stopped();
    boolean needsTheClinic = stopped != null && stopped.startsWith("ghl_");
    if (needsTheClinic || (stopped == null && !settled.done().isEmpty())) {
      ghlAccounts.report(clinic, !needsTheClinic, stopped);
    }
    return settled.done().size();
  }
}
