package io.clinicsync.sandbox.halaxy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clinicsync.sandbox.server.AccountState;
import io.clinicsync.sandbox.server.JsonTable;
import io.clinicsync.sandbox.server.SimulatedClinic;
import io.clinicsync.sandbox.server.SimulatorKit;
import io.clinicsync.sandbox.server.SlidingQuota;
import io.clinicsync.sandbox.world.Canaries;
import io.clinicsync.sandbox.world.ClinicWorld;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;

/** One practice group at Halaxy: its resources as FHIR JSON and its API key. Thread-safe. */
public final class HalaxyAccount implements SimulatedClinic {

  static final ObjectMapper JSON = new ObjectMapper();
  static final List<String> RESOURCES =
      List.of(
          "Patient",
          "Practitioner",
          "PractitionerRole",
          "Organization",
          "HealthcareService",
          "Appointment",
          "Invoice");

  private final String name;
  private final ZoneId zone;
  private final AccountState state;
  private final SlidingQuota quota;
  private final Map<String, JsonTable> tables = new LinkedHashMap<>();
  private final HalaxySwitches switches = new HalaxySwitches();
  private final HalaxyEdits edits = new HalaxyEdits(this);

  HalaxyAccount(String name, int number, ClinicWorld world, SimulatorKit kit) {
    this.name = name;
    this.zone = world.zone();
    this.state = new AccountState(name, kit, number * 1_000_000L);
    this.quota = kit.quota(500, Duration.ofMinutes(1));
    RESOURCES.forEach(resource -> tables.put(resource, new JsonTable(resource)));
    state.locked(
        () -> {
          new HalaxySeeder(this, world).fill();
          return name;
        });
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public ZoneId zone() {
    return zone;
  }

  String currency() {
    return "AUD";
  }

  private String uuid(String what) {
    return UUID.nameUUIDFromBytes(("halaxy/" + name + "/" + what).getBytes(StandardCharsets.UTF_8))
        .toString();
  }

  String clientId() {
    return uuid("client");
  }

  String clientSecret() {
    return "hx-" + Canaries.SECRET + uuid("secret");
  }

  String webhookSecret() {
    return "hook-" + Canaries.SECRET + uuid("webhook");
  }

  @Override
  public Map<String, Map<String, String>> credentials() {
    return Map.of(
        "client-credentials",
        Map.of(
            "region",
            "au",
            "clientId",
            clientId(),
            "clientSecret",
            clientSecret(),
            "webhookSecret",
            webhookSecret()));
  }

  /** What staff do in Halaxy's own screens. */
  public HalaxyEdits edits() {
    return edits;
  }

  HalaxySwitches switches() {
    return switches;
  }

  SlidingQuota quota() {
    return quota;
  }

  AccountState state() {
    return state;
  }

  @Override
  public String edit(JsonNode command) {
    return new HalaxyCommands(this).run(command);
  }

  @Override
  public <T> T exclusively(Supplier<T> work) {
    return state.locked(work);
  }

  @Override
  public Instant moment() {
    return state.moment();
  }

  @Override
  public long lastId() {
    return state.lastId();
  }

  @Override
  public void lastId(long id) {
    state.lastId(id);
  }

  JsonTable table(String resource) {
    JsonTable found = tables.get(resource);
    if (found == null) {
      throw new IllegalArgumentException("no such resource: " + resource);
    }
    return found;
  }

  String newId() {
    return Long.toString(state.newId());
  }

  void put(ObjectNode row) {
    table(row.path("resourceType").asText()).put(row.path("id").asText(), row);
  }

  /** A time in the account's zone, to the second. */
  String time(Instant at) {
    return Fhir.time(at, zone);
  }

  void touch(ObjectNode row) {
    touch(row, state.second());
  }

  void touch(ObjectNode row, Instant at) {
    row.withObject("/meta").put("lastUpdated", time(at));
  }

  /** Everything as it truly stands. */
  @Override
  public String truth() {
    return exclusively(
        () -> {
          ObjectNode all = JSON.createObjectNode().put("account", name).put("zone", zone.getId());
          tables.forEach(
              (resource, rows) -> {
                ArrayNode list = all.putArray(resource);
                rows.all().forEach(list::add);
              });
          return all.toString();
        });
  }
}
