package io.clinicsync.people;

import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.Patient.Standing;
import io.clinicsync.people.LinkDecision.Reason;
import io.clinicsync.people.LinkDecision.Rule;
import io.clinicsync.people.LinkDecision.Why;
import io.clinicsync.people.NameMatch.Nearness;
import io.clinicsync.people.NameMatch.PersonName;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds the contact of a patient, step by step, strongest proof first [ID-1, ID-2, ID-4]. Pure: the
 * caller looks the candidates up. An address alone is never a proof, and two dates of birth that
 * differ rule any match out.
 */
public final class LinkLadder {

  private LinkLadder() {}

  /**
   * Someone who looks for a contact. {@code toString} shows the reference only.
   *
   * @param email as the EMR has it; null when absent
   * @param phone E.164; null when absent or unusable
   * @param guardian the payer or guardian in the EMR; null when none is known
   * @param guardianContact the guardian's contact; null when it has none
   */
  public record Seeker(
      EmrRef patient,
      PersonName name,
      @Nullable LocalDate birthDate,
      @Nullable String email,
      @Nullable String phone,
      Standing standing,
      boolean merged,
      @Nullable EmrRef guardian,
      @Nullable String guardianContact) {
    @Override
    public String toString() {
      return "Seeker[" + patient + "]";
    }
  }

  /**
   * A contact that may be the patient. {@code toString} shows the id only.
   *
   * @param patients patients of the same connection that are linked to it already
   */
  public record Candidate(
      String contactId, PersonName name, @Nullable LocalDate birthDate, Set<EmrRef> patients) {
    public Candidate {
      patients = Set.copyOf(patients);
    }

    @Override
    public String toString() {
      return "Candidate[" + contactId + "]";
    }
  }

  /**
   * What was found in the CRM and in our links.
   *
   * @param storedContact the contact this patient is linked to; null before the first match
   * @param byPatientId contacts that carry our patient-id field with this patient's id
   * @param byEmail contacts that hold the patient's e-mail
   * @param byPhone contacts that hold the patient's phone
   */
  public record Found(
      @Nullable String storedContact,
      List<Candidate> byPatientId,
      List<Candidate> byEmail,
      List<Candidate> byPhone) {
    public Found {
      byPatientId = List.copyOf(byPatientId);
      byEmail = List.copyOf(byEmail);
      byPhone = List.copyOf(byPhone);
    }
  }

  /** Decides; the order of candidates within a list never matters. */
  public static LinkDecision decide(Seeker seeker, HouseholdPolicy policy, Found found) {
    if (found.storedContact() != null) {
      return new LinkDecision.LinkTo(found.storedContact(), Rule.STORED_LINK);
    }
    return outsider(seeker)
        .or(() -> byPatientId(seeker, found.byPatientId()))
        .or(() -> withGuardian(seeker, policy))
        .or(() -> byAddress(seeker, found.byEmail(), Rule.EMAIL_AND_NAME))
        .or(() -> byAddress(seeker, found.byPhone(), Rule.PHONE_AND_NAME))
        .or(() -> similar(seeker, found))
        .or(() -> household(seeker, policy, found))
        .orElseGet(() -> create(seeker, found));
  }

  private static Optional<LinkDecision> outsider(Seeker seeker) {
    Standing standing = seeker.standing();
    if (seeker.merged()) {
      return skip(Why.MERGED, null);
    }
    if (standing.test()) {
      return skip(Why.TEST_PATIENT, null);
    }
    if (standing.staff()) {
      return skip(Why.STAFF, null);
    }
    return standing.deceased() ? skip(Why.DECEASED, null) : Optional.empty();
  }

  private static Optional<LinkDecision> byPatientId(Seeker seeker, List<Candidate> candidates) {
    List<Candidate> distinct = distinct(candidates);
    if (distinct.isEmpty()) {
      return Optional.empty();
    }
    if (distinct.size() > 1) {
      return review(Reason.SEVERAL_CARRY_OUR_ID, distinct);
    }
    return settle(seeker, distinct.getFirst(), Rule.PATIENT_ID_FIELD);
  }

  private static Optional<LinkDecision> withGuardian(Seeker seeker, HouseholdPolicy policy) {
    if (policy != HouseholdPolicy.GUARDIAN
        || seeker.guardian() == null
        || seeker.guardian().equals(seeker.patient())) {
      return Optional.empty();
    }
    return seeker.guardianContact() == null
        ? skip(Why.WAITS_FOR_GUARDIAN, null)
        : skip(Why.LISTED_WITH_GUARDIAN, seeker.guardianContact());
  }

