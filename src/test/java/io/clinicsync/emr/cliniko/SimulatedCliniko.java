package io.clinicsync.emr.cliniko;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.clinicsync.VendorSpecs;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.emr.spi.Credentials;
import io.clinicsync.emr.tck.SimulatedEmr;
import io.clinicsync.sandbox.SandboxClock;
import io.clinicsync.sandbox.SandboxServer;
import io.clinicsync.sandbox.cliniko.ClinikoAccount;
import io.clinicsync.sandbox.server.Faults;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The sandbox's Cliniko with its real quota and a clock that stands still unless pushed. */
final class SimulatedCliniko implements SimulatedEmr {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final SandboxClock clock = new SandboxClock();
  private final SandboxServer server;

  SimulatedCliniko() {
    clock.freezeAt(Instant.parse("2026-06-10T01:00:00Z"));
    server = SandboxServer.start(0, clock, 1);
  }

  @Override
  public Optional<Faults> faults() {
    return Optional.of(server.faults());
  }

  @Override
  public URI origin() {
    return server.base();
  }

  @Override
  public String path() {
    return "/cliniko";
  }

  @Override
  public Optional<VendorSpecs> specs() {
    return System.getProperty("vendor.specs", "").isBlank()
        ? Optional.empty()
        : Optional.of(VendorSpecs.cliniko());
  }

  @Override
  public Clock clock() {
    return clock;
  }

  @Override
  public void pass(Duration time) {
    clock.advance(time);
  }

  @Override
  public SimulatedAccount open(String name, int patients) {
    ZoneId zone = ZoneId.of("Australia/Sydney");
    return new Account(
        server.cliniko().createAccount(name, name.hashCode(), patients, zone), clock);
  }

  /** An account as its own staff see it. */
  ClinikoAccount clinic(String name) {
    return server.cliniko().account(name);
  }

  @Override
  public void close() {
    server.close();
  }

  private record Account(ClinikoAccount account, Clock clock) implements SimulatedAccount {

    @Override
    public ZoneId zone() {
      return account.zone();
    }

    @Override
    public String currency() {
      return "AUD";
    }

    @Override
    public Credentials credentials() {
      return new Credentials(Map.of("apiKey", account.apiKey()));
    }

    @Override
    public Credentials wrongCredentials() {
      return new Credentials(Map.of("apiKey", "MS0xMjM0NTY3ODkw-au1"));
    }

    @Override
    public Set<String> secrets() {
      return Set.of(account.apiKey());
    }

    /** Rows by our ids; participants of classes count as appointments, classes do not. */
    private Map<String, JsonNode> rows(RecordKind kind) {
      return switch (kind) {
        case PATIENT -> table("patients");
        case INVOICE -> table("invoices");
        case APPOINTMENT -> {
          Map<String, JsonNode> rows = new LinkedHashMap<>(table("individual_appointments"));
          Map<String, JsonNode> groups = table("group_appointments");
          table("attendees")
              .forEach(
                  (id, row) -> {
                    if (groups.containsKey(last(row.at("/booking/links/self")))) {
                      rows.put("attendee-" + id, row);
                    }
                  });
          yield rows;
        }
        default -> Map.of();
      };
    }

    private Map<String, JsonNode> table(String name) {
      try {
        Map<String, JsonNode> rows = new LinkedHashMap<>();
        JSON.readTree(account.truth())
            .path(name)
            .forEach(row -> rows.put(row.path("id").asText(), row));
        return rows;
      } catch (JsonProcessingException impossible) {
        throw new IllegalStateException(impossible);
      }
    }

    private static String last(JsonNode address) {
      String text = address.asText();
      return text.substring(text.lastIndexOf('/') + 1);
    }

    @Override
    public Set<String> ids(RecordKind kind) {
      return rows(kind).keySet();
    }

    @Override
    public Set<String> removed(RecordKind kind) {
      Map<String, JsonNode> groups = table("group_appointments");
      return rows(kind).entrySet().stream()
          .filter(
              row ->
                  gone(row.getValue())
                      || gone(
                          groups.getOrDefault(
                              last(row.getValue().at("/booking/links/self")), JSON.nullNode())))
          .map(Map.Entry::getKey)
          .collect(Collectors.toSet());
    }

    private static boolean gone(JsonNode row) {
      return row.hasNonNull("archived_at")
          || row.hasNonNull("deleted_at")
          || row.hasNonNull("merged_at");
    }

    @Override
    public Optional<Diary> diary() {
      return Optional.of(new ClinikoDiary(account, clock));
    }

    @Override
    public Map<String, String> merged() {
      Map<String, String> merged = new HashMap<>();
      table("patients")
          .forEach(
              (id, row) -> {
                if (row.hasNonNull("merged_with_patient")) {
                  merged.put(id, last(row.at("/merged_with_patient/links/self")));
                }
              });
      return merged;
    }

    @Override
    public Map<String, Instant> starts() {
      Map<String, JsonNode> groups = table("group_appointments");
      Map<String, Instant> starts = new HashMap<>();
      rows(RecordKind.APPOINTMENT)
          .forEach(
              (id, row) -> {
                JsonNode slot =
                    row.has("starts_at") ? row : groups.get(last(row.at("/booking/links/self")));
                starts.put(id, Instant.parse(slot.path("starts_at").asText()));
              });
      return starts;
    }

    @Override
    public Set<String> changeTogether(RecordKind kind, int count) {
      return Set.copyOf(account.edits().touchMany(tableOf(kind), count));
    }

    private static String tableOf(RecordKind kind) {
      return switch (kind) {
        case PATIENT -> "patients";
        case INVOICE -> "invoices";
        default -> "individual_appointments";
      };
    }

    @Override
    public String poison(RecordKind kind) {
      String id = account.ids(tableOf(kind)).get(7);
      account
          .edits()
          .set(
              tableOf(kind),
              id,
              switch (kind) {
                case PATIENT -> Map.of("last_name", "x".repeat(40_000));
                case INVOICE -> Map.of("status_description", "x".repeat(40_000));
                default -> Map.of("cancellation_reason_description", "A\u0000B");
              });
      return id;
    }

    @Override
    public void garble(RecordKind kind) {
      for (String id : account.ids(tableOf(kind))) {
        account.edits().set(tableOf(kind), id, Map.of("merged_at", "lately"));
      }
    }

    @Override
    public String unknownStatus() {
      String id =
          table("individual_appointments").entrySet().stream()
              .filter(row -> !row.getValue().hasNonNull("cancelled_at") && !gone(row.getValue()))
              .findFirst()
              .orElseThrow()
              .getKey();
      account.edits().set("individual_appointments", id, Map.of("patient_arrived", "perhaps"));
      return id;
    }

    @Override
    public String plant(Person person) {
      return account
          .edits()
          .createPatient(
              Map.of(
                  "first_name", person.first(),
                  "last_name", person.last(),
                  "email", person.email(),
                  "date_of_birth", person.birthDate(),
                  "patient_phone_numbers",
                      List.of(Map.of("phone_type", "Mobile", "number", person.phone()))));
    }
  }
}
