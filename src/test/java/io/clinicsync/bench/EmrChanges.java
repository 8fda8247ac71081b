package io.clinicsync.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * What staff of any EMR do between two cycles: two thirds new names, one third new appointments,
 * each of another patient who has a contact; appointments only where a new name is not seen.
 */
final class EmrChanges {

  private final SandboxProcess sandbox;
  private final EmrWay way;
  private final Bench.Subject subject;
  private final Random random;
  private final List<String> patients = new ArrayList<>();
  private final JsonNode truth;
  private int booked;

  /** How much was changed. */
  record Made(int renamed, int booked) {}

  EmrChanges(
      SandboxProcess sandbox, Bench bench, EmrWay way, Bench.Subject subject, Random random) {
    this.sandbox = sandbox;
    this.way = way;
    this.subject = subject;
    this.random = random;
    truth = sandbox.truth(subject.account());
    String ids =
        bench.text(
            "SELECT string_agg(patient_id, ',') FROM people_links WHERE state = 'LINKED' AND tenant_id = '"
                + subject.clinic()
                + "'");
    Set<String> linked = Set.of(ids.split(","));
    for (JsonNode patient : truth.path(way.patients())) {
      if (linked.contains(patient.path(way.ours()).asText())) {
        patients.add(patient.path(way.id()).asText());
      }
    }
    if (patients.isEmpty()) {
      throw new IllegalStateException(
          "Nobody is linked among " + truth.path(way.patients()).size() + " patients, but " + ids);
    }
  }

  Made make(int cycle, int count) {
    Collections.shuffle(patients, random);
    Instant day = Instant.now().plus(Duration.ofDays(5)).truncatedTo(ChronoUnit.DAYS);
    int names = 0;
    for (int i = 0; i < count; i++) {
      boolean rename = way.rename() != null && i % 3 != 0;
      Map<String, Object> command = new HashMap<>();
      if (rename) {
        command.put("edit", "updatePatient");
        command.put("id", patients.get(i));
        command.put("members", way.rename().apply("Cycle" + cycle));
        names++;
      } else {
        String start = day.plus(Duration.ofMinutes(15L * booked++)).toString();
        command.putAll(way.booking(truth, patients.get(i), start));
      }
      command.put("account", subject.account());
      sandbox.control("edits", command);
    }
    return new Made(names, count - names);
  }
}
