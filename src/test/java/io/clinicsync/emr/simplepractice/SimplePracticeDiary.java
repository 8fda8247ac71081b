package io.clinicsync.emr.simplepractice;

import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.emr.tck.SimulatedEmr.ClassAhead;
import io.clinicsync.emr.tck.SimulatedEmr.Diary;
import io.clinicsync.emr.tck.SimulatedEmr.Entry;
import io.clinicsync.emr.tck.SimulatedEmr.Gap;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The calendar of one simulated practice. */
record SimplePracticeDiary(SimulatedSimplePractice.Account clinic) implements Diary {

  private static final int PATIENTS = 40;

  @Override
  public List<EmrRef> patients() {
    return clinic.rows(RecordKind.PATIENT).entrySet().stream()
        .filter(row -> row.getValue().path("status").asText().equals("active"))
        .map(row -> EmrRef.patient(row.getKey()))
        .limit(PATIENTS)
        .toList();
  }

  @Override
  public List<Entry> of(EmrRef patient) {
    return clinic.rows(RecordKind.APPOINTMENT).entrySet().stream()
        .filter(row -> row.getValue().path("_client").asText().equals(patient.id().value()))
        .map(SimplePracticeDiary::entry)
        .toList();
  }

  private static Entry entry(Map.Entry<String, JsonNode> row) {
    return new Entry(
        row.getKey(),
        time(row.getValue(), "startTime"),
        time(row.getValue(), "endTime"),
        row.getValue().path("attendanceStatus").asText().endsWith("Cancelled"),
        row.getValue().toString());
  }

  private static Instant time(JsonNode row, String member) {
    return OffsetDateTime.parse(row.path(member).asText()).toInstant();
  }

  @Override
  public Optional<ClassAhead> classAhead() {
    return Optional.empty();
  }

  @Override
  public void archive(EmrRef patient) {
    clinic.edit("{\"edit\":\"archivePatient\",\"id\":\"%s\"}".formatted(patient.id()));
  }

  @Override
  public Set<Gap> gaps() {
    return Set.of(Gap.BOOKING_NOTES, Gap.BIRTH_DATES, Gap.ARCHIVED_PATIENTS, Gap.MERGED_PATIENTS);
  }
}
