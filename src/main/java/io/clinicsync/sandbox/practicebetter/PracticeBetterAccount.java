package io.clinicsync.sandbox.practicebetter;

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
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * One practice: its records in the vendor's words and its API client. Members that begin with an
 * underscore are the simulator's own and never served. Thread-safe.
 */
public final class PracticeBetterAccount implements SimulatedClinic {

  static final ObjectMapper JSON = new ObjectMapper();

  private final String name;
  private final ZoneId zone;
  private final SimulatorKit kit;
  private final AccountState state;
  private final Map<String, JsonTable> tables = new LinkedHashMap<>();
  private final SlidingQuota burst;
  private final SlidingQuota day;
  private final PracticeBetterSwitches switches = new PracticeBetterSwitches();
  private final PracticeBetterEdits edits = new PracticeBetterEdits(this);

  PracticeBetterAccount(String name, int number, ClinicWorld world, SimulatorKit kit) {
    this.name = name;
    this.zone = world.zone();
    this.kit = kit;
    // Five a second with a burst of twenty.
    this.burst = kit.quota(20, Duration.ofSeconds(4));
    this.day = kit.quota(10_000, Duration.ofDays(1));
    this.state = new AccountState(name, kit, number * 1_000_000L);
    for (String table :
        new String[] {
          "records", "sessions", "services", "members", "invoices", "dietlifestyle", "subscriptions"
        }) {
      tables.put(table, new JsonTable(table));
    }
    state.locked(
        () -> {
          new PracticeBetterSeeder(this, world).fill();
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

  String clientId() {
    return "pb-" + uuid("client", "0").substring(0, 12);
  }

  String clientSecret() {
    return "pbs-" + Canaries.SECRET + uuid("secret", "0");
  }

  @Override
  public Map<String, Map<String, String>> credentials() {
    return Map.of(
        "client-credentials", Map.of("clientId", clientId(), "clientSecret", clientSecret()));
  }

  /** What the practice does in the vendor's own screens. */
  public PracticeBetterEdits edits() {
    return edits;
  }

  PracticeBetterSwitches switches() {
    return switches;
  }

  @Override
  public String edit(JsonNode command) {
    return new PracticeBetterCommands(this).run(command);
  }

  @Override
  public <T> T exclusively(Supplier<T> work) {
    return locked(work);
  }

  <T> T locked(Supplier<T> work) {
    return state.locked(work);
  }

  AccountState state() {
    return state;
  }

  SimulatorKit kit() {
    return kit;
  }

  SlidingQuota burst() {
    return burst;
  }

  SlidingQuota day() {
    return day;
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

  JsonTable table(String table) {
    JsonTable found = tables.get(table);
    if (found == null) {
      throw new IllegalArgumentException("no such resource: " + table);
    }
    return found;
  }

  /** A new opaque id. */
  String newId() {
    return String.format("%024x", state.newId());
  }

  String uuid(String what, String id) {
    return UUID.nameUUIDFromBytes(
            ("practicebetter/" + name + "/" + what + "/" + id).getBytes(StandardCharsets.UTF_8))
        .toString();
  }

  /** The vendor's name of the account's zone. */
  String zoneName() {
    return WindowsZones.NAMES.getOrDefault(zone.getId(), "UTC");
  }

  /** Marks a record as changed now. */
  void touch(ObjectNode row) {
    row.put("dateModified", state.second().toString());
  }

  @Override
  public String truth() {
    return locked(
        () -> {
          ObjectNode all = JSON.createObjectNode().put("account", name).put("zone", zone.getId());
          tables.forEach(
              (table, rows) -> {
                ArrayNode list = all.putArray(table);
                rows.all().forEach(list::add);
              });
          return all.toString();
        });
  }

  /** A record as the API shows it, without what is the simulator's own. */
  static ObjectNode shown(ObjectNode row) {
    ObjectNode shown = row.objectNode();
    row.properties()
        .forEach(
            member -> {
              if (!member.getKey().startsWith("_")) {
                shown.set(member.getKey(), member.getValue());
              }
            });
    return shown;
  }
}
