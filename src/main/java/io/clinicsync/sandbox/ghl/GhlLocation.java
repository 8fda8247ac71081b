package io.clinicsync.sandbox.ghl;

import io.clinicsync.sandbox.server.Answer;
import io.clinicsync.sandbox.server.Journal;
import io.clinicsync.sandbox.server.JsonOut;
import io.clinicsync.sandbox.server.LogEntry;
import io.clinicsync.sandbox.server.OperationLog;
import io.clinicsync.sandbox.server.Request;
import io.clinicsync.sandbox.server.SlidingQuota;
import io.clinicsync.sandbox.world.Canaries;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One sub-account: its contacts, custom fields, tags, calendars and settings. Thread-safe. */
public final class GhlLocation {

  private final String id;
  private final String companyId;
  private final String name;
  private final String country;
  private final ZoneId zone;
  private final String token;
  private final Clock clock;
  private final OperationLog log;
  private final double quotaFactor;
  private final ReentrantLock lock = new ReentrantLock();
  private final ContactStore contacts;
  private final Map<String, CustomField> fields = new LinkedHashMap<>();
  private final Map<String, Map<String, Object>> values = new LinkedHashMap<>();
  private final Map<String, Map<String, Map<String, Object>>> notes = new LinkedHashMap<>();
  private final Map<String, String> tags = new TreeMap<>();
  private final Map<String, Quotas> quotas = new ConcurrentHashMap<>();
  private final GhlCalendars calendars;
  private final GhlEdits edits;
  private final Journal journal;
  private Instant moment = Instant.EPOCH;
  private long lastId;
  private boolean allowDuplicates;
  private List<String> matchOrder = List.of("email", "phone");
  private final GhlWebhooks webhooks;
  private Set<String> withheld = Set.of();

  /** The burst and the daily window of one app at this location. */
  record Quotas(SlidingQuota burst, SlidingQuota daily) {}

  GhlLocation(
      String companyId,
      String name,
      String country,
      ZoneId zone,
      Clock clock,
      OperationLog log,
      Journal journal,
      double quotaFactor,
      GhlWebhooks webhooks) {
    this.webhooks = webhooks;
    this.id = GhlIds.named("location/" + name);
    this.companyId = companyId;
    this.name = name;
    this.country = country;
    this.zone = zone;
    this.token =
        "pit-"
            + Canaries.SECRET
            + java.util.UUID.nameUUIDFromBytes(
                ("token/" + name).getBytes(java.nio.charset.StandardCharsets.UTF_8));
    this.clock = clock;
    this.log = log;
    this.journal = journal;
    this.quotaFactor = quotaFactor;
    this.contacts = new ContactStore(clock);
    this.calendars = new GhlCalendars(this);
    this.edits = new GhlEdits(this);
  }

  public String id() {
    return id;
  }

  public String name() {
    return name;
  }

  public ZoneId zone() {
    return zone;
  }

  /** The first private integration token; works until revoked. */
  public String token() {
    return token;
  }

  /** What users do in GoHighLevel's own screens. */
  public GhlEdits edits() {
    return edits;
  }

  /** The calendar every new location has. */
  public String calendarId() {
    return locked(calendars::first);
  }

  /**
   * The location's duplicate setting.
   *
   * @param order the fields that identify a contact, first one first: email, phone
   */
  public void duplicates(boolean allowed, List<String> order) {
    locked(
        () -> {
          allowDuplicates = allowed;
          matchOrder = List.copyOf(order);
          return true;
        });
  }

  /** How long a write takes to reach search; 3 s unless set. */
  public void searchLag(Duration lag) {
    locked(
        () -> {
          contacts.lag(lag);
          return true;
        });
  }

  /** The scopes that every token of this location lacks from now on; none unless set. */
  public void withhold(Set<String> scopes) {
    locked(
        () -> {
          withheld = Set.copyOf(scopes);
          return true;
        });
  }