  private static Optional<LinkDecision> byAddress(
      Seeker seeker, List<Candidate> candidates, Rule rule) {
    List<Candidate> sameName =
        distinct(candidates).stream()
            .filter(each -> nearness(seeker, each) == Nearness.EQUAL)
            .toList();
    if (sameName.isEmpty()) {
      return Optional.empty();
    }
    // Father and son of one name: a date of birth that differs leaves the others in.
    List<Candidate> possible = sameName.stream().filter(each -> !vetoed(seeker, each)).toList();
    if (possible.isEmpty()) {
      // Somebody else's contact is no riddle; an unclaimed one may have a slip in its date.
      List<Candidate> unclaimed = sameName.stream().filter(each -> !taken(seeker, each)).toList();
      return unclaimed.isEmpty() ? Optional.empty() : review(Reason.BIRTH_DATES_DIFFER, unclaimed);
    }
    if (possible.size() > 1) {
      // An equal date of birth outweighs contacts without one.
      List<Candidate> born = possible.stream().filter(each -> sameBirthDate(seeker, each)).toList();
      return born.size() == 1
          ? settle(seeker, born.getFirst(), rule)
          : review(Reason.SEVERAL_FIT, possible);
    }
    return settle(seeker, possible.getFirst(), rule);
  }

  private static Optional<LinkDecision> settle(Seeker seeker, Candidate candidate, Rule rule) {
    if (vetoed(seeker, candidate)) {
      return review(Reason.BIRTH_DATES_DIFFER, List.of(candidate));
    }
    if (taken(seeker, candidate)) {
      return review(Reason.CONTACT_TAKEN, List.of(candidate));
    }
    return Optional.of(new LinkDecision.LinkTo(candidate.contactId(), rule));
  }

  private static Optional<LinkDecision> similar(Seeker seeker, Found found) {
    List<Candidate> near =
        distinct(Stream.concat(found.byEmail().stream(), found.byPhone().stream()).toList())
            .stream()
            .filter(each -> nearness(seeker, each) == Nearness.SUGGESTION)
            // A twin's contact is linked to the twin already, and a date that differs means
            // somebody else.
            .filter(each -> !vetoed(seeker, each) && !taken(seeker, each))
            .toList();
    return near.isEmpty() ? Optional.empty() : review(Reason.SIMILAR_NAME, near);
  }

  private static Optional<LinkDecision> household(
      Seeker seeker, HouseholdPolicy policy, Found found) {
    if (policy != HouseholdPolicy.PRIMARY_ONLY) {
      return Optional.empty();
    }
    return distinct(Stream.concat(found.byEmail().stream(), found.byPhone().stream()).toList())
        .stream()
        .filter(each -> taken(seeker, each))
        .findFirst()
        .flatMap(holder -> skip(Why.HOUSEHOLD_HAS_CONTACT, holder.contactId()));
  }

  private static LinkDecision create(Seeker seeker, Found found) {
    PersonName name = seeker.name();
    boolean nameless = name.first() == null && name.last() == null && name.preferredFirst() == null;
    if (nameless && seeker.email() == null && seeker.phone() == null) {
      return new LinkDecision.Skip(Why.NOTHING_KNOWN, null);
    }
    return new LinkDecision.CreateContact(
        found.byEmail().isEmpty() ? seeker.email() : null,
        found.byPhone().isEmpty() ? seeker.phone() : null);
  }

  private static Nearness nearness(Seeker seeker, Candidate candidate) {
    return NameMatch.compare(seeker.name(), candidate.name());
  }

  private static boolean vetoed(Seeker seeker, Candidate candidate) {
    return seeker.birthDate() != null
        && candidate.birthDate() != null
        && !seeker.birthDate().equals(candidate.birthDate());
  }

  private static boolean sameBirthDate(Seeker seeker, Candidate candidate) {
    return seeker.birthDate() != null && seeker.birthDate().equals(candidate.birthDate());
  }

  private static boolean taken(Seeker seeker, Candidate candidate) {
    return candidate.patients().stream().anyMatch(each -> !each.equals(seeker.patient()));
  }

  /** By contact id, in its order. */
  private static List<Candidate> distinct(List<Candidate> candidates) {
    Map<String, Candidate> byId = new LinkedHashMap<>();
    candidates.stream()
        .sorted((one, other) -> one.contactId().compareTo(other.contactId()))
        .forEach(each -> byId.putIfAbsent(each.contactId(), each));
    return new ArrayList<>(byId.values());
  }

  private static Optional<LinkDecision> review(Reason reason, List<Candidate> candidates) {
    return Optional.of(
        new LinkDecision.Review(reason, candidates.stream().map(Candidate::contactId).toList()));
  }

  private static Optional<LinkDecision> skip(Why why, @Nullable String contactId) {
    return Optional.of(new LinkDecision.Skip(why, contactId));
  }
}
