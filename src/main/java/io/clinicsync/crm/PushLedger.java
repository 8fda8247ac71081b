package io.clinicsync.crm;

import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.clinics.Clinic;
import io.clinicsync.crm.Pushes.Pushed;
import io.clinicsync.ghl.GhlContact;
import io.clinicsync.people.Link;
import io.clinicsync.people.Linker;
import io.clinicsync.people.Links;
import io.clinicsync.tenancy.Tenancy;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Writes down what happened to contacts, each in one short transaction of its own. */
@Component
class PushLedger {

  private final Tenancy tenancy;
  private final Links links;
  private final Linker linker;
  private final Pushes pushes;
  private final PushQueue queue;
  private final SharedContacts shared;
  private final Clock clock;

  PushLedger(
      Tenancy tenancy,
      Links links,
      Linker linker,
      Pushes pushes,
      PushQueue queue,
      SharedContacts shared,
      Clock clock) {
    this.tenancy = tenancy;
    this.links = links;
    this.linker = linker;
    this.pushes = pushes;
    this.queue = queue;
    this.shared = shared;
    this.clock = clock;
  }

  /**
   * A contact was written: its link, what it holds now, and the end of its queue entry belong
   * together.
   */
  void written(
      Clinic clinic,
      PushItem item,
      Link link,
      String hash,
      Map<String, Object> written,
      Set<String> closed,
      Collection<String> notApplied,
      Set<String> tags) {
    tenancy.inClinic(
        clinic.id(),
        () -> {
          if (!link.equals(item.link()) || item.pushed() == null) {
            links.save(clinic.id(), item.claim().connection(), link, null);
          }
          pushes.save(
              clinic.id(),
              item.claim().connection(),
              new Pushed(
                  item.id(),
                  String.valueOf(link.contactId()),
                  written,
                  hash,
                  tags,
                  closed,
                  List.copyOf(notApplied),
                  clock.instant()));
          if (item.pushed() == null) {
            // Whoever else feeds this contact has to count this patient in from now on.
            shared.queueOthers(
                clinic.id(), item.claim().connection(), List.of(item.id()), item.claim().cause());
          }
        });
  }

  void tags(Clinic clinic, PushItem item, Set<String> tags) {
    tenancy.inClinic(
        clinic.id(),
        () ->
            pushes
                .find(clinic.id(), item.claim().connection(), item.id())
                .ifPresent(
                    pushed ->
                        pushes.save(clinic.id(), item.claim().connection(), with(pushed, tags))));
  }

  /** Only tags were to be set. */
  void tagged(
      Clinic clinic, PushItem item, Link link, ContactProjection projection, Set<String> tags) {
    Pushed pushed = item.pushed();
    if (pushed == null) {
      written(clinic, item, link, projection.hash(), Map.of(), Set.of(), List.of(), tags);
    } else {
      tags(clinic, item, tags);
    }
  }

  /** The items, once it is certain who they are, with what sharing their contacts means. */
  List<PushItem> completed(Clinic clinic, List<PushItem> items) {
    return items.isEmpty()
        ? items
        : tenancy.inClinic(clinic.id(), () -> shared.complete(clinic, items));
  }

  /**
   * Decides anew who the patient is, with what the CRM just told; empty while that is to be seen
   * only once another connection's contact is made.
   */
  Optional<Link> decideAgain(
      Clinic clinic, PushItem item, Collection<GhlContact> found, @Nullable String patientIdField) {
    return tenancy.inClinic(
        clinic.id(),
        () ->
            linker.decide(
                clinic.id(),
                item.claim().connection(),
                item.patient(),
                item.addresses(),
                clinic.settings(),
                found,
                patientIdField,
                item.link()));
  }

  /** The contact gives up an address that is refused or held elsewhere; our own field keeps it. */
  Link without(Clinic clinic, PushItem item, Link link, boolean email, boolean phone) {
    Link without =
        new Link(
            link.patient(),
            link.state(),
            link.contactId(),
            link.rule(),
            List.of(),
            email ? null : link.email(),
            phone ? null : link.phone(),
            link.attemptAt(),
            link.recreated());
    tenancy.inClinic(
        clinic.id(), () -> links.save(clinic.id(), item.claim().connection(), without, null));
    return without;
  }

  /** The contact vanished: the patient is looked for anew, by the same rules as the first time. */
  void contactGone(Clinic clinic, PushItem item, Link link) {
    tenancy.inClinic(
        clinic.id(),
        () -> {
          links.save(
              clinic.id(),
              item.claim().connection(),
              new Link(
                  link.patient(),
                  Link.State.GONE,
                  null,
                  link.rule(),
                  List.of(),
                  null,
                  null,
                  null,
                  link.recreated()),
              null);
          pushes.forget(clinic.id(), item.claim().connection(), item.id());
        });
  }

  /** Several contacts carry the patient's id and name: a person decides, nothing is made anew. */
  void severalFound(Clinic clinic, PushItem item, Link link, List<GhlContact> found) {
    tenancy.inClinic(
        clinic.id(),
        () ->
            links.save(
                clinic.id(),
                item.claim().connection(),
                new Link(
                    link.patient(),
                    Link.State.REVIEW,
                    null,
                    "SEVERAL_CARRY_OUR_ID",
                    found.stream().map(GhlContact::id).toList(),
                    null,
                    null,
                    null,
                    link.recreated()),
                null));
  }

  /** Whether the survivor of a merge has no contact of its own and so takes this one over. */
  boolean survivorTakesOver(Clinic clinic, PushItem item) {
    return tenancy.inClinic(
        clinic.id(),
        () ->
            linker.survivorTakesOver(
                clinic.id(),
                item.claim().connection(),
                java.util.Objects.requireNonNull(item.patient().mergedInto()).id()));
  }

  /**
   * The EMR merged the patient away: its contact goes to the survivor, or stays tagged where that
   * one has its own.
   */
  boolean moveToSurvivor(Clinic clinic, PushItem item, Link link) {
    return tenancy.inClinic(
        clinic.id(),
        () -> {
          ConnectionId connection = item.claim().connection();
          var survivor = java.util.Objects.requireNonNull(item.patient().mergedInto()).id();
          boolean moved = linker.moveToSurvivor(clinic.id(), connection, link, survivor);
          pushes.forget(clinic.id(), connection, item.id());
          if (moved) {
            queue.add(clinic.id(), connection, List.of(survivor), item.claim().cause());
          }
          return moved;
        });
  }

  private static Pushed with(Pushed pushed, Set<String> tags) {
    return new Pushed(
        pushed.patient(),
        pushed.contactId(),
        pushed.written(),
        pushed.hash(),
        tags,
        pushed.closed(),
        pushed.notApplied(),
        pushed.at());
  }
}
