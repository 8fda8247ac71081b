package io.clinicsync.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.FhirJudge;
import io.clinicsync.sandbox.halaxy.HalaxyAccount;
import io.clinicsync.sandbox.server.EmrSimulator;
import java.time.Instant;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Halaxy publishes no description of its own, but speaks FHIR R4: its simulator's answers are
 * judged by HAPI FHIR's validator, less what is known to differ (fhir-deviations.yaml).
 */
class HalaxyFhirTests {

  private static final Instant NOW = Instant.parse("2026-06-10T02:00:00Z");
  private static final ZoneId ZONE = ZoneId.of("Australia/Sydney");
  private static final Set<String> CODED =
      Set.of("gender", "status", "use", "system", "type", "code");

  private SandboxServer sandbox;
  private HalaxyAccount clinic;
  private Caller caller;

  @BeforeEach
  void start() {
    SandboxClock clock = new SandboxClock();
    clock.freezeAt(NOW);
    sandbox = SandboxServer.start(0, clock, 1);
    clinic =
        (HalaxyAccount)
            sandbox.open("halaxy", new EmrSimulator.Opening("Harbour", 5, 90, ZONE, NOW)).clinic();
    caller = Caller.halaxy(sandbox);
    caller.signIn(clinic);
  }

  @AfterEach
  void stop() {
    sandbox.close();
  }

  @Test
  void everyAnswerIsFhirButForWhatIsKnownToDiffer() throws Exception {
    FhirJudge judge = FhirJudge.ofAnswers();
    Map<String, JsonNode> samples = samples();
    samples.putAll(afterWrites());
    assertThat(samples).hasSizeGreaterThan(28);
    samples.values().forEach(judge::judge);
    assertThat(judge.unlisted()).as("differs from FHIR R4 and is not listed").isEmpty();
    assertThat(judge.unmet()).as("listed and never met").isEmpty();
  }

  private static String id(JsonNode truth, String type) {
    return truth.path(type).get(0).path("id").asText();
  }

  /** What writes are answered with, refusals included. */
  private Map<String, JsonNode> afterWrites() throws Exception {
    JsonNode truth = Caller.JSON.readTree(clinic.truth());
    String book =
        """
        {"resourceType":"Parameters","parameter":[
         {"name":"appt-resource","resource":{"resourceType":"Appointment","description":"note",
          "start":"2026-06-21T20:00:00+10:00","end":"2026-06-21T20:30:00+10:00",
          "participant":[{"actor":{"reference":"PractitionerRole/%s"}}]}},
         {"name":"patient-id","valueReference":{"reference":"Patient/%s"}},
         {"name":"healthcare-service-id","valueReference":{"reference":"HealthcareService/%s"}},
         {"name":"location-type","valueCode":"clinic"},{"name":"status","valueCode":"booked"}]}
        """
            .formatted(
                id(truth, "PractitionerRole"),
                id(truth, "Patient"),
                id(truth, "HealthcareService"));
    Map<String, JsonNode> answers = new LinkedHashMap<>();
    JsonNode booked = caller.send("POST", "/main/Appointment/$book", book).json();
    answers.put("booked", booked);
    clinic.edit(
        Caller.JSON.readTree("{\"edit\":\"switch\",\"name\":\"strictBooking\",\"value\":true}"));
    answers.put("taken", caller.send("POST", "/main/Appointment/$book", book).json());
    String one = "/main/Appointment/" + booked.path("id").asText();
    answers.put("refused", caller.send("PATCH", one, "{\"end\":\"never\"}").json());
    answers.put(
        "moved", caller.send("PATCH", one, "{\"end\":\"2026-06-21T20:45:00+10:00\"}").json());
    answers.put(
        "cancelled",
        caller
            .send(
                "PATCH",
                one,
                """
                {"participant":[{"actor":{"reference":"Patient/%s"},"modifierExtension":[{
                 "url":"https://terminology.halaxy.com/StructureDefinition/appointment-participant-status",
                 "valueCoding":{"code":"cancelled (no charge)"}}]}]}
                """
                    .formatted(id(truth, "Patient")))
            .json());
    answers.put(
        "registered",
        caller
            .send("POST", "/main/Patient", "{\"name\":[{\"family\":\"Kept\",\"given\":[\"Ann\"]}]}")
            .json());
    assertThat(answers.values()).allMatch(each -> each.has("resourceType"));
    return answers;
  }

  /** One answer of each kind and shape. */
  private Map<String, JsonNode> samples() throws Exception {
    Map<String, JsonNode> samples = new LinkedHashMap<>();
    JsonNode truth = Caller.JSON.readTree(clinic.truth());
    Set<String> seen = new LinkedHashSet<>();
    for (JsonNode table : truth) {
      for (JsonNode row : table) {
        // One that shows a member or a word none before has shown.
        if (seen.addAll(shape(row))) {
          samples.put(row.path("resourceType").asText() + row.path("id").asText(), row);
        }
      }
    }
    String role = truth.path("PractitionerRole").get(0).path("id").asText();
    for (String path :
        List.of(
            "/Patient?_count=1",
            "/Patient?family=Nobodyhere",
            "/Invoice?recipient=17",
            "/Patient/17",
            "/metadata",
            "/Appointment?_count=1&_include=Appointment:practitioner-role",
            "/Appointment/$find?duration=30&show=first-available&practitioner-role="
                + role
                + "&start=2026-06-15T00:00:00%2B00:00&end=2026-06-18T00:00:00%2B00:00")) {
      samples.put(path, caller.get("/main" + path).json());
    }
    return samples;
  }

  private static Set<String> shape(JsonNode row) {
    Set<String> shape = new TreeSet<>();
    walk(row, row.path("resourceType").asText(), shape);
    return shape;
  }

  private static void walk(JsonNode node, String path, Set<String> shape) {
    if (node.isObject()) {
      node.properties()
          .forEach(
              member -> {
                String inner = path + "." + member.getKey();
                boolean coded = CODED.contains(member.getKey()) && member.getValue().isTextual();
                shape.add(coded ? inner + "=" + member.getValue().asText() : inner);
                walk(member.getValue(), inner, shape);
              });
    } else if (node.isArray()) {
      node.forEach(each -> walk(each, path, shape));
    }
  }
}
