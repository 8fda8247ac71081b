package io.clinicsync.emr.nookal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.emr.tck.SimulatedEmr.ClassAhead;
import io.clinicsync.emr.tck.SimulatedEmr.Diary;
import io.clinicsync.emr.tck.SimulatedEmr.Entry;
import io.clinicsync.emr.tck.SimulatedEmr.Gap;
import io.clinicsync.sandbox.nookal.NookalAccount;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The diary of one simulated Nookal clinic. */
record SimulatedNookalDiary(NookalAccount clinic, Clock clock) implements Diary {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int PATIENTS = 40;

  private JsonNode truth() {
    try {
      return JSON.readTree(clinic.truth());
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static boolean isOff(JsonNode row) {
    return row.path("cancelled").asText().equals("1");
  }

  private static Instant instant(JsonNode row, String member) {
    return Instant.parse(row.path(member).asText());
  }

  @Override
  public List<EmrRef> patients() {
    List<EmrRef> patients = new ArrayList<>();
    for (JsonNode row : truth().path("patients")) {
      if (patients.size() < PATIENTS && row.path("active").asText("1").equals("1")) {
        patients.add(EmrRef.patient(row.path("ID").asText()));
      }
    }
    return patients;
  }

  @Override
  public List<Entry> of(EmrRef patient) {
    JsonNode truth = truth();
    String id = patient.id().value();
    Map<String, JsonNode> classes = new HashMap<>();
    truth.path("classes").forEach(row -> classes.put(row.path("ID").asText(), row));
    List<Entry> entries = new ArrayList<>();
    for (JsonNode row : truth.path("appointments")) {
      if (row.path("patientID").asText().equals(id)) {
        entries.add(entry(row.path("ID").asText(), row, row));
      }
    }
    for (JsonNode row : truth.path("participants")) {
      String session = row.path("_session").asText();
      if (row.path("patientID").asText().equals(id) && classes.containsKey(session)) {
        entries.add(entry("class-" + session + "-" + id, row, classes.get(session)));
      }
    }
    return entries;
  }

  private static Entry entry(String id, JsonNode person, JsonNode time) {
    return new Entry(
        id,
        instant(time, "_start"),
        instant(time, "_end"),
        isOff(person) || isOff(time),
        person.path("Notes").asText(""));
  }

  @Override
  public Optional<ClassAhead> classAhead() {
    JsonNode truth = truth();
    Map<String, Integer> taken = new HashMap<>();
    for (JsonNode seat : truth.path("participants")) {
      if (!isOff(seat)) {
        taken.merge(seat.path("_session").asText(), 1, Integer::sum);
      }
    }
    for (JsonNode row : truth.path("classes")) {
      int seats = row.path("maxParticipants").asInt();
      int left = seats - taken.getOrDefault(row.path("ID").asText(), 0);
      if (instant(row, "_start").isAfter(clock.instant()) && !isOff(row) && left > 0) {
        return Optional.of(
            new ClassAhead(
                EmrRef.of(RecordKind.PRACTITIONER, row.path("practitionerID").asText()),
                EmrRef.of(RecordKind.TREATMENT, "class-" + row.path("classID").asText()),
                EmrRef.of(RecordKind.SITE, row.path("locationID").asText()),
                instant(row, "_start"),
                instant(row, "_end"),
                seats,
                left));
      }
    }
    throw new IllegalStateException("no class ahead has a seat left");
  }

  @Override
  public void archive(EmrRef patient) {
    clinic.edits().archivePatient(patient.id().value());
  }

  @Override
  public boolean refusesOverlaps() {
    return true;
  }

  @Override
  public Set<Gap> gaps() {
    return Set.of(Gap.ENDS_OF_THEIR_OWN, Gap.MERGED_PATIENTS);
  }
}
