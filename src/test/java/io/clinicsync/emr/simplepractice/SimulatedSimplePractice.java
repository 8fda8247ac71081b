package io.clinicsync.emr.simplepractice;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.emr.spi.Credentials;
import io.clinicsync.emr.tck.SandboxedEmr;
import io.clinicsync.sandbox.simplepractice.SimplePracticeAccount;
import io.clinicsync.sandbox.simplepractice.SimplePracticeSimulator;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The sandbox's SimplePractice, with a clock that stands still unless pushed. */
final class SimulatedSimplePractice extends SandboxedEmr {

  static final ZoneId ZONE = ZoneId.of("America/Los_Angeles");
  private static final ObjectMapper JSON = new ObjectMapper();

  SimulatedSimplePractice() {
    super("simplepractice", Instant.parse("2026-06-10T16:00:00Z"));
  }

  @Override
  public boolean signsIn() {
    return true;
  }

  @Override
  public Optional<String> signInPath() {
    return Optional.of("/simplepractice/account/");
  }

  SimplePracticeSimulator vendor() {
    return (SimplePracticeSimulator) simulator();
  }

  @Override
  public Account open(String name, int patients) {
    return new Account(vendor().open(opening(name, patients, ZONE)));
  }

  final class Account implements SimulatedAccount {

    private final SimplePracticeAccount practice;

    Account(SimplePracticeAccount practice) {
      this.practice = practice;
    }

    SimplePracticeAccount practice() {
      return practice;
    }

    @Override
    public ZoneId zone() {
      return practice.zone();
    }

    @Override
    public String currency() {
      return "USD";
    }

    private Map<String, String> typed() {
      return new HashMap<>(practice.credentials().get(SimplePracticeConnector.WEB));
    }

    @Override
    public Credentials credentials() {
      return new Credentials(typed());
    }

    @Override
    public Credentials wrongCredentials() {
      Map<String, String> wrong = typed();
      wrong.put(Visit.PASSWORD, "not-the-right-one");
      return new Credentials(wrong);
    }

    @Override
    public Set<String> secrets() {
      return Set.of(typed().get(Visit.PASSWORD));
    }

    JsonNode truth() {
      return json(practice.truth());
    }

    /** What staff do; the answer's id. */
    String edit(String command) {
      return json(practice.edit(json(command))).path("id").asText();
    }

    private static JsonNode json(String text) {
      try {
        return JSON.readTree(text);
      } catch (JsonProcessingException impossible) {
        throw new IllegalStateException(impossible);
      }
    }

    private static String tableOf(RecordKind kind) {
      return kind == RecordKind.PATIENT ? "clients" : "appointments";
    }

    /** Clients and couples, and appointments of theirs; breaks are none. */
    Map<String, JsonNode> rows(RecordKind kind) {
      Map<String, JsonNode> rows = new LinkedHashMap<>();
      truth()
          .path(tableOf(kind))
          .forEach(
              row -> {
                if (row.path("_type").asText("appointments").equals("appointments")) {
                  rows.put(row.path("id").asText(), row);
                }
              });
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
                  starts.put(id, OffsetDateTime.parse(row.path("startTime").asText()).toInstant()));
      return starts;
    }

    @Override
    public Set<String> changeTogether(RecordKind kind, int count) {
      Set<String> changed = new HashSet<>();
      json(practice.edit(
              json(
                  "{\"edit\":\"touchMany\",\"resource\":\"%s\",\"count\":%d}"
                      .formatted(tableOf(kind), count))))
          .path("ids")
          .forEach(id -> changed.add(id.asText()));
      return changed;
    }

    void set(RecordKind kind, String id, String member, JsonNode value) {
      var command = JSON.createObjectNode().put("edit", "set").put("resource", tableOf(kind));
      command.put("id", id).putObject("members").set(member, value);
      practice.edit(command);
    }

    private void set(RecordKind kind, String id, String member, String value) {
      set(kind, id, member, JSON.getNodeFactory().textNode(value));
    }

    @Override
    public String poison(RecordKind kind) {
      String victim = rows(kind).keySet().stream().skip(7).findFirst().orElseThrow();
      if (kind == RecordKind.PATIENT) {
        set(kind, victim, "lastName", "x".repeat(40_000));
      } else {
        set(kind, victim, "officeName", "A\u0000B");
      }
      return victim;
    }

    @Override
    public void garble(RecordKind kind) {
      ids(kind).forEach(id -> set(kind, id, "createdAt", "lately"));
    }

    @Override
    public String unknownStatus() {
      String one =
          rows(RecordKind.APPOINTMENT).entrySet().stream()
              .filter(row -> row.getValue().path("attendanceStatus").asText().equals("Show"))
              .findFirst()
              .orElseThrow()
              .getKey();
      set(RecordKind.APPOINTMENT, one, "attendanceStatus", "Perhaps");
      return one;
    }

    @Override
    public Optional<Diary> diary() {
      return Optional.of(new SimplePracticeDiary(this));
    }

    @Override
    public void endSessions() {
      vendor().endSessions(practice);
    }

    @Override
    public String plant(Person person) {
      return edit(
          """
          {"edit":"createPatient","members":{"firstName":"%s","lastName":"%s","email":"%s",
          "phone":"%s"}}"""
              .formatted(person.first(), person.last(), person.email(), person.phone()));
    }
  }
}
