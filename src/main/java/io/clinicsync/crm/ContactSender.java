package io.clinicsync.crm;

import io.clinicsync.clinics.Clinic;
import io.clinicsync.ghl.GhlAccount;
import io.clinicsync.ghl.GhlApi;
import io.clinicsync.ghl.GhlChannel;
import io.clinicsync.ghl.GhlContact;
import io.clinicsync.ghl.GhlCustomFields;
import io.clinicsync.ghl.GhlException;
import io.clinicsync.people.ConsentMerge;
import io.clinicsync.people.ConsentSettings;
import io.clinicsync.people.Link;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Writes one patient's contact: only what changed, by contact id, compared with what the CRM says
 * it stored. Holds no database connection while it waits.
 */
@Component
class ContactSender {

  private static final Logger log = LoggerFactory.getLogger(ContactSender.class);
  static final String ARCHIVED_TAG = "emr-archived";
  static final String MERGED_TAG = "emr-merged";
  static final String DECEASED_TAG = "emr-deceased";

  /** What is refused so often will not be taken as it is; only a change of it can help. */
  private static final int REFUSED_AT_MOST = 6;

  private static final Duration LONGEST_WAIT = Duration.ofHours(6);

  private final GhlApi ghl;
  private final ClinicFields clinicFields;
  private final PushLedger ledger;
  private final Clock clock;

  ContactSender(GhlApi ghl, ClinicFields clinicFields, PushLedger ledger, Clock clock) {
    this.ghl = ghl;
    this.clinicFields = clinicFields;
    this.ledger = ledger;
    this.clock = clock;
  }

  /** Sends an item whose link says who it is, or that a contact is to be made. */
  Outcome send(Clinic clinic, GhlAccount account, GhlCustomFields fields, PushItem item) {
    Link link = item.link();
    if (link == null) {
      throw new IllegalArgumentException("Decide the link first");
    }
    try {
      return switch (link.state()) {
        case LINKED -> update(clinic, account, fields, item, link, true);
        case CREATING -> create(clinic, account, fields, item, plainer(item, link), true);
        case SKIPPED, REVIEW, GONE -> new Outcome.Done();
      };
    } catch (GhlException failed) {
      return failed(clinic, item, link, failed);
    }
  }

  private Outcome create(
      Clinic clinic,
      GhlAccount account,
      GhlCustomFields fields,
      PushItem item,
      Link link,
      boolean mayDrop) {
    ContactProjection projection = projection(clinic, item, link);
    Set<GhlChannel> close = closes(clinic, item, false, Set.of());
    SortedMap<String, Object> change =
        projection.changeFrom(Map.of(), clock.instant(), clinic.zone());
    ContactWrites.Prepared prepared = ContactWrites.prepare(change, fields, close);
    try {
      GhlContact created = ghl.createContact(account, prepared.write());
      Link linked =
          new Link(
              item.id(),
              Link.State.LINKED,
              created.id(),
              link.rule(),
              List.of(),
              link.email(),
              link.phone(),
              null,
              link.recreated());
      return stored(
          clinic,
          account,
          fields,
          item.with(linked),
          linked,
          projection,
          change,
          prepared,
          close,
          created,
          true);
    } catch (GhlException refused) {
      if (refused.kind() == GhlException.Kind.INVALID
          && !refused.mustLookFirst()
          && mayDrop
          && aboutAddress(refused)) {
        Link without =
            new Link(
                item.id(),
                link.state(),
                null,
                link.rule(),
                List.of(),
                names(refused, "email") ? null : link.email(),
                names(refused, "phone") ? null : link.phone(),
                link.attemptAt(),
                link.recreated());
        return create(clinic, account, fields, item, without, false);
      }
      if (refused.kind() == GhlException.Kind.DUPLICATE && refused.contactId().isPresent()) {
        GhlContact there = ghl.contact(account, refused.contactId().get()).orElse(null);
        if (there != null && mayDrop) {
          return ledger
              .decideAgain(clinic, item, List.of(there), patientIdField(fields))
              .map(decided -> decidedAgain(clinic, account, fields, item, decided))
              .orElseGet(() -> new Outcome.Later(Drain.INDEX_LAG, Drain.BEING_MADE));
        }
      }
      throw refused;
    }
  }

  private Outcome decidedAgain(
      Clinic clinic, GhlAccount account, GhlCustomFields fields, PushItem item, Link decided) {
    return switch (decided.state()) {
      case LINKED ->
          update(
              clinic,
              account,
              fields,
              ledger.completed(clinic, List.of(item.with(decided))).getFirst(),
              decided,
              true);
      case CREATING -> create(clinic, account, fields, item.with(decided), decided, false);
      case SKIPPED, REVIEW, GONE -> new Outcome.Done();
    };
  }

