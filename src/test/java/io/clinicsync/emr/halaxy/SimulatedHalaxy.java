package io.clinicsync.emr.halaxy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.emr.spi.Credentials;
import io.clinicsync.emr.spi.IncomingCall;
import io.clinicsync.emr.tck.SandboxedEmr;
import io.clinicsync.sandbox.halaxy.HalaxyAccount;
import io.clinicsync.sandbox.halaxy.HalaxyHooks;
import io.clinicsync.sandbox.halaxy.HalaxySimulator;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** The sandbox's Halaxy, with a clock that stands still unless pushed. */
final class SimulatedHalaxy extends SandboxedEmr {

  static final ZoneId ZONE = ZoneId.of("Australia/Sydney");
  private static final ObjectMapper JSON = new ObjectMapper();

  SimulatedHalaxy() {
    super("halaxy", Instant.parse("2026-06-10T02:00:00Z"));
  }

  @Override
  public boolean signsIn() {
    return true;
  }

  @Override
  public Optional<String> signInPath() {
    return Optional.of("/main/oauth/token");
  }

  HalaxySimulator halaxy() {
    return (HalaxySimulator) simulator();
  }

  @Override
  public Account open(String name, int patients) {
    return new Account(halaxy().open(opening(name, patients, ZONE)));
  }

