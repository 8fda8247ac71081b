package io.clinicsync.crm;

import io.clinicsync.canonical.EmrId;
import io.clinicsync.clinics.Clinic;
import io.clinicsync.clinics.Clinics;
import io.clinicsync.clinics.GhlAccounts;
import io.clinicsync.crm.PushQueue.Claimed;
import io.clinicsync.ghl.GhlAccount;
import io.clinicsync.ghl.GhlApi;
import io.clinicsync.ghl.GhlContact;
import io.clinicsync.ghl.GhlCustomFields;
import io.clinicsync.ghl.GhlException;
import io.clinicsync.people.Link;
import io.clinicsync.people.Linker;
import io.clinicsync.people.Links;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.Tenancy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
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

  private static final int BATCH = 120;
  private static final int AT_ONCE = 6;
  private static final Duration HOLD = Duration.ofMinutes(3);

  private final Clinics clinics;
  private final GhlAccounts ghlAccounts;
  private final PushPlan plan;
  private final PushQueue queue;
  private final FieldKeeper fieldKeeper;
  private final ClinicFields clinicFields;
  private final Lookups lookups;
  private final Linker linker;
  private final Links links;
  private final ContactSender sender;
  private final PushLedger ledger;
  private final GhlApi ghl;
  private final Tenancy tenancy;
  private final Clock clock;

  Drain(
      Clinics clinics,
      GhlAccounts ghlAccounts,
      PushPlan plan,
      PushQueue queue,
      FieldKeeper fieldKeeper,
      ClinicFields clinicFields,
      Lookups lookups,
      Linker linker,
      Links links,
      ContactSender sender,
      PushLedger ledger,
      GhlApi ghl,
      Tenancy tenancy,
      Clock clock) {
    this.clinics = clinics;
    this.ghlAccounts = ghlAccounts;
    this.plan = plan;
    this.queue = queue;
    this.fieldKeeper = fieldKeeper;
    this.clinicFields = clinicFields;
    this.lookups = lookups;
    this.linker = linker;
    this.links = links;
    this.sender = sender;
    this.ledger = ledger;
    this.ghl = ghl;
    this.tenancy = tenancy;
    this.clock = clock;
  }

  /**
   * Works off what may go now; several nodes share the work. Returns how many entries were worked
   * off.
   */
  public int work(ClinicId id) {
    GhlAccount account = ghlAccounts.find(id).orElse(null);
    if (account == null) {
      return 0;
    }
    Clinic clinic = clinics.require(id);
    int worked = 0;
    List<PushItem> items = plan.claim(clinic, BATCH, HOLD);
    while (!items.isEmpty()) {
      Batch batch = new Batch(clinic, account, items);
      batch.run();
      worked += batch.done.size();
      if (batch.stop.get() != null) {
        return worked;
      }
      items = plan.claim(clinic, BATCH, HOLD);
    }
    return worked;
  }

  /** How many entries of a clinic wait, those for later included. */
  public int waiting(ClinicId clinic) {
    return tenancy.inClinic(clinic, () -> queue.waiting(clinic));
  }

  /** One claimed batch. */
  private final class Batch {

    private final Clinic clinic;
    private final GhlAccount account;
    private final List<PushItem> items;
    private final Instant claimedAt;
    private final List<Claimed> done = new ArrayList<>();
    private final Map<Claimed, Outcome.Later> later = new LinkedHashMap<>();
    private final AtomicReference<Outcome.@Nullable Stop> stop = new AtomicReference<>();

    Batch(Clinic clinic, GhlAccount account, List<PushItem> items) {
      this.clinic = clinic;
      this.account = account;
      this.items = items;
      this.claimedAt = clock.instant();
    }

    void run() {
      try {
        GhlCustomFields fields =
            fieldKeeper.ensure(
                clinic.id(),
                account,
                clinicFields.custom(
                    clinic, items.stream().map(PushItem::emr).collect(Collectors.toSet())));
        List<PushItem> decided = decide(fields);
        send(decided, fields);
      } catch (GhlException failed) {
        log.warn(
            "pushes of clinic {} wait: {} {}", clinic.id(), failed.kind(), failed.getMessage());
        stop.set(
            new Outcome.Stop(failed.retryAfter().orElse(Duration.ofSeconds(30)), code(failed)));
      }
      settle();
    }

    /**
     * Gives every item a link, by what is known, by looking the CRM up, or by waiting for its
     * index.
     */
    private List<PushItem> decide(GhlCustomFields fields) {
      Instant now = clock.instant();
      String idField = ContactSender.patientIdField(fields);
      List<PushItem> ready = new ArrayList<>();
      List<PushItem> seekers = new ArrayList<>();
      for (PushItem item : items) {
        Link link = item.link();
        if (link == null || link.state() == Link.State.GONE || wasSkippedAndMayChange(item, link)) {
          seekers.add(item);
        } else if (link.state() == Link.State.LINKED && item.patient().mergedInto() != null) {
          merge(item, link);
        } else if (link.state() == Link.State.CREATING && link.attemptAt() != null) {
          afterUnknown(item, link, link.attemptAt(), now, idField, ready);
        } else if (link.state() == Link.State.CREATING) {
          ready.add(item.with(attempt(item, link, now)));
        } else {
          ready.add(link.state() == Link.State.LINKED ? reclaimed(item, link) : item);
        }
      }
      Map<EmrId, List<GhlContact>> found = lookups.find(account, seekers, idField);
      for (PushItem seeker : seekers) {
        try {
          ready.add(
              seeker.with(
                  ledger.decideAgain(
                      clinic, seeker, found.getOrDefault(seeker.id(), List.of()), idField)));
        } catch (DataAccessException raced) {
          // Another node gave the same address to another patient at the same moment.
          later.put(seeker.claim(), setAside(seeker, raced));
        }
      }
      return ready;
    }

    /**
     * One patient's trouble holds up nobody else. The message may quote values, so it is not
     * logged.
     */
    private Outcome.Later setAside(PushItem item, RuntimeException unexpected) {
      log.error(
          "patient {} of clinic {} is set aside after {}",
          item.id(),
          clinic.id(),
          unexpected.getClass().getName());
      return new Outcome.Later(Duration.ofSeconds(30), "internal_error");
    }

    /**
     * A reason of the moment, not of a person: archived patients come back, test flags are taken
     * away.
     */
    private boolean wasSkippedAndMayChange(PushItem item, Link link) {
      return link.state() == Link.State.SKIPPED
          && !String.valueOf(link.rule()).startsWith("PERSON")
          && item.patient().mergedInto() == null;
    }

    private void merge(PushItem item, Link link) {
      String contact = String.valueOf(link.contactId());
      try {
        // Tagged first: once the link has moved on, nobody would come back to it.
        if (!ledger.survivorTakesOver(clinic, item)) {
          ghl.addTags(account, contact, List.of(ContactSender.MERGED_TAG));
        }
      } catch (GhlException failed) {
        if (failed.kind() != GhlException.Kind.NOT_FOUND) {
          later.put(item.claim(), new Outcome.Later(Duration.ofSeconds(30), code(failed)));
          return;
        }
      }
      ledger.moveToSurvivor(clinic, item, link);
      done.add(item.claim());
    }

    /** A create whose answer never came: only the CRM knows, and its index needs a moment [R12]. */
    private void afterUnknown(
        PushItem item,
        Link link,
        Instant attemptAt,
        Instant now,
        @Nullable String idField,
        List<PushItem> ready) {
      Instant visible = attemptAt.plus(INDEX_LAG);
      if (now.isBefore(visible)) {
        later.put(
            item.claim(), new Outcome.Later(Duration.between(now, visible), "crm_outcome_unknown"));
        return;
      }
      List<GhlContact> mine =
          idField == null
              ? List.of()
              : ghl.findByCustomField(account, idField, item.id().value()).stream()
                  .filter(contact -> Linker.sameName(item.patient(), contact))
                  .toList();
      if (mine.size() > 1) {
        ledger.severalFound(clinic, item, link, mine);
        done.add(item.claim());
        return;
      }
      Link settled =
          mine.size() == 1
              ? new Link(
                  item.id(),
                  Link.State.LINKED,
                  mine.getFirst().id(),
                  link.rule(),
                  List.of(),
                  link.email(),
                  link.phone(),
                  null,
                  link.recreated())
              : new Link(
                  item.id(),
                  Link.State.CREATING,
                  null,
                  link.rule(),
                  List.of(),
                  link.email(),
                  link.phone(),
                  now,
                  link.recreated());
      tenancy.inClinic(
          clinic.id(), () -> links.save(clinic.id(), item.claim().connection(), settled, null));
      ready.add(item.with(settled));
    }

    /** A person asked for a contact of its own: the attempt is written down before it is made. */
    private Link attempt(PushItem item, Link link, Instant now) {
      Link attempted =
          new Link(
              item.id(),
              Link.State.CREATING,
              null,
              link.rule(),
              List.of(),
              link.email(),
              link.phone(),
              now,
              link.recreated());
      tenancy.inClinic(
          clinic.id(), () -> links.save(clinic.id(), item.claim().connection(), attempted, null));
      return attempted;
    }

    /** An address that changed in the EMR is claimed anew, unless another patient holds it. */
    private PushItem reclaimed(PushItem item, Link link) {
      Linker.Addresses now = item.addresses();
      String email = claimable(item, link.email(), now.email(), "email", "emr_email");
      String phone = claimable(item, link.phone(), now.phone(), "phone", "emr_phone");
      if (java.util.Objects.equals(email, link.email())
          && java.util.Objects.equals(phone, link.phone())) {
        return item;
      }
      Link wanted =
          new Link(
              link.patient(),
              link.state(),
              link.contactId(),
              link.rule(),
              List.of(),
              email,
              phone,
              null,
              link.recreated());
      return tenancy.inClinic(
          clinic.id(),
          () -> {
            links.save(clinic.id(), item.claim().connection(), wanted, null);
            return item.with(
                links.find(clinic.id(), item.claim().connection(), item.id()).orElse(link));
          });
    }

    /**
     * The address this contact should hold. One that is new since the last write is claimed; one
     * that was there already and is held elsewhere stays there [ID-4].
     */
    private static @Nullable String claimable(
        PushItem item,
        @Nullable String held,
        @Nullable String now,
        String natively,
        String standIn) {
      Pushes.Pushed pushed = item.pushed();
      if (java.util.Objects.equals(held, now) || (held == null && pushed == null)) {
        return held;
      }
      if (held != null || now == null || pushed == null) {
        return now;
      }
      Object shown = pushed.written().get(natively);
      Object seen = shown == null || shown.equals("") ? pushed.written().get(standIn) : shown;
      return seen != null && now.equalsIgnoreCase(seen.toString()) ? null : now;
    }

    private void send(List<PushItem> ready, GhlCustomFields fields) {
      try (ExecutorService threads =
          Executors.newFixedThreadPool(AT_ONCE, Thread.ofVirtual().name("push-", 0).factory())) {
        List<CompletableFuture<Void>> running =
            ready.stream()
                .map(item -> CompletableFuture.runAsync(() -> sendOne(item, fields), threads))
                .toList();
        running.forEach(CompletableFuture::join);
      }
    }

    private void sendOne(PushItem item, GhlCustomFields fields) {
      // A claim about to lapse may be another node's by the time the answer comes.
      if (stop.get() != null
          || clock.instant().isAfter(claimedAt.plus(HOLD.multipliedBy(2).dividedBy(3)))) {
        return;
      }
      Outcome outcome;
      try {
        outcome = sender.send(clinic, account, fields, item);
      } catch (RuntimeException unexpected) {
        outcome = setAside(item, unexpected);
      }
      synchronized (this) {
        switch (outcome) {
          case Outcome.Done nothing -> done.add(item.claim());
          case Outcome.Later wait -> later.put(item.claim(), wait);
          case Outcome.Stop all -> stop.compareAndSet(null, all);
        }
      }
    }

    /**
     * Ends the claims: worked off, for later, or all that is left for when the sub-account can be
     * written again.
     */
    private void settle() {
      Outcome.Stop stopped = stop.get();
      tenancy.inClinic(
          clinic.id(),
          () -> {
            if (!done.isEmpty()) {
              queue.done(clinic.id(), done);
            }
            later.forEach(
                (claim, outcome) ->
                    queue.later(
                        clinic.id(), claim, outcome.after(), outcome.code(), outcome.most()));
            for (PushItem item : items) {
              if (!done.contains(item.claim()) && !later.containsKey(item.claim())) {
                Outcome.Stop why =
                    stopped == null ? new Outcome.Stop(Duration.ZERO, "crm_slow") : stopped;
                queue.later(clinic.id(), item.claim(), why.after(), why.code(), 0);
              }
            }
          });
      boolean needsTheClinic = stopped != null && stopped.code().startsWith("ghl_");
      if (needsTheClinic || (stopped == null && !done.isEmpty())) {
        ghlAccounts.report(clinic.id(), !needsTheClinic, stopped == null ? null : stopped.code());
      }
    }
  }

  private static String code(GhlException failed) {
    return switch (failed.kind()) {
      case UNAUTHORISED -> "ghl_unauthorised";
      case MISSING_SCOPE -> "ghl_missing_scope";
      case WRONG_LOCATION -> "ghl_wrong_location";
      case RATE_LIMITED -> "crm_rate_limited";
      case UNAVAILABLE -> "crm_unavailable";
      case NOT_FOUND, DUPLICATE, INVALID, OUTCOME_UNKNOWN, CONTRACT_BROKEN -> "crm_contract_broken";
    };
  }
}
