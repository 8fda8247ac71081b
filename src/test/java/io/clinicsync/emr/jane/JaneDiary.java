package io.clinicsync.emr.jane;

import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.emr.tck.SimulatedEmr.ClassAhead;
import io.clinicsync.emr.tck.SimulatedEmr.Diary;
import io.clinicsync.emr.tck.SimulatedEmr.Entry;
import io.clinicsync.emr.tck.SimulatedEmr.Gap;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The diary of one simulated clinic at Jane. */
record JaneDiary(SimulatedJane.Account account) implements Diary {

  private static final int PATIENTS = 40;

  @Override
  public List<EmrRef> patients() {
    return account.ids(RecordKind.PATIENT).stream().limit(PATIENTS).map(EmrRef::patient).toList();
  }

  @Override
  public List<Entry> of(EmrRef patient) {
    List<Entry> entries = new ArrayList<>();
    for (JsonNode row : account.truth().path("appointments")) {
      if (row.path("patient_id").asText().equals(patient.id().value())
          && !row.hasNonNull("archived_at")) {
        entries.add(
            new Entry(
                row.path("id").asText(),
                time(row, "start_at"),
                time(row, "end_at"),
                row.hasNonNull("cancelled_at"),
                row.path("notes_text").asText("")));
      }
    }
    return entries;
  }

  private static Instant time(JsonNode row, String member) {
    return OffsetDateTime.parse(row.path(member).asText()).toInstant();
  }

  /** Nobody has seen how Jane's pages take a place in a class. */
  @Override
  public Optional<ClassAhead> classAhead() {
    return Optional.empty();
  }

  @Override
  public void archive(EmrRef patient) {
    account.clinic().edits().archivePatient(patient.id().value());
  }

  @Override
  public List<String> holds() {
    List<String> holds = new ArrayList<>();
    for (JsonNode row : account.truth().path("appointments")) {
      if (row.path("state").asText().equals("reserved") && !row.hasNonNull("archived_at")) {
        holds.add(row.path("id").asText());
      }
    }
    return holds;
  }

  @Override
  public Set<Gap> gaps() {
    return Set.of(Gap.SEARCH_FOR_WHO_LEFT);
  }
}
