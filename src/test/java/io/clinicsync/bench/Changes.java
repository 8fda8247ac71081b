package io.clinicsync.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * What staff do between two cycles: two thirds new names, one third new appointments, each of
 * another patient.
 */
final class Changes {

  private final SandboxProcess sandbox;
  private final Bench.Subject subject;
  private final List<String> patients = new ArrayList<>();
  private final Set<String> linked = new HashSet<>();

  /** Any participant row; a new appointment brings one of this size. */
  private final String attendee;

  private final String practitioner;
  private final String business;
  private final String type;
  private final Random random;
  private int booked;

  /**
   * What was changed.
   *
   * @param contacts how many contacts must be written for it
   * @param rows changed rows by read endpoint
   * @param bytes of the changed records as the vendor holds them
   */
  record Made(int contacts, Map<String, Integer> rows, long bytes) {}

  Changes(SandboxProcess sandbox, Bench bench, Bench.Subject subject, Random random) {
    this.sandbox = sandbox;
    this.subject = subject;
    this.random = random;
    JsonNode truth = sandbox.truth(subject.account());
    for (JsonNode patient : truth.get("patients")) {
      boolean live =
          patient.path("archived_at").isNull()
              && patient.path("deleted_at").isNull()
              && patient.path("merged_at").isNull();
      if (live) {
        patients.add(patient.get("id").asText());
      }
    }
    attendee = truth.get("attendees").get(0).toString();
    practitioner = truth.get("practitioners").get(0).get("id").asText();
    business = truth.get("businesses").get(0).get("id").asText();
    type = truth.get("appointment_types").get(0).get("id").asText();
    String ids =
        bench.text(
            "SELECT string_agg(patient_id, ',') FROM people_links WHERE state = 'LINKED' AND tenant_id = '"
                + subject.clinic()
                + "'");
    linked.addAll(List.of(ids.split(",")));
  }

  /** The log keeps records with links that lack the vendor's address; on the wire they have it. */
  private long onTheWire(String record) {
    int links = record.split("\"self\":\"", -1).length - 1;
    return record.getBytes(StandardCharsets.UTF_8).length
        + (long) links * (sandbox.clinikoBase() + "/v1/").length();
  }

  Made make(int cycle, int count) {
    List<String> chosen = new ArrayList<>(patients);
    Collections.shuffle(chosen, random);
    chosen = chosen.subList(0, count);
    Map<String, Integer> rows = new HashMap<>();
    long since = sandbox.logEnd();
    Instant day = Instant.now().plus(Duration.ofDays(60)).truncatedTo(ChronoUnit.DAYS);
    for (int i = 0; i < count; i++) {
      String patient = chosen.get(i);
      if (i % 3 == 0) {
        sandbox.control(
            "edits",
            Map.of(
                "account",
                subject.account(),
                "edit",
                "book",
                "patient",
                patient,
                "practitioner",
                practitioner,
                "business",
                business,
                "type",
                type,
                "start",
                day.plus(Duration.ofMinutes(15L * booked++)).toString()));
        rows.merge("individual_appointments", 1, Integer::sum);
        rows.merge("attendees", 1, Integer::sum);
      } else {
        sandbox.control(
            "edits",
            Map.of(
                "account",
                subject.account(),
                "edit",
                "updatePatient",
                "id",
                patient,
                "members",
                Map.of("last_name", "Cycle" + cycle)));
        rows.merge("patients", 1, Integer::sum);
      }
    }
    long bytes = 0;
    for (SandboxProcess.Operation edit : sandbox.log(subject.account(), since)) {
      bytes += onTheWire(edit.version());
      if (edit.operation().equals("book appointment")) {
        bytes += onTheWire(attendee);
      }
    }
    return new Made((int) chosen.stream().filter(linked::contains).count(), rows, bytes);
  }
}
