package io.clinicsync.emr.practicebetter;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.Patient;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.emr.spi.EmrException.Kind;
import io.clinicsync.emr.spi.PatientDirectory;
import io.clinicsync.emr.spi.WriteAttempt;
import io.clinicsync.emr.wire.BookingMark;
import io.clinicsync.emr.wire.Entry;
import io.clinicsync.emr.wire.SoughtPerson;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Clients. There is no search: our own copy knows who is older, so what is looked through here is
 * who was made or changed lately. The vendor itself refuses a second client of one e-mail address.
 *
 * @see <a href="https://api-docs.practicebetter.io">/consultant/records</a>
 */
final class PracticeBetterDirectory implements PatientDirectory {

  private static final String PATH = "/consultant/records";
  private static final String LIST = "practicebetter.records.list";
  private static final String ADD = "practicebetter.records.create";

  /** Longer than our copy can be behind. */
  private static final Duration LATELY = Duration.ofDays(2);

  /** A second client of one address was answered with either, and with 500 too. */
  private static final Map<Integer, Kind> DOUBLE =
      Map.of(409, Kind.SLOT_TAKEN, 400, Kind.SLOT_TAKEN);

  private static final int NEWEST_PAGES = 2;

  /** When the vendor says that somebody is there, more is looked through. */
  private static final int MANY_PAGES = 30;

  private final PracticeBetterApi api;
  private final PracticeBetterPatients patients;
  private final PracticeBetterWriter writer;
  private final Clock clock;

  PracticeBetterDirectory(PracticeBetterApi api, PracticeBetterPatients patients, Clock clock) {
    this.api = api;
    this.patients = patients;
    this.writer = new PracticeBetterWriter(api);
    this.clock = clock;
  }

  /**
   * {@inheritDoc}
   *
   * <p>Of the newest two hundred and of those changed within two days.
   */
  @Override
  public List<Patient> find(EmrAccount account, PatientQuery query) {
    SoughtPerson sought = SoughtPerson.of(query);
    Map<EmrRef, Patient> met = new LinkedHashMap<>();
    PracticeBetterQuery lately =
        new PracticeBetterQuery().at("modified_gte", clock.instant().minus(LATELY));
    walk(account, lately, MANY_PAGES, met);
    walk(account, new PracticeBetterQuery(), NEWEST_PAGES, met);
    List<Patient> found = new ArrayList<>(met.values().stream().filter(sought::hasEmail).toList());
    // Families share an address: who is meant may have another one than the relative found by it.
    if (found.stream().noneMatch(sought::isNamed)) {
      met.values().stream()
          .filter(each -> sought.mayBe(each) && !found.contains(each))
          .forEach(found::add);
    }
    return found;
  }

  private void walk(
      EmrAccount account, PracticeBetterQuery query, int pages, Map<EmrRef, Patient> met) {
    // Without details the profile holds names only.
    PracticeBetterQuery detailed = query.with("details", true);
    PracticeBetterApi.Listed page = null;
    for (int i = 0; i < pages && (page == null || page.next() != null); i++) {
      page =
          api.list(
              account,
              LIST,
              PATH,
              detailed,
              PracticeBetterApi.PER_PAGE,
              page == null ? null : page.next());
      for (Entry row : page.entries()) {
        Patient patient =
            PracticeBetterConnector.readable(
                row, each -> PracticeBetterMapper.patient(each, Map.of()));
        met.putIfAbsent(patient.ref(), patient);
      }
    }
  }

  @Override
  public Set<Detail> needs() {
    return Set.of(Detail.EMAIL);
  }

  /**
   * {@inheritDoc}
   *
   * <p>The vendor wants an e-mail address and takes each only once; the very person who has it is
   * given instead of a second one. No invitation is sent.
   *
   * @see <a href="https://api-docs.practicebetter.io">POST /consultant/records</a>
   */
  @Override
  public Patient create(EmrAccount account, NewPatient patient, WriteAttempt attempt) {
    if (patient.email() == null || patient.email().isBlank()) {
      throw PracticeBetterWriter.rejected(
          "Practice Better registers nobody without an e-mail address");
    }
    Instant sent = clock.instant();
    Optional<Entry> answer;
    try {
      answer = writer.send(account, ADD, "POST", PATH, body(patient), DOUBLE);
    } catch (EmrException refusal) {
      return already(account, patient, refusal, sent);
    }
    String id =
        answer
            .map(each -> each.json().path("id").asText(""))
            .flatMap(PracticeBetterApi::id)
            .orElseThrow(() -> PracticeBetterWriter.unknown(ADD, null));
    try {
      return patients
          .get(account, EmrRef.patient(id))
          .orElseThrow(() -> PracticeBetterWriter.unknown(ADD, null));
    } catch (EmrException unseen) {
      throw PracticeBetterWriter.unknown(ADD, unseen);
    }
  }

  private static ObjectNode body(NewPatient patient) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    ObjectNode profile = body.putObject("profile");
    profile.put("firstName", patient.firstName()).put("lastName", patient.lastName());
    profile.put("emailAddress", String.valueOf(patient.email()).strip());
    if (patient.phone() != null && !patient.phone().isBlank()) {
      profile.put("mobilePhone", patient.phone().strip());
    }
    if (patient.birthDate() != null) {
      profile.put("dateOfBirth", patient.birthDate().toString());
    }
    return body.put("isActive", true).put("sendInvitation", false);
  }

  /** Who has the address and so leaves nothing open; else the refusal stands. */
  private Patient already(
      EmrAccount account, NewPatient patient, EmrException refusal, Instant sent) {
    return switch (refusal.kind()) {
      case SLOT_TAKEN ->
          known(account, patient, Instant.MAX)
              .orElseThrow(
                  () ->
                      PracticeBetterWriter.rejected(
                          "Practice Better does not take this person, or knows the address"));
      case OUTCOME_UNKNOWN ->
          // Each address is taken once: who had it before leaves nothing open.
          before(account, patient, sent.minus(BookingMark.SKEW)).orElseThrow(() -> refusal);
      case CREDENTIALS_REJECTED,
          PERMISSION_MISSING,
          PERSON_NEEDED,
          RATE_LIMITED,
          UNAVAILABLE,
          NOT_FOUND,
          REQUEST_REJECTED,
          CONTRACT_BROKEN ->
          throw refusal;
    };
  }

  private Optional<Patient> before(EmrAccount account, NewPatient patient, Instant moment) {
    try {
      return known(account, patient, moment);
    } catch (EmrException stillAway) {
      return Optional.empty();
    }
  }

  /** Who has the address since before, when it is the same person for all that is known. */
  private Optional<Patient> known(EmrAccount account, NewPatient patient, Instant before) {
    SoughtPerson sought =
        SoughtPerson.of(
            new PatientQuery(patient.email(), null, patient.firstName(), patient.lastName()));
    Map<EmrRef, Patient> met = new LinkedHashMap<>();
    walk(account, new PracticeBetterQuery(), MANY_PAGES, met);
    return met.values().stream()
        .filter(each -> sought.hasEmail(each) && sought.isNamed(each))
        .filter(each -> each.createdAt() != null && each.createdAt().isBefore(before))
        .filter(
            each ->
                patient.birthDate() == null
                    || each.birthDate() == null
                    || patient.birthDate().equals(each.birthDate()))
        .findFirst();
  }
}
