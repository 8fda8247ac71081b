package io.clinicsync.ghl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clinicsync.http.HttpAnswer;
import io.clinicsync.http.OutboundHttp;
import io.clinicsync.http.Permits;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * GoHighLevel as we use it. The account is always an argument, the token is read at each call
 * [R25], and every method may fail with a {@link GhlException}. Vendor reference:
 * marketplace.gohighlevel.com/docs.
 */
public final class GhlApi {

  private static final int PAGE = 100;

  private final GhlWire wire;
  private final GhlRenewal renewal;
  private final GhlReader reader = new GhlReader();

  public GhlApi(
      OutboundHttp http, Permits permits, GhlTokens tokens, GhlOAuth oauth, InstantSource clock) {
    this(http, permits, new GhlRenewal(tokens, oauth, clock, GhlApi::sleep));
  }

  GhlApi(OutboundHttp http, Permits permits, GhlRenewal renewal) {
    this.wire = new GhlWire(http, permits);
    this.renewal = renewal;
  }

  /** Renews the token when it has less than {@code margin} to live; called by the token keeper. */
  public void keepFresh(GhlAccount account, GhlToken seen, Instant now, Duration margin) {
    if (seen.expiresAt() != null && !now.isBefore(seen.expiresAt().minus(margin))) {
      renewal.renewed(account, seen);
    }
  }

  /** Reads a contact; empty when it is gone [contacts/get-contact]. */
  public Optional<GhlContact> contact(GhlAccount account, String contactId) {
    try {
      JsonNode body =
          call(
              account,
              GhlEndpoint.CONTACT_GET,
              "/contacts/" + GhlWire.encoded(contactId),
              Map.of(),
              null);
      return Optional.of(contactIn(GhlEndpoint.CONTACT_GET, body));
    } catch (GhlException failure) {
      if (failure.kind() == GhlException.Kind.NOT_FOUND) {
        return Optional.empty();
      }
      throw failure;
    }
  }

  /**
   * Contacts with this value in a custom field, at most 100. The vendor's index lags writes by
   * seconds, so this never answers whether a write has just been done
   * [contacts/search-contacts-advanced].
   */
  public List<GhlContact> findByCustomField(GhlAccount account, String fieldId, String value) {
    ObjectNode body = search(account, PAGE);
    ArrayNode filters = body.putArray("filters");
    filters
        .addObject()
        .put("field", "customFields." + fieldId)
        .put("operator", "eq")
        .put("value", value);
    return contacts(call(account, GhlEndpoint.CONTACT_SEARCH, "/contacts/search", Map.of(), body));
  }

  /**
   * All contacts that have any of these values: one call for several people at once, more where a
   * value is shared by very many. The vendor's index lags writes by seconds. Its look-up of
   * duplicates does not, but wants the address in the URL, where it would stand in every log on the
   * way [contacts/search-contacts-advanced].
   *
   * @param anyOf pairs of search field and value; a custom field is {@code customFields.<id>}
   */
  public List<GhlContact> findAny(GhlAccount account, List<Map.Entry<String, String>> anyOf) {
    Map<String, GhlContact> found = new LinkedHashMap<>();
    List<String> after = List.of();
    while (true) {
      ObjectNode body = anyOf(account, anyOf);
      if (!after.isEmpty()) {
        ArrayNode list = body.putArray("searchAfter");
        after.forEach(each -> addAsReturned(list, each));
      }
      JsonNode answer =
          call(account, GhlEndpoint.CONTACT_SEARCH, "/contacts/search", Map.of(), body);
      List<GhlContact> page = contacts(answer);
      int before = found.size();
      page.forEach(contact -> found.put(contact.id(), contact));
      boolean complete = page.size() < PAGE && found.size() >= answer.path("total").asInt(0);
      if (complete || found.size() == before || page.getLast().searchAfter().isEmpty()) {
        return List.copyOf(found.values());
      }
      after = page.getLast().searchAfter();
    }
  }

