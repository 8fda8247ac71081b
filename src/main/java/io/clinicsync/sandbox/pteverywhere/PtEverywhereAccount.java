package io.clinicsync.sandbox.pteverywhere;

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

/**
 * One clinic at PtEverywhere: its records in the vendor's words and its integration user. Members
 * that begin with an underscore, other than {@code _id}, are the simulator's own and never served.
 * Thread-safe.
 */
public final class PtEverywhereAccount implements SimulatedClinic {

  static final ObjectMapper JSON = new ObjectMapper();

  private final String name;
  private final ZoneId zone;
  private final SimulatorKit kit;
  private final AccountState state;
  private final Map<String, JsonTable> tables = new LinkedHashMap<>();
  private final SlidingQuota quota;
  private final PtEverywhereSwitches switches = new PtEverywhereSwitches();
  private final PtEverywhereEdits edits = new PtEverywhereEdits(this);

  PtEverywhereAccount(String name, int number, ClinicWorld world, SimulatorKit kit) {
    this.name = name;
    this.zone = world.zone();
    this.kit = kit;
    // No limit is published; what the vendor would bear is assumed.
    this.quota = kit.quota(5, Duration.ofSeconds(1));
    this.state = new AccountState(name, kit, number * 1_000_000L);
    for (String table :
        List.of(
            "patients", "services", "locations", "therapists", "clinic-users", "appointments")) {
      tables.put(table, new JsonTable(table));
    }
    state.locked(
        () -> {
          new PtEverywhereSeeder(this, world).fill();
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

  String email() {
    return "integration-" + uuid("user", "0").substring(0, 8) + "@example.org";
  }

  String password() {
    return "pte-" + Canaries.SECRET + uuid("password", "0");
  }

  String webhookSecret() {
    // Thirty-two characters, since it is an AES key as it stands.
    String text = Canaries.SECRET + uuid("webhook", "0").replace("-", "");
    return text.substring(0, 32);
  }

  @Override
  public Map<String, Map<String, String>> credentials() {
    return Map.of(
        "api", Map.of("email", email(), "password", password(), "webhookSecret", webhookSecret()));
  }

  /** What staff do in PtEverywhere's own screens. */
  public PtEverywhereEdits edits() {
    return edits;
  }

  PtEverywhereSwitches switches() {
    return switches;
  }

  @Override
  public String edit(JsonNode command) {
    return new PtEverywhereCommands(this).run(command);
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

  SlidingQuota quota() {
    return quota;
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
    return String.format("66f0%020x", state.newId());
  }

  String hexId(String what, String id) {
    return uuid(what, id).replace("-", "").substring(0, 24);
  }

  private String uuid(String what, String id) {
    return UUID.nameUUIDFromBytes(
            ("pteverywhere/" + name + "/" + what + "/" + id).getBytes(StandardCharsets.UTF_8))
        .toString();
  }

  /** Marks an appointment as changed now. */
  void touch(ObjectNode row) {
    row.put("lastUpdateDate", PtEverywhereReads.stamp(state.second()));
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
}
