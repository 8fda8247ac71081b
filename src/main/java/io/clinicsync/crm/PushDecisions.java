package io.clinicsync.crm;

import io.clinicsync.clinics.Clinic;
import io.clinicsync.ghl.GhlApi;
import io.clinicsync.ghl.GhlContact;
import io.clinicsync.ghl.GhlCustomFields;
import io.clinicsync.ghl.GhlException;
import io.clinicsync.people.Link;
import io.clinicsync.people.Linker;
import io.clinicsync.people.Links;
import io.clinicsync.tenancy.Tenancy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Gives claimed entries their link: who is known goes on, who is new is looked for, and a create
 * without an answer is looked into first.
 */
@Component
class PushDecisions {

  private final Lookups lookups;
  private final Links links;
  private final PushLedger ledger;
  private final GhlApi ghl;
  private final Tenancy tenancy;
  private final Clock clock;

  PushDecisions(
      Lookups lookups, Links links, PushLedger ledger, GhlApi ghl, Tenancy tenancy, Clock clock) {
    this.lookups = lookups;
    this.links = links;
    this.ledger = ledger;
    this.ghl = ghl;
    this.tenancy = tenancy;
    this.clock = clock;
  }

  /**
   * Gives every item a link, by what is known, by looking the CRM up, or by waiting for its index.
   */
  List<PushItem> decide(Batch batch, GhlCustomFields fields) {
    Clinic clinic = batch.clinic();
    Instant now = clock.instant();
    String idField = ContactSender.patientIdField(fields);
    List<PushItem> ready = new ArrayList<>();
    List<PushItem> seekers = new ArrayList<>();
    for (PushItem item : batch.items()) {
      if (isSought(item)) {
        seekers.add(item);
        continue;
      }
      try {
        known(batch, item, now, idField).ifPresent(ready::add);
      } catch (GhlException ofTheWholeAccount) {
        throw ofTheWholeAccount;
      } catch (RuntimeException raced) {
        batch.take(item, batch.setAside(item, raced));
      }
    }
    Map<PushQueue.Claimed, List<GhlContact>> found =
        lookups.find(batch.account(), seekers, idField);
    for (PushItem seeker : seekers) {
      try {
        ledger
            .decideAgain(clinic, seeker, found.getOrDefault(seeker.claim(), List.of()), idField)
            .ifPresentOrElse(
                link -> ready.add(seeker.with(link)),
                () -> batch.take(seeker, new Outcome.Later(Drain.INDEX_LAG, Drain.BEING_MADE)));
      } catch (RuntimeException raced) {
        // Mostly another node that gave the same address to another patient at the same moment.
        batch.take(seeker, batch.setAside(seeker, raced));
      }
    }
    return ledger.completed(clinic, ready);
  }

  private boolean isSought(PushItem item) {
    Link link = item.link();
    return link == null || link.state() == Link.State.GONE || wasSkippedAndMayChange(item, link);
  }

  /** An item whose patient has a link; empty when nothing is to be sent for it now. */
  private Optional<PushItem> known(
      Batch batch, PushItem item, Instant now, @Nullable String idField) {
    Link link = Objects.requireNonNull(item.link());
    if (link.state() == Link.State.LINKED && item.patient().mergedInto() != null) {
      merge(batch, item, link);
      return Optional.empty();
    }
    if (link.state() == Link.State.CREATING) {
      return link.attemptAt() == null
          ? Optional.of(item.with(attempt(batch.clinic(), item, link, now)))
          : afterUnknown(batch, item, link, link.attemptAt(), now, idField);
    }
    return Optional.of(
        link.state() == Link.State.LINKED ? reclaimed(batch.clinic(), item, link) : item);
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

  private void merge(Batch batch, PushItem item, Link link) {
    Clinic clinic = batch.clinic();
    String contact = String.valueOf(link.contactId());
    try {
      // Tagged first: once the link has moved on, nobody would come back to it.
      if (!ledger.survivorTakesOver(clinic, item)) {
        ghl.addTags(batch.account(), contact, List.of(ContactSender.MERGED_TAG));
      }
    } catch (GhlException failed) {
      if (failed.kind() != GhlException.Kind.NOT_FOUND) {
        batch.take(item, new Outcome.Later(Duration.ofSeconds(30), Batch.code(failed)));
        return;
      }
    }
    ledger.moveToSurvivor(clinic, item, link);
    batch.take(item, new Outcome.Done());
  }

  /** A create whose answer never came: only the CRM knows, and its index needs a moment [R12]. */
  private Optional<PushItem> afterUnknown(
      Batch batch,
      PushItem item,
      Link link,
      Instant attemptAt,
      Instant now,
      @Nullable String idField) {
    Clinic clinic = batch.clinic();
    Instant visible = attemptAt.plus(Drain.INDEX_LAG);
    if (now.isBefore(visible)) {
      batch.take(item, new Outcome.Later(Duration.between(now, visible), "crm_outcome_unknown"));
      return Optional.empty();
    }
    List<GhlContact> mine =
        idField == null
            ? List.of()
            : ghl.findByCustomField(batch.account(), idField, item.id().value()).stream()
                .filter(contact -> Linker.sameName(item.patient(), contact))
                .toList();
    if (mine.size() > 1) {
      ledger.severalFound(clinic, item, link, mine);
      batch.take(item, new Outcome.Done());
      return Optional.empty();
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
    return Optional.of(item.with(settled));
  }

  /** A person asked for a contact of its own: the attempt is written down before it is made. */
  private Link attempt(Clinic clinic, PushItem item, Link link, Instant now) {
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
  private PushItem reclaimed(Clinic clinic, PushItem item, Link link) {
    Linker.Addresses now = item.addresses();
    String email = claimable(item, link.email(), now.email(), "email", "emr_email");
    String phone = claimable(item, link.phone(), now.phone(), "phone", "emr_phone");
    if (Objects.equals(email, link.email()) && Objects.equals(phone, link.phone())) {
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
   * The address this contact should hold. One that is new since the last write is claimed; one that
   * was there already and is held elsewhere stays there [ID-4].
   */
  private static @Nullable String claimable(
      PushItem item, @Nullable String held, @Nullable String now, String natively, String standIn) {
    Pushes.Pushed pushed = item.pushed();
    if (Objects.equals(held, now) || (held == null && pushed == null)) {
      return held;
    }
    if (held != null || now == null || pushed == null) {
      return now;
    }
    Object shown = pushed.written().get(natively);
    Object seen = shown == null || shown.equals("") ? pushed.written().get(standIn) : shown;
    return seen != null && now.equalsIgnoreCase(seen.toString()) ? null : now;
  }
}