  private Outcome update(
      Clinic clinic,
      GhlAccount account,
      GhlCustomFields fields,
      PushItem item,
      Link link,
      boolean mayDrop) {
    Pushes.Pushed pushed = item.pushed();
    String contactId = String.valueOf(link.contactId());
    boolean first = pushed == null || !pushed.contactId().equals(contactId);
    Map<String, Object> before = first || pushed == null ? Map.of() : pushed.written();
    ContactProjection projection = projection(clinic, item, link);
    SortedMap<String, Object> change =
        projection.changeFrom(before, clock.instant(), clinic.zone());
    Set<GhlChannel> close = missingCloses(clinic, account, item, contactId, first);
    Set<String> tags = tags(item);
    if (change.isEmpty() && close.isEmpty()) {
      if (pushed == null || !tags.equals(pushed.tags())) {
        syncTags(account, contactId, pushed, tags);
        ledger.tagged(clinic, item, link, projection, tags);
      }
      return new Outcome.Done();
    }
    ContactWrites.Prepared prepared = ContactWrites.prepare(change, fields, close);
    try {
      GhlContact returned = ghl.updateContact(account, contactId, prepared.write());
      if (!returned.id().equals(contactId)) {
        log.error("an update of contact {} was answered with another contact", contactId);
        return new Outcome.Later(LONGEST_WAIT, "crm_other_contact");
      }
      return stored(
          clinic,
          account,
          fields,
          item,
          link,
          projection,
          change,
          prepared,
          close,
          returned,
          first);
    } catch (GhlException refused) {
      boolean address =
          refused.kind() == GhlException.Kind.DUPLICATE
              || (refused.kind() == GhlException.Kind.INVALID && aboutAddress(refused));
      if (address && mayDrop) {
        // Somebody else holds the address, or it is unusable: it stays in our own field [ID-4].
        Link without =
            ledger.without(clinic, item, link, names(refused, "email"), names(refused, "phone"));
        return update(clinic, account, fields, item.with(without), without, false);
      }
      throw refused;
    }
  }

  private Outcome stored(
      Clinic clinic,
      GhlAccount account,
      GhlCustomFields fields,
      PushItem item,
      Link link,
      ContactProjection projection,
      SortedMap<String, Object> change,
      ContactWrites.Prepared prepared,
      Set<GhlChannel> close,
      GhlContact returned,
      boolean first) {
    Set<String> notApplied = new TreeSet<>(prepared.missing());
    for (String key : prepared.write().notAppliedIn(returned)) {
      notApplied.add(fields.byId(key).map(field -> field.key()).orElse(key));
    }
    if (!notApplied.isEmpty()) {
      log.warn("contact {} did not store {} [crm_value_not_applied]", returned.id(), notApplied);
    }
    Pushes.Pushed pushed = item.pushed();
    Map<String, Object> written =
        new HashMap<>(first || pushed == null ? Map.of() : pushed.written());
    written.putAll(change);
    written
        .keySet()
        .removeIf(
            key -> notApplied.contains(key.toLowerCase(Locale.ROOT)) || notApplied.contains(key));
    Set<String> tags = tags(item);
    // Written down before the tags are set: a lost tag is set again, a lost link would make a
    // second contact.
    ledger.written(
        clinic,
        item,
        link,
        projection.hash(),
        written,
        closedKeys(pushed, close, first),
        notApplied,
        pushed == null ? Set.of() : pushed.tags());
    if (!tags.equals(pushed == null || first ? Set.of() : pushed.tags())) {
      syncTags(account, returned.id(), first ? null : pushed, tags);
      ledger.tags(clinic, item, tags);
    }
    return new Outcome.Done();
  }

  private void syncTags(
      GhlAccount account, String contactId, Pushes.@Nullable Pushed pushed, Set<String> tags) {
    Set<String> have = pushed == null ? Set.of() : pushed.tags();
    List<String> add = tags.stream().filter(tag -> !have.contains(tag)).toList();
    List<String> remove = have.stream().filter(tag -> !tags.contains(tag)).toList();
    if (!add.isEmpty()) {
      ghl.addTags(account, contactId, add);
    }
    if (!remove.isEmpty()) {
      ghl.removeTags(account, contactId, remove);
    }
  }

  private static Set<String> tags(PushItem item) {
    Set<String> tags = new TreeSet<>();
    if (item.patient().mergedInto() != null) {
      tags.add(MERGED_TAG);
    } else if (item.patient().removedAt() != null && !item.shared().standsElsewhere()) {
      tags.add(ARCHIVED_TAG);
    }
    if (item.patient().standing().deceased()) {
      tags.add(DECEASED_TAG);
    }
    return tags;
  }

  private ContactProjection projection(Clinic clinic, PushItem item, Link link) {
    return ContactProjection.of(
        item.facts(),
        clinicFields.map(item.emr()),
        clinicFields.selection(clinic).without(item.shared().notOurs()),
        new ContactProjection.Holds(link.email() != null, link.phone() != null),
        Locale.of("en", clinic.country()),
        clinic.country());
  }

