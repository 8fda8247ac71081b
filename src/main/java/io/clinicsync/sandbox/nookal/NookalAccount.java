package io.clinicsync.sandbox.nookal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clinicsync.sandbox.server.AccountState;
import io.clinicsync.sandbox.server.JsonTable;
import io.clinicsync.sandbox.server.Moments;
import io.clinicsync.sandbox.server.SimulatedClinic;
import io.clinicsync.sandbox.server.SimulatorKit;
import io.clinicsync.sandbox.server.SlidingQuota;
import io.clinicsync.sandbox.world.Canaries;
import io.clinicsync.sandbox.world.ClinicWorld;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * One clinic at Nookal: its records in the words of v2, its v2 key and its v3 client. Members that
 * begin with an underscore are the simulator's own and never served. Thread-safe.
 */
public final class NookalAccount implements SimulatedClinic {

  static final ObjectMapper JSON = new ObjectMapper();
  static final List<String> TABLES =
      List.of(
          "locations",
          "practitioners",
          "services",
          "classTypes",
          "patients",
          "appointments",
          "classes",
          "participants",
          "events",
          "invoices",
          "payments");
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT);

  private final String name;
  private final ZoneId zone;
  private final SimulatorKit kit;
  private final AccountState state;
  private final Map<String, JsonTable> tables = new LinkedHashMap<>();
  private final Set<String> unticked = new HashSet<>();
  private final SlidingQuota quota;
  private final NookalSwitches switches = new NookalSwitches();
  private final NookalEdits edits = new NookalEdits(this);

  NookalAccount(String name, int number, ClinicWorld world, SimulatorKit kit) {
    this.name = name;
    this.zone = world.zone();
    this.kit = kit;
    // Nookal publishes no limit; what it would bear is assumed.
    this.quota = kit.quota(5, Duration.ofSeconds(1));
    this.state = new AccountState(name, kit, number * 1_000_000L);
    TABLES.forEach(table -> tables.put(table, new JsonTable(table)));
    state.locked(
        () -> {
          new NookalSeeder(this, world).fill();
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

  private String derived(String what) {
    return UUID.nameUUIDFromBytes(("nookal/" + name + "/" + what).getBytes(StandardCharsets.UTF_8))
        .toString();
  }

  String apiKey() {
    return Canaries.SECRET + derived("v2");
  }

  String basicKey() {
    return Canaries.SECRET + derived("v3").replace("-", "") + "==";
  }

  @Override
  public Map<String, Map<String, String>> credentials() {
    return Map.of("api-key", Map.of("apiKey", apiKey(), "basicKey", basicKey(), "region", "au"));
  }

  /** What staff do in Nookal's own screens. */
  public NookalEdits edits() {
    return edits;
  }

  NookalSwitches switches() {
    return switches;
  }

  SlidingQuota quota() {
    return quota;
  }

  @Override
  public String edit(JsonNode command) {
    return new NookalCommands(this).run(command);
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

  String newId() {
    return Long.toString(state.newId());
  }

  /** The key is bound to the location, or not any more. */
  void tick(String location, boolean bound) {
    if (bound) {
      unticked.remove(location);
    } else {
      unticked.add(location);
    }
  }

  boolean isTicked(String location) {
    return !unticked.contains(location);
  }

  ZoneId zoneAt(String location) {
    return table("locations")
        .find(location)
        .map(row -> ZoneId.of(row.path("Timezone").asText()))
        .orElse(zone);
  }

  /** A stamp as Nookal writes it, without an offset. */
  String stamp(Instant at) {
    return STAMP.format(at.atZone(switches.localStamps ? zone : ZoneOffset.UTC));
  }

  static String stampUtc(Instant at) {
    return STAMP.format(at.atOffset(ZoneOffset.UTC));
  }

  /** Marks a record as changed now. */
  void touch(ObjectNode row) {
    row.put("_modified", state.second().toString());
  }

  static Instant instant(JsonNode row, String member) {
    return Moments.instant(row.path(member).asText());
  }

  /** Everything as it truly stands. */
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
}