  private static ObjectNode anyOf(GhlAccount account, List<Map.Entry<String, String>> anyOf) {
    ObjectNode body = search(account, PAGE);
    body.putArray("sort").addObject().put("field", "dateAdded").put("direction", "asc");
    ArrayNode group = body.putArray("filters").addObject().put("group", "OR").putArray("filters");
    anyOf.forEach(
        pair ->
            group
                .addObject()
                .put("field", pair.getKey())
                .put("operator", "eq")
                .put("value", pair.getValue()));
    return body;
  }

  /**
   * A page of all contacts in the order they were added, for reconciliation.
   *
   * @param after {@link GhlContact#searchAfter()} of the last contact of the page before; empty for
   *     the first page
   */
  public List<GhlContact> contacts(GhlAccount account, List<String> after) {
    ObjectNode body = search(account, PAGE);
    body.putArray("sort").addObject().put("field", "dateAdded").put("direction", "asc");
    if (after.isEmpty()) {
      body.put("page", 1);
    } else {
      ArrayNode list = body.putArray("searchAfter");
      after.forEach(each -> addAsReturned(list, each));
    }
    return contacts(call(account, GhlEndpoint.CONTACT_SEARCH, "/contacts/search", Map.of(), body));
  }

  /**
   * Creates a contact; only for a first link and after a look-up [R12].
   *
   * @throws GhlException DUPLICATE with the contact that is there; OUTCOME_UNKNOWN or {@code
   *     mustLookFirst} when it may have been created all the same
   */
  public GhlContact createContact(GhlAccount account, GhlContactWrite write) {
    ObjectNode body = write.json().put("locationId", account.locationId());
    return contactIn(
        GhlEndpoint.CONTACT_CREATE,
        call(account, GhlEndpoint.CONTACT_CREATE, "/contacts/", Map.of(), body));
  }

  /**
   * Writes to a contact by id and returns it as stored; compare with {@link
   * GhlContactWrite#notAppliedIn}.
   */
  public GhlContact updateContact(GhlAccount account, String contactId, GhlContactWrite write) {
    String path = "/contacts/" + GhlWire.encoded(contactId);
    return contactIn(
        GhlEndpoint.CONTACT_UPDATE,
        call(account, GhlEndpoint.CONTACT_UPDATE, path, Map.of(), write.json()));
  }

  /** Adds tags and leaves the others alone. */
  public void addTags(GhlAccount account, String contactId, Collection<String> tags) {
    tags(account, GhlEndpoint.TAGS_ADD, contactId, tags);
  }

  /** Removes these tags; absent ones do not matter. */
  public void removeTags(GhlAccount account, String contactId, Collection<String> tags) {
    tags(account, GhlEndpoint.TAGS_REMOVE, contactId, tags);
  }

  /** All custom fields of contacts [locations/get-custom-fields]. */
  public GhlCustomFields customFields(GhlAccount account) {
    JsonNode body =
        call(
            account,
            GhlEndpoint.FIELDS_LIST,
            path(account) + "/customFields",
            Map.of("model", "contact"),
            null);
    List<GhlCustomField> result = new ArrayList<>();
    reader
        .list(GhlEndpoint.FIELDS_LIST, body, "customFields")
        .forEach(each -> result.add(GhlCustomField.read(GhlEndpoint.FIELDS_LIST, each)));
    return new GhlCustomFields(result);
  }

  /**
   * Creates a custom field of contacts; its key follows from the name. After OUTCOME_UNKNOWN list
   * the fields first.
   *
   * @param dataType the vendor's word, for example TEXT, NUMERICAL, DATE
   */
  public GhlCustomField createField(GhlAccount account, String name, String dataType) {
    ObjectNode body = GhlJson.MAPPER.createObjectNode();
    body.put("name", name).put("dataType", dataType).put("model", "contact");
    JsonNode answer =
        call(account, GhlEndpoint.FIELD_CREATE, path(account) + "/customFields", Map.of(), body);
    return GhlCustomField.read(GhlEndpoint.FIELD_CREATE, answer.path("customField"));
  }

