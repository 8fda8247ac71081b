package io.clinicsync.emr.nookal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.emr.spi.Credentials;
import io.clinicsync.emr.tck.SandboxedEmr;
import io.clinicsync.sandbox.nookal.NookalAccount;
import io.clinicsync.sandbox.nookal.NookalSimulator;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The sandbox's Nookal by the key of v2 alone, with a clock that stands still unless pushed. */
final class SimulatedNookal extends SandboxedEmr {

  static final ZoneId ZONE = ZoneId.of("Australia/Sydney");
  private static final ObjectMapper JSON = new ObjectMapper();

  SimulatedNookal() {
    super("nookal", Instant.parse("2026-06-10T00:00:00Z"));
  }

  NookalSimulator nookal() {
    return (NookalSimulator) simulator();
  }

  @Override
  public Account open(String name, int patients) {
    return new Account(nookal().open(opening(name, patients, ZONE)), clock);
  }

  /** Everything is posted; what a function is called tells. */
  @Override
  public boolean commits(String method, String url, String body) {
    return url.matches(".*/production/v2/(add|edit|update|cancel|rebook).*");
  }

  /** One clinic. */
  static final class Account implements SimulatedAccount {

    private final NookalAccount clinic;
    private final Clock clock;

    Account(NookalAccount clinic, Clock clock) {
      this.clinic = clinic;
      this.clock = clock;
    }

    @Override
    public Optional<Diary> diary() {
      return Optional.of(new SimulatedNookalDiary(clinic, clock));
    }

    NookalAccount clinic() {
      return clinic;
    }

    Map<String, String> typed() {
      return new HashMap<>(clinic.credentials().get("api-key"));
    }

    @Override
    public ZoneId zone() {
      return clinic.zone();
    }

    @Override
    public String currency() {
      return "AUD";
    }

    @Override
    public Credentials credentials() {
      return new Credentials(Map.of(NookalApi.API_KEY, typed().get(NookalApi.API_KEY)));
    }

    @Override
    public Credentials wrongCredentials() {
      return new Credentials(Map.of(NookalApi.API_KEY, "00000000-not-the-right-one"));
    }

    @Override
    public Set<String> secrets() {
      return Set.of(typed().get(NookalApi.API_KEY));
    }

    JsonNode truth() {
      try {
        return JSON.readTree(clinic.truth());
      } catch (JsonProcessingException impossible) {
        throw new IllegalStateException(impossible);
      }
    }

    private static String tableOf(RecordKind kind) {
      return switch (kind) {
        case PATIENT -> "patients";
        case APPOINTMENT -> "appointments";
        case INVOICE -> "invoices";
        default -> throw new IllegalArgumentException("Not read: " + kind);
      };
    }

    /** Rows by our ids. */
    Map<String, JsonNode> rows(RecordKind kind) {
      Map<String, JsonNode> rows = new LinkedHashMap<>();
      truth().path(tableOf(kind)).forEach(row -> rows.put(row.path("ID").asText(), row));
      return rows;
    }

    private Map<String, JsonNode> seats() {
      Map<String, JsonNode> seats = new LinkedHashMap<>();
      truth()
          .path("participants")
          .forEach(
              row ->
                  seats.put(
                      "class-"
                          + row.path("_session").asText()
                          + "-"
                          + row.path("patientID").asText(),
                      row));
      return seats;
    }

    @Override
    public Set<String> ids(RecordKind kind) {
      Map<String, JsonNode> all = rows(kind);
      if (kind == RecordKind.APPOINTMENT) {
        all.putAll(seats());
      }
      return all.keySet();
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
          .forEach((id, row) -> starts.put(id, Instant.parse(row.path("_start").asText())));
      Map<String, JsonNode> classes = new HashMap<>();
      truth().path("classes").forEach(row -> classes.put(row.path("ID").asText(), row));
      seats()
          .forEach(
              (id, row) ->
                  starts.put(
                      id,
                      Instant.parse(
                          classes.get(row.path("_session").asText()).path("_start").asText())));
      return starts;
    }

    @Override
    public Set<String> changeTogether(RecordKind kind, int count) {
      return Set.copyOf(clinic.edits().touchMany(tableOf(kind), count));
    }

    @Override
    public String poison(RecordKind kind) {
      String id = rows(kind).keySet().stream().skip(7).findFirst().orElseThrow();
      String endless = "x".repeat(40_000);
      Map<String, ?> members =
          switch (kind) {
            case PATIENT -> Map.of("LastName", endless);
            case INVOICE -> Map.of("invoiceNumber", endless);
            default -> Map.of("status", "A\u0000B");
          };
      clinic.edits().set(tableOf(kind), id, members);
      return id;
    }

    @Override
    public void garble(RecordKind kind) {
      rows(kind)
          .keySet()
          .forEach(id -> clinic.edits().set(tableOf(kind), id, Map.of("DOB", "lately")));
    }

    @Override
    public String unknownStatus() {
      String id =
          rows(RecordKind.APPOINTMENT).entrySet().stream()
              .filter(row -> row.getValue().path("cancelled").asText().equals("0"))
              .filter(row -> row.getValue().path("DNA").asText().equals("0"))
              .findFirst()
              .orElseThrow()
              .getKey();
      clinic.edits().set("appointments", id, Map.of("status", "Perhaps"));
      return id;
    }

    @Override
    public String plant(Person person) {
      return clinic
          .edits()
          .createPatient(
              Map.of(
                  "FirstName", person.first(),
                  "LastName", person.last(),
                  "Email", person.email(),
                  "DOB", person.birthDate(),
                  "Mobile", person.phone()));
    }
  }
}
