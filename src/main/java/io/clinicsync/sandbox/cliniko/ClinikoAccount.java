package io.clinicsync.sandbox.cliniko;

import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.sandbox.server.JsonOut;
import io.clinicsync.sandbox.server.LogEntry;
import io.clinicsync.sandbox.server.SimulatedClinic;
import io.clinicsync.sandbox.server.SimulatorKit;
import io.clinicsync.sandbox.server.SlidingQuota;
import io.clinicsync.sandbox.world.Canaries;
import io.clinicsync.sandbox.world.ClinicWorld;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One Cliniko account: its records, users, keys and settings. Thread-safe. */
public final class ClinikoAccount implements SimulatedClinic {

  static final int CALLS_PER_MINUTE = 200;

  private final String name;
  private final ZoneId zone;
  private final SimulatorKit kit;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Table> tables = new LinkedHashMap<>();
  private final Map<String, ClinikoKey> keys = new ConcurrentHashMap<>();
  private final Map<Long, SlidingQuota> quotas = new HashMap<>();
  private final ClinikoEdits edits;
  private final String adminKey;
  private final Map<Long, List<Long>> offers = new HashMap<>();
  private final Map<Long, List<Long>> worksAt = new HashMap<>();
  private List<Row> seeded = List.of();
  private int lastInvoice;
  private long nextId;
  private Instant moment = Instant.EPOCH;
  private volatile boolean attendeeTouchesBooking;
  private volatile OnlineBooking online = OnlineBooking.USUAL;