  /** Renames a custom field; its key and type stay. */
  public GhlCustomField renameField(GhlAccount account, String fieldId, String name) {
    ObjectNode body = GhlJson.MAPPER.createObjectNode().put("name", name);
    String path = path(account) + "/customFields/" + GhlWire.encoded(fieldId);
    JsonNode answer = call(account, GhlEndpoint.FIELD_UPDATE, path, Map.of(), body);
    return GhlCustomField.read(GhlEndpoint.FIELD_UPDATE, answer.path("customField"));
  }

  /** The sub-account itself; the cheapest proof that a token works [locations/get-location]. */
  public GhlLocation location(GhlAccount account) {
    return reader.location(call(account, GhlEndpoint.LOCATION_GET, path(account), Map.of(), null));
  }

  /** The sub-account's tags; names are compared without case. */
  public List<GhlNamed> tags(GhlAccount account) {
    GhlEndpoint endpoint = GhlEndpoint.LOCATION_TAGS;
    return reader.named(
        endpoint, call(account, endpoint, path(account) + "/tags", Map.of(), null), "tags");
  }

  /** The sub-account's workflows; they cannot be created by API [workflows/get-workflow]. */
  public List<GhlNamed> workflows(GhlAccount account) {
    GhlEndpoint endpoint = GhlEndpoint.WORKFLOWS_LIST;
    Map<String, String> query = Map.of("locationId", account.locationId());
    return reader.named(endpoint, call(account, endpoint, "/workflows/", query, null), "workflows");
  }

  /** The sub-account's users, at most 100 [users/search-users]. */
  public List<GhlUser> users(GhlAccount account, String companyId) {
    Map<String, String> query = new LinkedHashMap<>();
    query.put("companyId", companyId);
    query.put("locationId", account.locationId());
    query.put("limit", Integer.toString(PAGE));
    return reader.users(call(account, GhlEndpoint.USERS_SEARCH, "/users/search", query, null));
  }

  /** The sub-account's calendars [calendars/get-calendars]. */
  public List<GhlCalendar> calendars(GhlAccount account) {
    Map<String, String> query = Map.of("locationId", account.locationId());
    return reader.calendars(call(account, GhlEndpoint.CALENDARS_LIST, "/calendars/", query, null));
  }

  /**
   * What overlaps a span of one calendar; no pages, so ask for narrow spans
   * [calendars/get-calendar-events].
   */
  public List<GhlEvent> events(GhlAccount account, String calendarId, Instant from, Instant to) {
    Map<String, String> query = new LinkedHashMap<>();
    query.put("locationId", account.locationId());
    query.put("calendarId", calendarId);
    query.put("startTime", Long.toString(from.toEpochMilli()));
    query.put("endTime", Long.toString(to.toEpochMilli()));
    return reader.events(call(account, GhlEndpoint.EVENTS_LIST, "/calendars/events", query, null));
  }

  /**
   * One appointment with its live status and times with offset; empty when it is gone, or is
   * another sub-account's [calendars/get-appointment].
   */
  public Optional<GhlEvent> appointment(GhlAccount account, String eventId) {
    String path = "/calendars/events/appointments/" + GhlWire.encoded(eventId);
    try {
      return Optional.of(
              reader.appointment(call(account, GhlEndpoint.APPOINTMENT_GET, path, Map.of(), null)))
          .filter(each -> each.isOf(account));
    } catch (GhlException failure) {
      if (failure.kind() == GhlException.Kind.NOT_FOUND) {
        return Optional.empty();
      }
      throw failure;
    }
  }

