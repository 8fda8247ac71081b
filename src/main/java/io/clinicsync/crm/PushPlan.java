package io.clinicsync.crm;

import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.canonical.EmrId;
import io.clinicsync.canonical.Patient;
import io.clinicsync.clinics.Clinic;
import io.clinicsync.clinics.Connection;
import io.clinicsync.clinics.Connections;
import io.clinicsync.crm.PushQueue.Claimed;
import io.clinicsync.insights.PatientFactsStore;
import io.clinicsync.people.Link;
import io.clinicsync.people.Linker;
import io.clinicsync.people.Links;
import io.clinicsync.records.PatientRecords;
import io.clinicsync.tenancy.Tenancy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/**
 * Claims queue entries and loads what is known about their patients, a few statements for all of
 * them.
 */
@Component
class PushPlan {

  private final Tenancy tenancy;
  private final PushQueue queue;
  private final Connections connections;
  private final PatientRecords records;
  private final PatientFactsStore facts;
  private final Links links;
  private final Pushes pushes;

  PushPlan(
      Tenancy tenancy,
      PushQueue queue,
      Connections connections,
      PatientRecords records,
      PatientFactsStore facts,
      Links links,
      Pushes pushes) {
    this.tenancy = tenancy;
    this.queue = queue;
    this.connections = connections;
    this.records = records;
    this.facts = facts;
    this.links = links;
    this.pushes = pushes;
  }

  /**
   * Claims up to so many; empty when nothing waits. Entries of patients we do not hold any more are
   * dropped.
   */
  List<PushItem> claim(Clinic clinic, int limit, Duration hold) {
    return tenancy.inClinic(
        clinic.id(),
        () -> {
          List<PushItem> items = new ArrayList<>();
          List<Claimed> orphans = new ArrayList<>();
          Map<ConnectionId, List<Claimed>> claims =
              queue.claim(clinic.id(), limit, hold).stream()
                  .collect(Collectors.groupingBy(Claimed::connection));
          claims.forEach(
              (connection, claimed) -> load(clinic, connection, claimed, items, orphans));
          if (!orphans.isEmpty()) {
            queue.done(clinic.id(), orphans);
          }
          return items;
        });
  }

  private void load(
      Clinic clinic,
      ConnectionId id,
      List<Claimed> claimed,
      List<PushItem> items,
      List<Claimed> orphans) {
    Connection connection = connections.find(clinic.id(), id).orElseThrow();
    List<EmrId> ids = claimed.stream().map(Claimed::patient).toList();
    Map<EmrId, Patient> patients = records.patients(clinic.id(), id, ids);
    Map<EmrId, PatientFactsStore.Stored> known = facts.find(clinic.id(), id, ids);
    Map<EmrId, Link> linked = links.find(clinic.id(), id, ids);
    Map<EmrId, Pushes.Pushed> pushed = pushes.find(clinic.id(), id, ids);
    for (Claimed claim : claimed) {
      Patient patient = patients.get(claim.patient());
      PatientFactsStore.Stored stored = known.get(claim.patient());
      if (patient == null || stored == null) {
        orphans.add(claim);
        continue;
      }
      items.add(
          new PushItem(
              claim,
              connection.emr(),
              patient,
              stored.facts(),
              Linker.Addresses.of(patient, clinic.country()),
              linked.get(claim.patient()),
              pushed.get(claim.patient()),
              PushItem.Shared.NOT));
    }
  }
}
