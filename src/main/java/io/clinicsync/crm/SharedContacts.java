package io.clinicsync.crm;

import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.canonical.EmrId;
import io.clinicsync.clinics.Clinic;
import io.clinicsync.clinics.Connection;
import io.clinicsync.clinics.ConnectionState;
import io.clinicsync.clinics.Connections;
import io.clinicsync.insights.FactsKeeper;
import io.clinicsync.people.Link;
import io.clinicsync.people.Links;
import io.clinicsync.records.Cause;
import io.clinicsync.records.PatientRecords;
import io.clinicsync.tenancy.ClinicId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/**
 * Contacts fed by several connections of a clinic (architecture D9). What is derived comes from all
 * linked patients together. Each field has one owner: the oldest connection whose map has it and
 * whose EMR still has the person; the others leave it alone, so that nobody overwrites anybody.
 * Every method joins the caller's transaction.
 */
@Component
class SharedContacts {

  private final Connections connections;
  private final Links links;
  private final PatientRecords records;
  private final FactsKeeper facts;
  private final ClinicFields fields;
  private final PushQueue queue;

  SharedContacts(
      Connections connections,
      Links links,
      PatientRecords records,
      FactsKeeper facts,
      ClinicFields fields,
      PushQueue queue) {
    this.connections = connections;
    this.links = links;
    this.records = records;
    this.facts = facts;
    this.fields = fields;
    this.queue = queue;
  }

  /** The items, those of shared contacts with the facts and limits that sharing gives them. */
  List<PushItem> complete(Clinic clinic, List<PushItem> items) {
    Set<String> contacts =
        items.stream()
            .flatMap(item -> item.linked().stream())
            .map(Link::contactId)
            .map(String::valueOf)
            .collect(Collectors.toSet());
    if (contacts.isEmpty()) {
      return items;
    }
    List<Connection> ever = connections.of(clinic.id());
    if (ever.size() < 2) {
      return items;
    }
    List<Connection> all =
        ever.stream().filter(each -> each.state() != ConnectionState.REVOKED).toList();
    Map<String, List<Links.Share>> sharing =
        links.sharing(clinic.id(), contacts).stream()
            .collect(Collectors.groupingBy(Links.Share::contact));
    List<PushItem> complete = new ArrayList<>();
    for (PushItem item : items) {
      List<Links.Share> shares =
          item.linked()
              .map(link -> sharing.getOrDefault(String.valueOf(link.contactId()), List.of()))
              .orElse(List.of());
      boolean alone =
          shares.stream().allMatch(share -> share.connection().equals(item.claim().connection()));
      complete.add(alone ? item : shared(clinic, item, shares, all));
    }
    return complete;
  }

  /** Says again what every contact of a clinic with several connections holds: owners changed. */
  void ownersChanged(ClinicId clinic) {
    if (connections.of(clinic).size() > 1) {
      queue.addAll(clinic, Cause.MAPPING);
    }
  }

  private PushItem shared(
      Clinic clinic, PushItem item, List<Links.Share> shares, List<Connection> all) {
    ConnectionId own = item.claim().connection();
    List<ConnectionId> order = all.stream().map(Connection::id).toList();
    List<Links.Share> others =
        shares.stream()
            .filter(share -> !share.connection().equals(own))
            .filter(share -> order.contains(share.connection()))
            .sorted(
                Comparator.<Links.Share>comparingInt(share -> order.indexOf(share.connection()))
                    .thenComparing(share -> share.patient().value()))
            .toList();
    SequencedMap<ConnectionId, EmrId> patients = new LinkedHashMap<>();
    patients.put(own, item.id());
    others.forEach(share -> patients.putIfAbsent(share.connection(), share.patient()));
    Set<ConnectionId> standing =
        others.stream()
            .filter(share -> stands(clinic, share))
            .map(Links.Share::connection)
            .collect(Collectors.toSet());
    Set<String> notOurs = new HashSet<>();
    FieldSelection selection = fields.selection(clinic);
    for (Connection older : all) {
      if (older.id().equals(own)) {
        break;
      }
      if (standing.contains(older.id())) {
        fields.map(older.emr()).entries().stream()
            .filter(selection::holds)
            .map(FieldMap.Entry::to)
            .forEach(notOurs::add);
      }
    }
    return item.shared(
        facts.combined(clinic, patients).orElse(item.facts()),
        new PushItem.Shared(Set.copyOf(notOurs), !standing.isEmpty()));
  }

  /** Whether the patient is one of its EMR's still; who is not leaves its fields to the others. */
  private boolean stands(Clinic clinic, Links.Share share) {
    return records
        .patient(clinic.id(), share.connection(), share.patient())
        .filter(patient -> patient.removedAt() == null)
        .isPresent();
  }

  /** What one patient's change says to the contact, the others it is shared with say again. */
  void queueOthers(
      ClinicId clinic, ConnectionId connection, Collection<EmrId> patients, Cause cause) {
    links.besides(clinic, connection, patients).stream()
        .collect(
            Collectors.groupingBy(
                Links.Share::connection,
                Collectors.mapping(Links.Share::patient, Collectors.toList())))
        .forEach((other, theirs) -> queue.add(clinic, other, theirs, cause));
  }
}