  static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  final class Account implements SimulatedAccount {

    private final HalaxyAccount clinic;

    Account(HalaxyAccount clinic) {
      this.clinic = clinic;
    }

    HalaxyAccount clinic() {
      return clinic;
    }

    @Override
    public ZoneId zone() {
      return clinic.zone();
    }

    @Override
    public String currency() {
      return "AUD";
    }

    private Map<String, String> typed() {
      return new HashMap<>(Objects.requireNonNull(clinic.credentials().get(HalaxyConnector.WAY)));
    }

    @Override
    public Credentials credentials() {
      return new Credentials(typed());
    }

    @Override
    public Credentials wrongCredentials() {
      Map<String, String> wrong = typed();
      wrong.put(HalaxyTokens.CLIENT_SECRET, "not-the-right-one");
      return new Credentials(wrong);
    }

    @Override
    public Set<String> secrets() {
      return Set.of(typed().get(HalaxyTokens.CLIENT_SECRET), typed().get(HalaxyWebhooks.SECRET));
    }

    JsonNode truth() {
      return json(clinic.truth());
    }

    static List<String> patients(JsonNode appointment) {
      List<String> patients = new ArrayList<>();
      for (JsonNode each : appointment.path("participant")) {
        String reference = each.path("actor").path("reference").asText();
        if (reference.contains("/Patient/")) {
          patients.add(reference.substring(reference.lastIndexOf('/') + 1));
        }
      }
      return patients;
    }

    /** Rows of a kind by our ids. */
    Map<String, JsonNode> rows(RecordKind kind) {
      Map<String, JsonNode> rows = new LinkedHashMap<>();
      JsonNode truth = truth();
      switch (kind) {
        case PATIENT ->
            truth.path("Patient").forEach(row -> rows.put(row.path("id").asText(), row));
        case APPOINTMENT -> {
          for (JsonNode row : truth.path("Appointment")) {
            List<String> patients = patients(row);
            String id = row.path("id").asText();
            patients.forEach(each -> rows.put(patients.size() == 1 ? id : id + "/" + each, row));
          }
        }
        case INVOICE -> {
          for (JsonNode row : truth.path("Invoice")) {
            if (!row.path("type").asText().equals("quote")) {
              rows.put(row.path("id").asText(), row);
            }
          }
        }
        default -> {}
      }
      return rows;
    }

    @Override
    public Set<String> ids(RecordKind kind) {
      return rows(kind).keySet();
    }

    @Override
    public Set<String> removed(RecordKind kind) {
      return Set.of();
    }

    @Override
    public Map<String, String> merged() {
      return Map.of();
    }

    @Override
    public Map<String, Instant> starts() {
      Map<String, Instant> starts = new HashMap<>();
      rows(RecordKind.APPOINTMENT)
          .forEach(
              (id, row) ->
                  starts.put(id, OffsetDateTime.parse(row.path("start").asText()).toInstant()));
      return starts;
    }

    static String type(RecordKind kind) {
      return switch (kind) {
        case PATIENT -> "Patient";
        case APPOINTMENT -> "Appointment";
        case INVOICE -> "Invoice";
        default -> throw new IllegalArgumentException(kind.name());
      };
    }

    @Override
    public Set<String> changeTogether(RecordKind kind, int count) {
      return new HashSet<>(clinic.edits().touchMany(type(kind), count));
    }

    @Override
    public String poison(RecordKind kind) {
      String id =
          rows(kind).keySet().stream()
              .filter(each -> !each.contains("/"))
              .skip(7)
              .findFirst()
              .orElseThrow();
      String endless = "x".repeat(40_000);
      Map<String, ?> members =
          switch (kind) {
            case PATIENT -> Map.of("name", List.of(Map.of("use", "official", "family", endless)));
            case INVOICE -> Map.of("title", "A\u0000B");
            default -> Map.of("minutesDuration", endless);
          };
      clinic.edits().set(type(kind), id, members);
      return id;
    }

    @Override
    public void garble(RecordKind kind) {
      for (String id : ids(kind)) {
        clinic.edits().set(type(kind), id, Map.of("birthDate", "lately"));
      }
    }

    /** An individual appointment nobody has cancelled. */
    String booked() {
      return rows(RecordKind.APPOINTMENT).entrySet().stream()
          .filter(row -> !row.getKey().contains("/"))
          .filter(row -> row.getValue().toString().contains("\"code\":\"booked\""))
          .findFirst()
          .orElseThrow()
          .getKey();
    }

    @Override
    public String unknownStatus() {
      String id = booked();
      clinic.edits().status("odd", id, "", "perhaps");
      return id;
    }

    @Override
    public Optional<Diary> diary() {
      return Optional.of(new HalaxyDiary(this, clock));
    }

    @Override
    public void endSessions() {
      halaxy().endSessions(clinic);
    }

    @Override
    public Optional<Hooks> hooks() {
      String id = booked();
      clinic.edits().status("cancel", id, "", "cancelled");
      Instant now = clock.instant();
      HalaxyHooks hooks = new HalaxyHooks(clinic);
      String event = "appointment-updated";
      IncomingCall bearer = call(hooks.call("Appointment", id, now), event, now);
      String secret = typed().get(HalaxyWebhooks.SECRET);
      IncomingCall raw = call(hooks.call("Appointment", id, now, secret), event, now);
      Map<String, IncomingCall> refused = new LinkedHashMap<>();
      refused.put(
          "another practice's", call(hooks.call("Appointment", id, now, "hook-other"), event, now));
      refused.put(
          "without its header",
          new IncomingCall("POST", event, Map.of(), Map.of(), bearer.body(), now));
      refused.put(
          "unreadable",
          new IncomingCall("POST", event, Map.of(), bearer.headers(), "{".getBytes(), now));
      refused.put("of no event", call(hooks.call("Appointment", id, now), null, now));
      refused.put("of another event", call(hooks.call("Patient", "1", now), event, now));
      return Optional.of(new Hooks(EmrRef.appointment(id), List.of(bearer, raw), refused));
    }

    @Override
    public String plant(Person person) {
      return clinic
          .edits()
          .createPatient(
              Map.of(
                  "name",
                  List.of(
                      Map.of(
                          "use",
                          "official",
                          "family",
                          person.last(),
                          "given",
                          List.of(person.first()))),
                  "telecom",
                  List.of(
                      Map.of("system", "sms", "use", "mobile", "value", person.phone()),
                      Map.of("system", "email", "use", "home", "value", person.email())),
                  "birthDate",
                  person.birthDate()));
    }
  }

  static IncomingCall call(
      HalaxyHooks.Call sent, @org.jspecify.annotations.Nullable String event, Instant at) {
    Map<String, List<String>> headers = new HashMap<>();
    sent.headers()
        .forEach(
            (name, value) -> headers.put(name.toLowerCase(java.util.Locale.ROOT), List.of(value)));
    return new IncomingCall("POST", event, Map.of(), headers, sent.body(), at);
  }
}
