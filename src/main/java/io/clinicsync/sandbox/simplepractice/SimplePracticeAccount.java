package io.clinicsync.sandbox.simplepractice;

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
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/**
 * One practice at SimplePractice. Rows hold a resource's attributes and its id; members that begin
 * with an underscore are the simulator's own. Thread-safe.
 */
public final class SimplePracticeAccount implements SimulatedClinic {

  static final ObjectMapper JSON = new ObjectMapper();
  static final String CLIENTS = "clients";
  static final String APPOINTMENTS = "appointments";
  static final String TEAM = "teamMembers";
  static final String CODES = "cptCodes";
  static final String OFFICES = "offices";
  static final String BILLING = "billingItems";

  private static final int MOST_BAD_PASSWORDS = 5;
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ssxxx", Locale.ROOT);

  private final String name;
  private final ZoneId zone;
  private final int number;
  private final AccountState state;
  private final SlidingQuota quota;
  private final Map<String, JsonTable> tables = new LinkedHashMap<>();
  private final Switches switches = new Switches();
  private int badPasswords;

  SimplePracticeAccount(String name, int number, ClinicWorld world, SimulatorKit kit) {
    this.name = name;
    this.number = number;
    this.zone = world.zone();
    this.state = new AccountState(name, kit, number * 1_000_000L);
    // Nothing is published; live clients stay below it by one call in 0.7 seconds.
    this.quota = kit.quota(120, Duration.ofMinutes(1));
    for (String table : List.of(CLIENTS, APPOINTMENTS, TEAM, CODES, OFFICES, BILLING)) {
      tables.put(table, new JsonTable(table));
    }
    state.locked(
        () -> {
          new Seeder(this, world).fill();
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

  /** The practice's own part of its portal's address. */
  public String slug() {
    String slug = name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
    return slug.replaceAll("^-|-$", "");
  }

  String practiceId() {
    return Integer.toString(9_000 + number);
  }

  String login() {
    return "integration@" + slug() + ".example.com";
  }

  private String password() {
    return "Pw-" + Canaries.SECRET + Sessions.hash("password/" + name);
  }

  @Override
  public Map<String, Map<String, String>> credentials() {
    return Map.of("web", Map.of("username", login(), "password", password(), "slug", slug()));
  }

  Switches switches() {
    return switches;
  }

  SlidingQuota quota() {
    return quota;
  }

  synchronized boolean isLocked() {
    return badPasswords >= MOST_BAD_PASSWORDS;
  }

  /** Whether it is; five bad ones in a row lock the user. */
  synchronized boolean passwordIs(String typed) {
    boolean good = typed.equals(password());
    badPasswords = good ? 0 : badPasswords + 1;
    return good;
  }

  synchronized void unlock() {
    badPasswords = 0;
  }

  @Override
  public String edit(JsonNode command) {
    return new StaffEdits(this).run(command);
  }

  @Override
  public <T> T exclusively(Supplier<T> work) {
    return state.locked(work);
  }

  AccountState state() {
    return state;
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

  /** A time as the vendor writes it: the practice's offset, whole seconds. */
  String time(Instant at) {
    return TIME.format(at.atZone(zone));
  }

  static Instant instant(JsonNode time) {
    return Moments.instant(time.asText());
  }

  /** Adds a row under a new id. */
  ObjectNode add(String table) {
    String id = Long.toString(state.newId());
    ObjectNode row = JSON.createObjectNode().put("id", id);
    table(table).put(id, row);
    return row;
  }

  @Override
  public String truth() {
    return state.locked(
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
