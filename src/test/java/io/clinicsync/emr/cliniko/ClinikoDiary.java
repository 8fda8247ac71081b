package io.clinicsync.emr.cliniko;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.emr.tck.SimulatedEmr.ClassAhead;
import io.clinicsync.emr.tck.SimulatedEmr.Diary;
import io.clinicsync.emr.tck.SimulatedEmr.Entry;
import io.clinicsync.emr.tck.SimulatedEmr.Gap;
import io.clinicsync.sandbox.cliniko.ClinikoAccount;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The diary of one simulated Cliniko account. */
record ClinikoDiary(ClinikoAccount account, Clock clock) implements Diary {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int PATIENTS = 40;

  @Override
  public Set<Gap> gaps() {
    return Set.of(Gap.NEEDS_NO_NOTE);
  }

  private static Map<String, JsonNode> table(JsonNode truth, String name) {
    Map<String, JsonNode> rows = new LinkedHashMap<>();
    truth.path(name).forEach(row -> rows.put(row.path("id").asText(), row));
    return rows;
  }

  private JsonNode truth() {
    try {
      return JSON.readTree(account.truth());
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static boolean isGone(JsonNode row) {
    return row.hasNonNull("archived_at") || row.hasNonNull("deleted_at");
  }

  private static String id(JsonNode row, String reference) {
    String address = row.path(reference).path("links").path("self").asText();
    return address.substring(address.lastIndexOf('/') + 1);
  }

  @Override
  public List<EmrRef> patients() {
    return table(truth(), "patients").entrySet().stream()
        .filter(row -> !isGone(row.getValue()))
        .map(row -> EmrRef.patient(row.getKey()))
        .limit(PATIENTS)
        .toList();
  }

  @Override
  public List<Entry> of(EmrRef patient) {
    JsonNode truth = truth();
    Map<String, JsonNode> groups = table(truth, "group_appointments");
    List<Entry> entries = new ArrayList<>();
    for (JsonNode row : truth.path("individual_appointments")) {
      if (id(row, "patient").equals(patient.id().value())) {
        entries.add(entry(row.path("id").asText(), row, row));
      }
    }
    for (JsonNode row : truth.path("attendees")) {
      JsonNode group = groups.get(id(row, "booking"));
      if (group != null && id(row, "patient").equals(patient.id().value())) {
        entries.add(entry("attendee-" + row.path("id").asText(), row, group));
      }
    }
    return entries;
  }

  private static Entry entry(String id, JsonNode person, JsonNode slot) {
    return new Entry(
        id,
        Instant.parse(slot.path("starts_at").asText()),
        Instant.parse(slot.path("ends_at").asText()),
        person.hasNonNull("cancelled_at"),
        person.path("notes").asText(""));
  }

  @Override
  public Optional<ClassAhead> classAhead() {
    JsonNode truth = truth();
    Instant now = clock.instant();
    for (JsonNode group : truth.path("group_appointments")) {
      Instant start = Instant.parse(group.path("starts_at").asText());
      int seats = group.path("max_attendees").asInt();
      int left = seats - group.path("patient_ids").size();
      if (start.isAfter(now) && !isGone(group) && left > 0) {
        return Optional.of(
            new ClassAhead(
                EmrRef.of(RecordKind.PRACTITIONER, id(group, "practitioner")),
                EmrRef.of(RecordKind.TREATMENT, id(group, "appointment_type")),
                EmrRef.of(RecordKind.SITE, id(group, "business")),
                start,
                Instant.parse(group.path("ends_at").asText()),
                seats,
                left));
      }
    }
    throw new IllegalStateException("no class ahead has a seat left");
  }

  @Override
  public void archive(EmrRef patient) {
    account.edits().archivePatient(patient.id().value());
  }
}