  ClinikoAccount(String name, int number, ClinicWorld world, SimulatorKit kit) {
    this.name = name;
    this.zone = world.zone();
    this.kit = kit;
    this.nextId = 700_000_000_000_000_000L + number * 1_000_000_000_000L;
    for (Schema schema :
        List.of(
            Shapes.PATIENTS,
            Shapes.APPOINTMENTS,
            Shapes.GROUPS,
            Shapes.BLOCKS,
            Shapes.ATTENDEES,
            Shapes.INVOICES,
            Shapes.INVOICE_ITEMS,
            Shapes.PRACTITIONERS,
            Shapes.USERS,
            Shapes.BUSINESSES,
            Shapes.TYPES,
            Shapes.BILLABLE_ITEMS,
            Shapes.PRODUCTS,
            Shapes.TAXES,
            Shapes.DAILY,
            Shapes.AVAILABILITY_BLOCKS,
            Shapes.REFERRAL_TYPES,
            Shapes.REFERRALS,
            Shapes.COMMUNICATIONS)) {
      tables.put(schema.resource, new Table(schema));
    }
    long admin = new Seeder(this, world).fill();
    this.adminKey = addKey("administrator", admin);
    this.edits = new ClinikoEdits(this);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public ZoneId zone() {
    return zone;
  }

  /** A key with every right. */
  public String apiKey() {
    return adminKey;
  }

  @Override
  public Map<String, Map<String, String>> credentials() {
    return Map.of("api-key", Map.of("apiKey", adminKey));
  }

  @Override
  public String edit(JsonNode command) {
    return new EditCommands(edits).run(command);
  }

  /** What staff do in Cliniko's own screens. */
  public ClinikoEdits edits() {
    return edits;
  }

  /**
   * Makes a key of a new user with a role: administrator, practitioner, power receptionist,
   * receptionist, scheduler or bookkeeper. What the role may not do answers 403.
   */
  public String addKey(String role) {
    return locked(
        () -> {
          Row user =
              new Row(
                  Shapes.USERS,
                  newId(),
                  Map.of(
                      "first_name",
                      "Key",
                      "last_name",
                      "Owner",
                      "email",
                      role.replace(' ', '.') + nextId + "@clinic.example.com",
                      "role",
                      role,
                      "active",
                      true,
                      "user_active",
                      true,
                      "created_at",
                      now(),
                      "updated_at",
                      now()));
          table(Shapes.USERS).put(user, now(), now());
          return addKey(role, user.id);
        });
  }

  private String addKey(String role, long userId) {
    // Looks like a real one: text, a shard at the end; the same for the same account and user.
    String body =
        java.util
            .UUID
            .nameUUIDFromBytes(
                (name + "/" + userId).getBytes(java.nio.charset.StandardCharsets.UTF_8))
            .toString();
    String key = "MS0" + Canaries.SECRET + body + "-au1";
    keys.put(key, new ClinikoKey(role, userId));
    return key;
  }

  /** The key stops working at once. */
  public void revoke(String key) {
    keys.remove(key);
  }

  /**
   * Whether a change to an attendee also changes the appointment's {@code updated_at}; off unless
   * set.
   */
  public void attendeeTouchesBooking(boolean touches) {
    this.attendeeTouchesBooking = touches;
  }

  boolean attendeeTouchesBooking() {
    return attendeeTouchesBooking;
  }

  /** Changes the account's online booking rules. */
  public void online(OnlineBooking rules) {
    this.online = rules;
  }

  OnlineBooking online() {
    return online;
  }

  @Nullable ClinikoKey key(String key) {
    ClinikoKey found = keys.get(key);
    return found != null ? found : keys.get(key + "-au1");
  }

  SlidingQuota quota(ClinikoKey key) {
    synchronized (quotas) {
      return quotas.computeIfAbsent(
          key.userId(), id -> kit.quota(CALLS_PER_MINUTE, Duration.ofMinutes(1)));
    }
  }

  /** Appointment type ids by practitioner id. */
  Map<Long, List<Long>> offers() {
    return offers;
  }

  /** Business ids by practitioner id. */
  Map<Long, List<Long>> worksAt() {
    return worksAt;
  }

  void seeded(List<Row> attendees) {
    seeded = attendees;
  }

  List<Row> takeSeeded() {
    List<Row> taken = seeded;
    seeded = List.of();
    return taken;
  }

  void lastInvoiceNumber(int number) {
    lastInvoice = number;
  }

  int nextInvoiceNumber() {
    return ++lastInvoice;
  }

  <T> T locked(Supplier<T> work) {
    lock.lock();
    try {
      if (lock.getHoldCount() == 1) {
        moment = kit.clock().instant();
        tables.values().forEach(table -> table.publishDue(moment));
      }
      return work.get();
    } finally {
      lock.unlock();
    }
  }

  Table table(Schema schema) {
    return java.util.Objects.requireNonNull(tables.get(schema.resource));
  }

  @Nullable Table table(String resource) {
    return tables.get(resource);
  }

  @Override
  public <T> T exclusively(Supplier<T> work) {
    return locked(work);
  }

  @Override
  public long lastId() {
    return locked(() -> nextId);
  }

  @Override
  public void lastId(long id) {
    locked(() -> nextId = id);
  }

  long newId() {
    // Gaps, since other accounts of the shard take numbers too.
    nextId += 1 + nextId % 7;
    return nextId;
  }

  @Override
  public Instant moment() {
    return moment;
  }

  /**
   * Vendor time in whole seconds, as Cliniko stamps; one and the same throughout a call. Caller
   * holds the lock.
   */
  Instant now() {
    return moment.truncatedTo(ChronoUnit.SECONDS);
  }

  Clock clock() {
    return kit.clock();
  }

  Row must(Schema schema, long id) {
    Row row = table(schema).truth(id);
    if (row == null) {
      throw new BadRequest(404, "Not found");
    }
    return row;
  }

  /** Stores a new record or version under the current time. */
  Row save(Row row, Instant updatedAt) {
    Row stamped = row.with(Map.of("updated_at", updatedAt));
    Duration hidden = kit.faults().invisibleFor(name, row.schema.resource);
    table(row.schema).put(stamped, moment, updatedAt.plus(hidden));
    return stamped;
  }

  Row save(Row row) {
    return save(row, now());
  }

  /**
   * Stores a version whose {@code updated_at} stays as it is, as side effects of other records do.
   */
  Row saveQuietly(Row row) {
    table(row.schema).put(row, moment, moment);
    return row;
  }

  void logEdit(String operation, Row row) {
    kit.log()
        .add(
            kit.clock().instant(),
            name,
            LogEntry.Kind.EDIT,
            operation,
            List.of(Long.toString(row.id)),
            1,
            0,
            row.truth());
  }

  /**
   * Everything as it truly stands, hidden rows included: {@code {"patients":[...],...}} in
   * Cliniko's own words.
   */
  @Override
  public String truth() {
    return locked(
        () -> {
          JsonOut out =
              new JsonOut(1 << 20).open().member("account", name).member("zone", zone.getId());
          for (Table table : tables.values()) {
            out.name(table.schema.resource).openList();
            table.truth().forEach(row -> out.raw(row.truth()));
            out.closeList();
          }
          return out.close().toString();
        });
  }

  /** One record as it truly stands, or null when there is none. */
  public @Nullable String truth(String resource, String id) {
    return locked(
        () -> {
          Table table = tables.get(resource);
          Row row = table == null ? null : table.truth(Long.parseLong(id));
          return row == null ? null : row.truth();
        });
  }

  /** Ids of a resource in the order they were made, hidden ones included. */
  public List<String> ids(String resource) {
    return locked(
        () -> {
          Table table = tables.get(resource);
          return table == null
              ? List.<String>of()
              : table.truth().stream().map(row -> Long.toString(row.id)).toList();
        });
  }

  @Override
  public String toString() {
    return "ClinikoAccount[" + name + "]";
  }
}
