package io.clinicsync.people;

import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.canonical.EmrId;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.Patient;
import io.clinicsync.people.LinkLadder.Candidate;
import io.clinicsync.people.LinkLadder.Seeker;
import io.clinicsync.people.NameMatch.PersonName;
import io.clinicsync.records.PatientRecords;
import io.clinicsync.tenancy.ClinicId;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Own patients holding an address hold it even while the CRM's index does not show their contact
 * yet. One of the same connection is somebody else for certain; one of another connection may be
 * the same person, so that its record in that EMR stands in for the contact [ID-4].
 */
@Component
class AddressHolders {

  private static final String BEING_CREATED = "being-created:";
  private static final PersonName UNNAMED = new PersonName(null, null, null);

  private final Links links;
  private final PatientRecords records;

  AddressHolders(Links links, PatientRecords records) {
    this.links = links;
    this.records = records;
  }

  /** Adds the holders of the seeker's addresses to the contacts found by them. */
  void add(
      ClinicId clinic,
      ConnectionId connection,
      Seeker seeker,
      List<Candidate> byEmail,
      List<Candidate> byPhone) {
    if (seeker.email() != null) {
      links
          .holderOfEmail(clinic, seeker.email())
          .ifPresent(holder -> add(clinic, connection, seeker, holder, byEmail));
    }
    if (seeker.phone() != null) {
      links
          .holderOfPhone(clinic, seeker.phone())
          .ifPresent(holder -> add(clinic, connection, seeker, holder, byPhone));
    }
    if (!byEmail.isEmpty() || !byPhone.isEmpty()) {
      addNamesakes(clinic, connection, seeker, byEmail, byPhone);
    }
  }

  /**
   * Of a family that shares an address, one contact holds it and the others show it nowhere in the
   * CRM. Another EMR's record of the person does, and so tells whose contact that is.
   */
  private void addNamesakes(
      ClinicId clinic,
      ConnectionId connection,
      Seeker seeker,
      List<Candidate> byEmail,
      List<Candidate> byPhone) {
    PersonName name = seeker.name();
    records
        .withLastName(clinic, Arrays.asList(name.last(), name.first()))
        .forEach(
            known -> {
              Patient patient = known.patient();
              if (known.connection().equals(connection)
                  || NameMatch.compare(name, name(patient)) != NameMatch.Nearness.EQUAL) {
                return;
              }
              if (seeker.email() != null && seeker.email().equalsIgnoreCase(patient.email())) {
                linked(clinic, connection, known).ifPresent(each -> addOnce(each, byEmail));
              }
              String phone = seeker.phone();
              if (phone != null
                  && patient.phones().stream().anyMatch(each -> Phones.same(phone, each.raw()))) {
                linked(clinic, connection, known).ifPresent(each -> addOnce(each, byPhone));
              }
            });
  }

  /** The contact of another connection's patient; empty while nothing is decided about it. */
  private Optional<Candidate> linked(
      ClinicId clinic, ConnectionId connection, PatientRecords.Known known) {
    Patient patient = known.patient();
    EmrId id = patient.ref().id();
    return links
        .find(clinic, known.connection(), id)
        .filter(link -> link.state() == Link.State.LINKED || link.state() == Link.State.CREATING)
        .map(
            link ->
                new Candidate(
                    key(id, link.contactId()),
                    name(patient),
                    patient.birthDate(),
                    taken(clinic, connection, link.contactId())));
  }

  private static void addOnce(Candidate candidate, List<Candidate> list) {
    if (list.stream().noneMatch(each -> each.contactId().equals(candidate.contactId()))) {
      list.add(candidate);
    }
  }

  /** Whether this stands for a contact whose create is still under way. */
  static boolean isBeingCreated(String contactId) {
    return contactId.startsWith(BEING_CREATED);
  }

  private void add(
      ClinicId clinic,
      ConnectionId connection,
      Seeker seeker,
      Links.Holder holder,
      List<Candidate> list) {
    boolean self =
        holder.connection().equals(connection) && holder.patient().equals(seeker.patient().id());
    String key = key(holder.patient(), holder.contactId());
    if (!self && list.stream().noneMatch(each -> each.contactId().equals(key))) {
      list.add(
          elsewhere(clinic, connection, holder, key)
              .orElseGet(
                  () -> new Candidate(key, UNNAMED, null, Set.of(EmrRef.patient("holder")))));
    }
  }

  /** A patient of another connection, as its EMR knows it, while it still has it. */
  private Optional<Candidate> elsewhere(
      ClinicId clinic, ConnectionId connection, Links.Holder holder, String key) {
    if (holder.connection().equals(connection)) {
      return Optional.empty();
    }
    return records
        .patient(clinic, holder.connection(), holder.patient())
        .filter(patient -> patient.removedAt() == null && patient.mergedInto() == null)
        .map(
            patient ->
                new Candidate(
                    key,
                    name(patient),
                    patient.birthDate(),
                    taken(clinic, connection, holder.contactId())));
  }

  private Set<EmrRef> taken(ClinicId clinic, ConnectionId connection, @Nullable String contactId) {
    return contactId == null
        ? Set.of()
        : links
            .patientsOf(clinic, connection, List.of(contactId))
            .getOrDefault(contactId, Set.of());
  }

  private static PersonName name(Patient patient) {
    Patient.Name name = patient.name();
    return new PersonName(name.first(), name.last(), name.preferredFirst());
  }

  private static String key(EmrId patient, @Nullable String contactId) {
    return contactId == null ? BEING_CREATED + patient.value() : contactId;
  }
}