  /**
   * Channels the EMR closes and that we have not closed yet; the CRM's own state is read before it
   * is written [CO-3].
   */
  private Set<GhlChannel> missingCloses(
      Clinic clinic, GhlAccount account, PushItem item, String contactId, boolean first) {
    Set<GhlChannel> wanted = closes(clinic, item, false, Set.of());
    Pushes.Pushed pushed = item.pushed();
    Set<String> done = pushed == null || first ? Set.of() : pushed.closed();
    if (wanted.stream().allMatch(channel -> done.contains(channel.name()))) {
      return Set.of();
    }
    return ghl.contact(account, contactId)
        .map(contact -> closes(clinic, item, contact.dnd(), contact.closedChannels()))
        .orElse(wanted);
  }

  private static Set<GhlChannel> closes(
      Clinic clinic, PushItem item, boolean all, Set<GhlChannel> closed) {
    ConsentSettings settings =
        clinic.settings().marketingWithoutConsent()
            ? new ConsentSettings(
                ConsentSettings.Missing.ALLOW,
                ConsentSettings.Missing.ALLOW,
                ConsentSettings.Closing.ANY_REFUSAL)
            : ConsentSettings.DEFAULT;
    return ConsentMerge.of(item.patient().consent(), all, closed, false, settings).toClose();
  }

  private static Set<String> closedKeys(
      Pushes.@Nullable Pushed pushed, Set<GhlChannel> close, boolean first) {
    Set<String> closed = new TreeSet<>(pushed == null || first ? Set.of() : pushed.closed());
    EnumSet<GhlChannel> channels = EnumSet.noneOf(GhlChannel.class);
    channels.addAll(close);
    channels.forEach(channel -> closed.add(channel.name()));
    return closed;
  }

  static @Nullable String patientIdField(GhlCustomFields fields) {
    return fields.byKey("patient_id").map(field -> field.id()).orElse(null);
  }

  /**
   * A create that was refused again and again, and that looking up showed was not done, is tried
   * without the addresses: a contact without them is better than none.
   */
  private static Link plainer(PushItem item, Link link) {
    return item.claim().attempts() < 3
        ? link
        : new Link(
            link.patient(),
            link.state(),
            null,
            link.rule(),
            List.of(),
            null,
            null,
            link.attemptAt(),
            link.recreated());
  }

  /** Whether a refusal is about this address; one that names neither is about both. */
  private static boolean names(GhlException refused, String address) {
    String said =
        (refused.matchingField().orElse("") + " " + String.join(" ", refused.fields()))
            .toLowerCase(Locale.ROOT);
    return said.contains(address) || !(said.contains("email") || said.contains("phone"));
  }

  private static boolean aboutAddress(GhlException refused) {
    return refused.fields().stream()
        .map(text -> text.toLowerCase(Locale.ROOT))
        .anyMatch(text -> text.contains("phone") || text.contains("email"));
  }

  private Outcome failed(Clinic clinic, PushItem item, Link link, GhlException failed) {
    Duration backOff = backOff(item);
    return switch (failed.kind()) {
      case RATE_LIMITED ->
          new Outcome.Stop(failed.retryAfter().orElse(Duration.ofSeconds(10)), "crm_rate_limited");
      case UNAVAILABLE -> new Outcome.Stop(failed.retryAfter().orElse(backOff), "crm_unavailable");
      case UNAUTHORISED -> new Outcome.Stop(Duration.ofMinutes(10), "ghl_unauthorised");
      case MISSING_SCOPE -> new Outcome.Stop(Duration.ofMinutes(10), "ghl_missing_scope");
      case WRONG_LOCATION -> new Outcome.Stop(Duration.ofMinutes(10), "ghl_wrong_location");
      case NOT_FOUND -> {
        if (link.state() == Link.State.LINKED) {
          ledger.contactGone(clinic, item, link);
          yield new Outcome.Later(Duration.ZERO, "crm_contact_gone");
        }
        yield new Outcome.Later(backOff, "crm_not_found");
      }
      case OUTCOME_UNKNOWN -> new Outcome.Later(Drain.INDEX_LAG, "crm_outcome_unknown");
      case DUPLICATE -> new Outcome.Later(backOff, "crm_duplicate");
      case INVALID ->
          new Outcome.Later(
              failed.mustLookFirst() && backOff.compareTo(Drain.INDEX_LAG) < 0
                  ? Drain.INDEX_LAG
                  : backOff,
              "crm_value_refused",
              REFUSED_AT_MOST);
      case CONTRACT_BROKEN -> new Outcome.Later(backOff, "crm_contract_broken");
    };
  }

  private static Duration backOff(PushItem item) {
    Duration wait =
        Duration.ofSeconds(30).multipliedBy(1L << Math.min(10, item.claim().attempts()));
    return wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait;
  }
}