  /** Refuses a call whose token lacks this scope. */
  void require(String scope) {
    if (withheld.contains(scope)) {
      throw GhlError.unauthorized("The token is not authorized for this scope.");
    }
  }

  boolean allowDuplicates() {
    return allowDuplicates;
  }

  List<String> matchOrder() {
    return matchOrder;
  }

  Clock clock() {
    return clock;
  }

  /** Now, in milliseconds; one and the same moment throughout a call. Caller holds the lock. */
  Instant now() {
    return moment.truncatedTo(java.time.temporal.ChronoUnit.MILLIS);
  }

  <T> T locked(Supplier<T> work) {
    lock.lock();
    try {
      if (lock.getHoldCount() == 1) {
        moment = clock.instant();
      }
      return work.get();
    } finally {
      lock.unlock();
    }
  }

  /** Does several things to this location with nobody in between. */
  public <T> T exclusively(Supplier<T> work) {
    return locked(work);
  }

  /** Caller holds the lock. */
  String newId() {
    return GhlIds.of(id, ++lastId);
  }

  /** When the running call began, by the vendor's clock; only within {@link #exclusively}. */
  public Instant moment() {
    return moment;
  }

  /** How many ids were given out; a replayed change gets the same ones again. */
  public long lastId() {
    return locked(() -> lastId);
  }

  /** Goes on after this many ids. */
  public void lastId(long number) {
    locked(() -> lastId = number);
  }

  /** Routes a call and keeps what changed something. */
  Answer call(Request request) {
    return locked(
        () -> {
          long ids = lastId;
          Answer answer = new GhlRoutes(this).route(request);
          boolean read = request.method().equals("GET") || request.path().endsWith("/search");
          if (!read && answer.status() < 400) {
            journal.call("ghl", id, ids, moment, request);
          }
          return answer;
        });
  }

  Quotas quotas(String app) {
    return quotas.computeIfAbsent(
        app,
        key ->
            new Quotas(
                new SlidingQuota(
                    (int) Math.min(Integer.MAX_VALUE, Math.round(100 * quotaFactor)),
                    Duration.ofSeconds(10)),
                new SlidingQuota(
                    (int) Math.min(Integer.MAX_VALUE, Math.round(200_000 * quotaFactor)),
                    Duration.ofDays(1))));
  }

  ContactStore contacts() {
    return contacts;
  }

  /** A custom field's name, as workflows send it. */
  String label(String field) {
    CustomField found = fields.get(field);
    return found == null ? field : found.name();
  }

  Map<String, CustomField> fields() {
    return fields;
  }

  Map<String, Map<String, Object>> values() {
    return values;
  }

  Map<String, Map<String, Object>> notes(String contact) {
    return notes.computeIfAbsent(contact, key -> new LinkedHashMap<>());
  }

  GhlCalendars calendars() {
    return calendars;
  }

  /** Tag ids by lower-case name. */
  Map<String, String> tags() {
    return tags;
  }

  String tag(String tagName) {
    String lower = tagName.toLowerCase(Locale.ROOT).trim();
    tags.computeIfAbsent(lower, key -> newId());
    return lower;
  }

  Contact contact(String contactId) {
    Contact contact = contacts.get(contactId);
    if (contact == null) {
      throw GhlError.bad("Contact with id " + contactId + " not found");
    }
    return contact;
  }

  /** By id, or by key with or without the {@code contact.} prefix. */
  @Nullable CustomField field(String idOrKey) {
    CustomField byId = fields.get(idOrKey);
    if (byId != null) {
      return byId;
    }
    for (CustomField field : fields.values()) {
      if (field.fieldKey().equals(idOrKey) || field.fieldKey().equals("contact." + idOrKey)) {
        return field;
      }
    }
    return null;
  }

