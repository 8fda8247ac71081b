package io.clinicsync.sandbox.jane;

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
import java.time.format.DateTimeFormatter;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * One clinic at Jane: its records as its own web pages know them, its staff user and its API
 * client. Members that begin with an underscore are the simulator's own and never served.
 * Thread-safe.
 */
public final class JaneAccount implements SimulatedClinic {

  static final ObjectMapper JSON = new ObjectMapper();
  static final String CLIENT_ID = "clinicsync-partner";
  static final Duration HOLD = Duration.ofMinutes(10);
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ssxxx", Locale.ROOT);

  private final String name;
  private final ZoneId zone;
  private final SimulatorKit kit;
  private final AccountState state;
  private final Map<String, JsonTable> tables = new LinkedHashMap<>();
  private final Map<String, SlidingQuota> quotas = new ConcurrentHashMap<>();
  private final Map<String, Instant> holds = new LinkedHashMap<>();
  private final JaneSwitches switches = new JaneSwitches();
  private final JaneEdits edits = new JaneEdits(this);

  JaneAccount(String name, int number, ClinicWorld world, SimulatorKit kit) {
    this.name = name;
    this.zone = world.zone();
    this.kit = kit;
    this.state = new AccountState(name, kit, number * 1_000_000L);
    for (String table :
        new String[] {
          "patients",
          "appointments",
          "staff_members",
          "locations",
          "treatments",
          "disciplines",
          "purchases",
          "webhooks"
        }) {
      tables.put(table, new JsonTable(table));
    }
    state.locked(
        () -> {
          new JaneSeeder(this, world).fill();
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

  /** The clinic's own part of its address. */
  public String slug() {
    String slug = name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
    return slug.replaceAll("^-|-$", "");
  }

  /** What the clinic calls {@code https://…janeapp.com}. */
  public String url() {
    return "https://" + slug() + ".janeapp.com";
  }

  String login() {
    return "integration@" + slug() + ".example.com";
  }

  String password() {
    return "Pw-" + Canaries.SECRET + uuid("password", "0");
  }

  String clientSecret() {
    return "cs-" + Canaries.SECRET + uuid("client", "0");
  }

  String webhookSecret() {
    return "whsec-" + Canaries.SECRET + uuid("webhook", "0");
  }

  @Override
  public Map<String, Map<String, String>> credentials() {
    return Map.of(
        "api",
        Map.of(
            "clinic",
            slug(),
            "clientId",
            CLIENT_ID,
            "clientSecret",
            clientSecret(),
            "webhookSecret",
            webhookSecret()),
        "web",
        Map.of("clinic", slug(), "username", login(), "password", password()));
  }

  /** What staff do in Jane's own screens. */
  public JaneEdits edits() {
    return edits;
  }

  JaneSwitches switches() {
    return switches;
  }

  @Override
  public String edit(JsonNode command) {
    return new JaneCommands(this).run(command);
  }

  @Override
  public <T> T exclusively(Supplier<T> work) {
    return locked(work);
  }

  <T> T locked(Supplier<T> work) {
    return state.locked(
        () -> {
          expireHolds();
          return work.get();
        });
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

  SlidingQuota quota(String what, int calls, Duration window) {
    return quotas.computeIfAbsent(what, each -> kit.quota(calls, window));
  }

  /** The API's id of a record; for patients also the web's {@code public_id}. */
  public String uuid(String table, String id) {
    return UUID.nameUUIDFromBytes(
            ("jane/" + name + "/" + table + "/" + id).getBytes(StandardCharsets.UTF_8))
        .toString();
  }

  /** A time as the clinic's pages write it: its own offset, whole seconds. */
  String time(Instant at) {
    return TIME.format(at.atZone(zone));
  }

  static Instant instant(JsonNode time) {
    return Moments.instant(time.asText());
  }

  /** Marks a record as changed now. */
  void touch(ObjectNode row) {
    row.put("updated_at", time(state.second()));
  }

  /** From now on the provisional appointment may die. */
  void hold(String id) {
    holds.put(id, state.second());
  }

  void settled(String id) {
    holds.remove(id);
  }

  private void expireHolds() {
    for (Iterator<Map.Entry<String, Instant>> each = holds.entrySet().iterator();
        each.hasNext(); ) {
      Map.Entry<String, Instant> hold = each.next();
      Instant dies = hold.getValue().plus(HOLD);
      if (!dies.isAfter(state.moment())) {
        each.remove();
        table("appointments").find(hold.getKey()).ifPresent(row -> neverBooked(row, dies));
      }
    }
  }

  void neverBooked(ObjectNode row, Instant at) {
    row.put("state", "never_booked").put("archived_at", time(at)).put("updated_at", time(at));
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

  /** A record as the web shows it, without what is the simulator's own. */
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