  /**
   * Sets an appointment's status, or its times, or both, without starting automations and whatever
   * the calendar's free times are: it says what is true in the EMR [calendars/edit-appointment].
   *
   * @param status the vendor's word; null keeps it
   * @param startsAt null keeps the times
   */
  public void updateAppointment(
      GhlAccount account,
      String eventId,
      @Nullable String status,
      @Nullable Instant startsAt,
      @Nullable Instant endsAt) {
    ObjectNode body = GhlJson.MAPPER.createObjectNode();
    if (status != null) {
      body.put("appointmentStatus", status);
    }
    if (startsAt != null) {
      body.put("startTime", startsAt.toString());
    }
    if (startsAt != null && endsAt != null) {
      body.put("endTime", endsAt.toString());
    }
    body.put("toNotify", false).put("ignoreFreeSlotValidation", true).put("ignoreDateRange", true);
    String path = "/calendars/events/appointments/" + GhlWire.encoded(eventId);
    call(account, GhlEndpoint.APPOINTMENT_UPDATE, path, Map.of(), body);
  }

  /** Blocked times of its calendars. */
  public GhlBlockSlots blockSlots() {
    return new GhlBlockSlots(this::call);
  }

  /** Adds a note to a contact; sent once [contacts/create-note]. */
  public void addNote(GhlAccount account, String contactId, String text) {
    ObjectNode body = GhlJson.MAPPER.createObjectNode().put("body", text);
    String path = "/contacts/" + GhlWire.encoded(contactId) + "/notes";
    call(account, GhlEndpoint.NOTE_CREATE, path, Map.of(), body);
  }

  private void tags(
      GhlAccount account, GhlEndpoint endpoint, String contactId, Collection<String> tags) {
    if (!tags.isEmpty()) {
      ObjectNode body = GhlJson.MAPPER.createObjectNode();
      ArrayNode list = body.putArray("tags");
      tags.forEach(list::add);
      call(account, endpoint, "/contacts/" + GhlWire.encoded(contactId) + "/tags", Map.of(), body);
    }
  }

  private List<GhlContact> contacts(JsonNode body) {
    List<GhlContact> result = new ArrayList<>();
    reader
        .list(GhlEndpoint.CONTACT_SEARCH, body, "contacts")
        .forEach(each -> result.add(GhlContact.read(GhlEndpoint.CONTACT_SEARCH, each)));
    return result;
  }

  private static GhlContact contactIn(GhlEndpoint endpoint, JsonNode body) {
    return GhlContact.read(endpoint, body.path("contact"));
  }

  private static ObjectNode search(GhlAccount account, int size) {
    return GhlJson.MAPPER
        .createObjectNode()
        .put("locationId", account.locationId())
        .put("pageLimit", size);
  }

  // Cursors hold numbers and texts; both have to go back as they came.
  private static void addAsReturned(ArrayNode list, String value) {
    if (value.matches("-?\\d{1,18}")) {
      list.add(Long.parseLong(value));
    } else {
      list.add(value);
    }
  }

  private static String path(GhlAccount account) {
    return "/locations/" + GhlWire.encoded(account.locationId());
  }

  private JsonNode call(
      GhlAccount account,
      GhlEndpoint endpoint,
      String path,
      Map<String, String> query,
      @Nullable JsonNode body) {
    GhlToken token = renewal.current(account);
    HttpAnswer answer = send(account, endpoint, path, query, body, token);
    if (answer.status() == 401 && !GhlErrors.isMissingScope(answer)) {
      // A 401 means nothing was done, so one repetition is safe even for a create.
      answer = send(account, endpoint, path, query, body, renewal.renewed(account, token));
    }
    if (!answer.isSuccess()) {
      throw GhlErrors.of(endpoint, answer);
    }
    return GhlJson.read(endpoint, answer);
  }

  private HttpAnswer send(
      GhlAccount account,
      GhlEndpoint endpoint,
      String path,
      Map<String, String> query,
      @Nullable JsonNode body,
      GhlToken token) {
    GhlWire.Body content = body == null ? null : GhlWire.Body.json(body);
    return wire.send(
        account, endpoint, GhlWire.uri(account, path, query), token.accessToken(), content);
  }

  private static void sleep(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new GhlException(
          GhlException.Kind.UNAVAILABLE, "Interrupted while a token was being renewed");
    }
  }
}
