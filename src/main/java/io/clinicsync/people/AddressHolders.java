package io.clinicsync.people;

import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.Patient;
import io.clinicsync.people.LinkLadder.Candidate;
import io.clinicsync.people.LinkLadder.Seeker;
import io.clinicsync.people.NameMatch.PersonName;
import io.clinicsync.records.PatientRecords;
import io.clinicsync.tenancy.ClinicId;
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
    String key = key(holder);
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

  private static String key(Links.Holder holder) {
    return holder.contactId() == null ? BEING_CREATED + holder.patient() : holder.contactId();
  }
}