  /** Makes a field as the API does; the key gets a suffix when it is taken. */
  CustomField addField(
      String fieldName,
      String dataType,
      String model,
      @Nullable String placeholder,
      List<String> options,
      @Nullable String parentId,
      @Nullable String wantedKey) {
    String slug =
        fieldName
            .trim()
            .toLowerCase(Locale.ROOT)
            .replaceAll("[^\\p{L}\\p{N}]+", "_")
            .replaceAll("^_+|_+$", "");
    String wished =
        wantedKey == null
            ? model + "." + slug
            : wantedKey.startsWith(model + ".") ? wantedKey : model + "." + wantedKey;
    String key = wished;
    for (int i = 1; taken(key); i++) {
      key = wished + "_" + i;
    }
    CustomField field =
        new CustomField(
            newId(),
            id,
            fieldName,
            key,
            dataType,
            model,
            fields.size() * 50,
            placeholder,
            List.copyOf(options),
            parentId);
    fields.put(field.id(), field);
    return field;
  }

  private boolean taken(String key) {
    return fields.values().stream().anyMatch(field -> field.fieldKey().equals(key));
  }

  void logEdit(String operation, String contactId, @Nullable String version) {
    log.add(clock.instant(), id, LogEntry.Kind.EDIT, operation, List.of(contactId), 1, 0, version);
  }

  /** Tells the app what somebody did here. Caller holds the lock. */
  void tellApp(String type, Map<String, Object> members) {
    webhooks.tell(type, this, members);
  }

  /** What a webhook of this type says beside its envelope. */
  Map<String, Object> webhookMembers(String type, String subject) {
    return locked(
        () -> {
          if (type.startsWith("Appointment")) {
            return Map.of(
                "appointment",
                calendars.has(subject) ? calendars.told(subject) : Map.of("id", subject));
          }
          if (type.startsWith("Contact")) {
            return Map.of("id", subject);
          }
          return Map.of("companyId", companyId, "installType", "Location");
        });
  }

  Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("id", id);
    json.put("companyId", companyId);
    json.put("name", name);
    json.put("address", "1 Example Street");
    json.put("city", "Riverton");
    json.put("country", country);
    json.put("postalCode", "2000");
    json.put("timezone", zone.getId());
    json.put("email", "hello@location.example.com");
    json.put("business", Map.of("name", name, "country", country, "timezone", zone.getId()));
    json.put("social", Map.of());
    json.put(
        "settings",
        Map.of(
            "allowDuplicateContact", allowDuplicates,
            "allowDuplicateOpportunity", false,
            "allowFacebookNameMerge", false,
            "disableContactTimezone", false));
    return json;
  }

  /** Everything as it truly stands: location, contacts, custom fields, appointments. */
  public String truth() {
    return locked(
        () -> {
          JsonOut out = new JsonOut(1 << 16).open().member("location", json());
          out.name("contacts").openList();
          contacts.all().forEach(contact -> contact.write(out, null));
          out.closeList();
          List<Map<String, Object>> all = new ArrayList<>();
          fields.values().forEach(field -> all.add(field.json()));
          out.member("customFields", all).member("events", calendars.everything());
          out.member("blocks", calendars.blocks().everything());
          out.member("notes", notes);
          return out.close().toString();
        });
  }

  /** One contact as it truly stands, or null. */
  public @Nullable String contactTruth(String contactId) {
    return locked(
        () -> {
          Contact contact = contacts.get(contactId);
          return contact == null ? null : contact.json();
        });
  }

  /** Ids of all contacts in the order they were made. */
  public List<String> contactIds() {
    return locked(() -> contacts.all().stream().map(Contact::id).toList());
  }

  /** Ids of the custom fields by key. */
  public Map<String, String> fieldIds() {
    return locked(
        () -> {
          Map<String, String> ids = new LinkedHashMap<>();
          fields.values().forEach(field -> ids.put(field.fieldKey(), field.id()));
          return ids;
        });
  }

  @Override
  public String toString() {
    return "GhlLocation[" + id + "]";
  }
}
