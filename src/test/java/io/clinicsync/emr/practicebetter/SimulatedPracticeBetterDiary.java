package io.clinicsync.emr.practicebetter;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.emr.tck.SimulatedEmr.ClassAhead;
import io.clinicsync.emr.tck.SimulatedEmr.Diary;
import io.clinicsync.emr.tck.SimulatedEmr.Entry;
import io.clinicsync.emr.tck.SimulatedEmr.Gap;
import io.clinicsync.sandbox.practicebetter.PracticeBetterAccount;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The diary of one simulated practice. */
record SimulatedPracticeBetterDiary(PracticeBetterAccount clinic) implements Diary {

  private static final int PATIENTS = 40;

  private JsonNode truth() {
    try {
      return SimulatedPracticeBetter.JSON.readTree(clinic.truth());
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  @Override
  public List<EmrRef> patients() {
    List<EmrRef> patients = new ArrayList<>();
    for (JsonNode row : truth().path("records")) {
      if (patients.size() < PATIENTS && row.path("isActive").asBoolean()) {
        patients.add(EmrRef.patient(row.path("id").asText()));
      }
    }
    return patients;
  }

  @Override
  public List<Entry> of(EmrRef patient) {
    List<Entry> entries = new ArrayList<>();
    for (JsonNode row : truth().path("sessions")) {
      if (row.path("_record").asText().equals(patient.id().value())) {
        entries.add(
            new Entry(
                row.path("id").asText(),
                Instant.parse(row.path("sessionDate").asText()),
                Instant.parse(row.path("endDate").asText()),
                row.path("cancelled").asBoolean(),
                row.path("notes").asText("")));
      }
    }
    return entries;
  }

  /** Group sessions cannot be written. */
  @Override
  public Optional<ClassAhead> classAhead() {
    return Optional.empty();
  }

  @Override
  public void archive(EmrRef patient) {
    clinic.edits().archivePatient(patient.id().value());
  }

  @Override
  public Set<Gap> gaps() {
    return Set.of(Gap.ARCHIVED_PATIENTS, Gap.PATIENTS_WITHOUT_EMAIL, Gap.MERGED_PATIENTS);
  }
}
