package io.clinicsync.emr.halaxy;

import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.emr.tck.SimulatedEmr.ClassAhead;
import io.clinicsync.emr.tck.SimulatedEmr.Diary;
import io.clinicsync.emr.tck.SimulatedEmr.Entry;
import io.clinicsync.emr.tck.SimulatedEmr.Gap;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The diary of one simulated practice group. */
record HalaxyDiary(SimulatedHalaxy.Account account, InstantSource clock) implements Diary {

  private static final int PATIENTS = 40;

  @Override
  public List<EmrRef> patients() {
    return account.rows(RecordKind.PATIENT).entrySet().stream()
        .filter(row -> row.getValue().path("active").asBoolean())
        .map(row -> EmrRef.patient(row.getKey()))
        .limit(PATIENTS)
        .toList();
  }

  @Override
  public List<Entry> of(EmrRef patient) {
    List<Entry> entries = new ArrayList<>();
    for (JsonNode row : account.truth().path("Appointment")) {
      List<String> patients = SimulatedHalaxy.Account.patients(row);
      if (patients.contains(patient.id().value())) {
        String id = row.path("id").asText();
        entries.add(
            new Entry(
                patients.size() > 1 ? id + "/" + patient.id() : id,
                time(row, "start"),
                time(row, "end"),
                status(row, patient.id().value()).startsWith("cancelled"),
                row.path("description").asText("")));
      }
    }
    return entries;
  }

  private static Instant time(JsonNode row, String member) {
    return OffsetDateTime.parse(row.path(member).asText()).toInstant();
  }

  static String status(JsonNode row, String patient) {
    for (JsonNode each : row.path("participant")) {
      if (each.at("/actor/reference").asText().endsWith("/Patient/" + patient)) {
        return each.at("/modifierExtension/0/valueCoding/code").asText();
      }
    }
    return "";
  }

  private static String last(JsonNode reference) {
    String text = reference.path("reference").asText();
    return text.substring(text.lastIndexOf('/') + 1);
  }

  @Override
  public Optional<ClassAhead> classAhead() {
    JsonNode truth = account.truth();
    for (JsonNode row : truth.path("Appointment")) {
      List<String> patients = SimulatedHalaxy.Account.patients(row);
      int live =
          (int)
              patients.stream().filter(each -> !status(row, each).startsWith("cancelled")).count();
      int seats = seats(truth, last(row.at("/supportingInformation/0")));
      if (time(row, "start").isAfter(clock.instant()) && live > 1 && seats > live) {
        JsonNode role = find(truth, "PractitionerRole", last(row.at("/participant/0/actor")));
        return Optional.of(
            new ClassAhead(
                EmrRef.of(RecordKind.PRACTITIONER, last(role.path("practitioner"))),
                EmrRef.of(RecordKind.TREATMENT, last(row.at("/supportingInformation/0"))),
                EmrRef.of(RecordKind.SITE, last(role.path("organization"))),
                time(row, "start"),
                time(row, "end"),
                seats,
                seats - live));
      }
    }
    throw new IllegalStateException("no group ahead has a place left");
  }

  private static JsonNode find(JsonNode truth, String type, String id) {
    for (JsonNode row : truth.path(type)) {
      if (row.path("id").asText().equals(id)) {
        return row;
      }
    }
    return truth.path("none");
  }

  private static int seats(JsonNode truth, String service) {
    for (JsonNode each : find(truth, "HealthcareService", service).path("extension")) {
      if (each.path("url").asText().contains("max")) {
        return each.path("valueInteger").asInt();
      }
    }
    return 1;
  }

  @Override
  public void archive(EmrRef patient) {
    account.clinic().edits().archivePatient(patient.id().value());
  }

  @Override
  public Set<Gap> gaps() {
    return Set.of(Gap.MERGED_PATIENTS, Gap.SEARCH_BY_ADDRESS);
  }
}
