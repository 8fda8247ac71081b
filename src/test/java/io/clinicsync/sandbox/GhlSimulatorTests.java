package io.clinicsync.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.sandbox.Caller.Reply;
import io.clinicsync.sandbox.ghl.GhlLocation;
import io.clinicsync.sandbox.ghl.GhlSimulator;
import io.clinicsync.sandbox.server.Fault;
import io.clinicsync.sandbox.server.FaultKind;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GhlSimulatorTests {

  private final SandboxClock clock = new SandboxClock();
  private SandboxServer sandbox;
  private GhlLocation location;
  private Caller caller;

  @BeforeEach
  void start() {
    clock.freezeAt(Instant.parse("2026-03-10T01:00:00Z"));
    sandbox = SandboxServer.start(0, clock, 1.0);
    location = sandbox.ghl().createLocation("Riverside", "AU", ZoneId.of("Australia/Sydney"));
    caller = Caller.ghl(sandbox, location.token());
  }

  @AfterEach
  void stop() {
    sandbox.close();
  }

  private Reply upsert(String rest) {
    return caller.send(
        "POST", "/contacts/upsert", "{\"locationId\":\"" + location.id() + "\"," + rest + "}");
  }

  private Reply create(String rest) {
    return caller.send(
        "POST", "/contacts/", "{\"locationId\":\"" + location.id() + "\"," + rest + "}");
  }

  @Test
  void upsertFindsByTheFirstFieldAndLosesTheOtherIdentifierSilently() {
    String a =
        upsert("\"firstName\":\"A\",\"email\":\"a@example.org\"").json().at("/contact/id").asText();
    upsert("\"firstName\":\"B\",\"phone\":\"+61400111222\"");
    JsonNode again =
        upsert("\"firstName\":\"A\",\"email\":\"A@example.org\",\"phone\":\"+61400111222\"").json();
    assertThat(again.get("new").asBoolean()).isFalse();
    assertThat(again.at("/contact/id").asText()).isEqualTo(a);
    assertThat(again.at("/contact/phone").isMissingNode()).isTrue();
  }

  @Test
  void aDuplicateCreateNamesTheExistingContact() {
    String first =
        create("\"firstName\":\"A\",\"phone\":\"+61400111222\"").json().at("/contact/id").asText();
    Reply refused = create("\"firstName\":\"B\",\"phone\":\"+61400111222\"");
    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.json().at("/meta/contactId").asText()).isEqualTo(first);
    assertThat(refused.json().at("/meta/matchingField").asText()).isEqualTo("phone");
    location.duplicates(true, List.of("email", "phone"));
    assertThat(create("\"firstName\":\"B\",\"phone\":\"+61400111222\"").status()).isEqualTo(201);
  }

  @Test
  void refusalsHaveTheVendorsShapes() {
    assertThat(upsert("\"phone\":\"0400 111 222\"").status()).isEqualTo(422);
    Reply unknown = upsert("\"email\":\"a@example.org\",\"shoeSize\":\"9\"");
    assertThat(unknown.json().at("/message/0").asText())
        .isEqualTo("property shoeSize should not exist");
    String id = upsert("\"email\":\"a@example.org\"").json().at("/contact/id").asText();
    assertThat(caller.send("PUT", "/contacts/" + id, "{\"gender\":\"f\"}").status()).isEqualTo(422);
    assertThat(caller.send("PUT", "/contacts/" + id, "{\"locationId\":\"x\"}").status())
        .isEqualTo(422);
    assertThat(caller.get("/contacts/nobody").status()).isEqualTo(400);
    assertThat(caller.get("/locations/other").status()).isEqualTo(403);
    caller.headers.put("Version", "2020-01-01");
    assertThat(caller.get("/contacts/" + id).status()).isEqualTo(401);
    assertThat(
            Caller.ghl(sandbox, "wrong").get("/contacts/" + id).json().get("message").isTextual())
        .isTrue();
  }

  @Test
  void tagsAreReplacedByAnUpdateAndComeBackInSmallLetters() {
    String id =
        upsert("\"email\":\"a@example.org\",\"tags\":[\"VIP\",\"Old\"]")
            .json()
            .at("/contact/id")
            .asText();
    caller.send("POST", "/contacts/" + id + "/tags", "{\"tags\":[\"New\"]}");
    assertThat(tags(id)).containsExactly("vip", "old", "new");
    caller.send("PUT", "/contacts/" + id, "{\"tags\":[\"Only\"]}");
    assertThat(tags(id)).containsExactly("only");
    caller.send("DELETE", "/contacts/" + id + "/tags", "{\"tags\":[\"ONLY\"]}");
    assertThat(tags(id)).isEmpty();
  }

  private List<String> tags(String id) {
    return Caller.JSON.convertValue(
        caller.get("/contacts/" + id).json().at("/contact/tags"),
        new com.fasterxml.jackson.core.type.TypeReference<List<String>>() {});
  }

  @Test
  void customFieldsAreReadWithoutKeyAndUnknownOnesAreLostSilently() {
    String field = field("EMR Patient-Id", "TEXT");
    String second = field("EMR patient id", "TEXT");
    assertThat(location.fieldIds())
        .containsEntry("contact.emr_patient_id", field)
        .containsEntry("contact.emr_patient_id_1", second);
    location.edits().renameField(field, "Patient");
    String options = location.edits().createField("Status", "SINGLE_OPTIONS", List.of("Active"));
    JsonNode contact =
        upsert(
                "\"email\":\"a@example.org\",\"customFields\":[{\"key\":\"emr_patient_id\",\"field_value\":\"7\"},{\"id\":\"nope\",\"field_value\":\"x\"},{\"id\":\"%s\",\"field_value\":\"Nonsense\"}]"
                    .formatted(options))
            .json()
            .get("contact");
    assertThat(contact.get("customFields")).hasSize(1);
    assertThat(contact.at("/customFields/0"))
        .hasToString("{\"id\":\"" + field + "\",\"value\":\"7\"}");
  }

  private String field(String name, String type) {
    return caller
        .send(
            "POST",
            "/locations/" + location.id() + "/customFields",
            "{\"name\":\"%s\",\"dataType\":\"%s\"}".formatted(name, type))
        .json()
        .at("/customField/id")
        .asText();
  }

  @Test
  void searchLagsBehindWritesAndPagesBySearchAfter() {
    String field = field("EMR", "TEXT");
    for (int i = 0; i < 25; i++) {
      clock.advance(Duration.ofSeconds(1));
      upsert(
          "\"email\":\"p%d@example.org\",\"customFields\":[{\"id\":\"%s\",\"field_value\":\"v%d\"}]"
              .formatted(i, field, i % 2));
    }
    assertThat(
            search(
                    "\"pageLimit\":10,\"filters\":[{\"field\":\"email\",\"operator\":\"eq\",\"value\":\"p24@example.org\"}]")
                .get("total")
                .asInt())
        .isZero();
    clock.advance(Duration.ofSeconds(3));
    assertThat(
            search(
                    "\"pageLimit\":10,\"filters\":[{\"field\":\"customFields.%s\",\"operator\":\"eq\",\"value\":\"v1\"}]"
                        .formatted(field))
                .get("total")
                .asInt())
        .isEqualTo(12);
    JsonNode page =
        search("\"pageLimit\":10,\"sort\":[{\"field\":\"dateAdded\",\"direction\":\"asc\"}]");
    int seen = page.get("contacts").size();
    while (!page.get("contacts").isEmpty()) {
      JsonNode after = page.get("contacts").get(page.get("contacts").size() - 1).get("searchAfter");
      page =
          search(
              "\"pageLimit\":10,\"sort\":[{\"field\":\"dateAdded\",\"direction\":\"asc\"}],\"searchAfter\":"
                  + after);
      seen += page.get("contacts").size();
    }
    assertThat(seen).isEqualTo(25);
  }

  private JsonNode search(String rest) {
    Reply reply =
        caller.send(
            "POST", "/contacts/search", "{\"locationId\":\"" + location.id() + "\"," + rest + "}");
    assertThat(reply.status()).as(reply.text()).isEqualTo(200);
    return reply.json();
  }

  @Test
  void refreshTokensWorkOnceAndRotate() {
    Caller form = Caller.ghl(sandbox, "none");
    form.headers.put("Content-Type", "application/x-www-form-urlencoded");
    String app =
        "client_id=" + GhlSimulator.CLIENT_ID + "&client_secret=" + GhlSimulator.CLIENT_SECRET;
    JsonNode first =
        form.send(
                "POST",
                "/oauth/token",
                app
                    + "&grant_type=authorization_code&code="
                    + sandbox.ghl().authorizationCode(location.id()))
            .json();
    String refresh =
        app + "&grant_type=refresh_token&refresh_token=" + first.get("refresh_token").asText();
    JsonNode second = form.send("POST", "/oauth/token", refresh).json();
    assertThat(second.get("locationId").asText()).isEqualTo(location.id());
    assertThat(form.send("POST", "/oauth/token", refresh).status()).isEqualTo(400);
    Caller oauth = Caller.ghl(sandbox, second.get("access_token").asText());
    assertThat(oauth.get("/locations/" + location.id()).status()).isEqualTo(200);
    clock.advance(Duration.ofHours(25));
    assertThat(oauth.get("/locations/" + location.id()).status()).isEqualTo(401);
    assertThat(caller.send("POST", "/oauth/locationToken", "companyId=x&locationId=y").status())
        .isEqualTo(401);
  }

  @Test
  void theBurstLimitShowsInHeadersAndOpensAfterTheInterval() {
    Reply last = null;
    for (int i = 0; i < 100; i++) {
      last = caller.get("/locations/" + location.id());
    }
    assertThat(last.headers().firstValue("X-RateLimit-Remaining")).contains("0");
    assertThat(caller.get("/locations/" + location.id()).status()).isEqualTo(429);
    clock.advance(Duration.ofSeconds(10));
    Reply again = caller.get("/locations/" + location.id());
    assertThat(again.status()).isEqualTo(200);
    assertThat(again.headers().firstValue("X-RateLimit-Daily-Remaining")).contains("199899");
  }

  @Test
  void aFieldCanBeDroppedSilentlyAndACreateCanAnswer422ThoughApplied() {
    sandbox.faults().set(Fault.of(FaultKind.DROP_FIELD).field("city"));
    JsonNode contact =
        upsert("\"email\":\"a@example.org\",\"city\":\"Perth\"").json().get("contact");
    assertThat(contact.has("city")).isFalse();
    sandbox.faults().clear();
    sandbox.faults().set(Fault.of(FaultKind.APPLIED_BUT_422).onPath("/contacts/$").times(1));
    assertThat(create("\"email\":\"b@example.org\"").status()).isEqualTo(422);
    assertThat(location.contactIds()).hasSize(2);
  }

  @Test
  void usersDeleteMergeAndMuteContacts() {
    String a =
        location
            .edits()
            .createContact(Map.of("firstName", "A", "email", "a@example.org", "city", "Perth"));
    String b = location.edits().createContact(Map.of("firstName", "B", "phone", "+61400111222"));
    location.edits().mergeContacts(a, b);
    assertThat(caller.get("/contacts/" + a).status()).isEqualTo(400);
    JsonNode kept = caller.get("/contacts/" + b).json().get("contact");
    assertThat(kept.get("city").asText()).isEqualTo("Perth");
    assertThat(kept.get("firstName").asText()).isEqualTo("B");
    location.edits().setDnd(b, "SMS", true);
    assertThat(caller.get("/contacts/" + b).json().at("/contact/dndSettings/SMS/status").asText())
        .isEqualTo("active");
    location.edits().deleteContact(b);
    assertThat(location.contactIds()).isEmpty();
  }

  @Test
  void aTakenSlotIsRefusedUnlessTheCheckIsIgnored() {
    String contact = location.edits().createContact(Map.of("email", "a@example.org"));
    String body =
        "{\"calendarId\":\"%s\",\"locationId\":\"%s\",\"contactId\":\"%s\",\"startTime\":\"2026-03-12T10:00:00+11:00\"%s}";
    Reply booked =
        caller.send(
            "POST",
            "/calendars/events/appointments",
            body.formatted(location.calendarId(), location.id(), contact, ""));
    assertThat(booked.status()).as(booked.text()).isEqualTo(200);
    assertThat(
            caller
                .send(
                    "POST",
                    "/calendars/events/appointments",
                    body.formatted(location.calendarId(), location.id(), contact, ""))
                .status())
        .isEqualTo(400);
    assertThat(
            caller
                .send(
                    "POST",
                    "/calendars/events/appointments",
                    body.formatted(
                        location.calendarId(),
                        location.id(),
                        contact,
                        ",\"ignoreFreeSlotValidation\":true"))
                .status())
        .isEqualTo(200);
  }

  @Test
  void aBlockedTimeIsNeitherOfferedNorBookedUnlessTheCheckIsIgnored() {
    String wanted = blockBody("\"calendarId\":\"" + location.calendarId() + "\"", "");
    assertThat(freeSlots()).contains("2026-03-12T10:00:00+11:00");
    Reply made = caller.send("POST", "/calendars/events/block-slots", wanted);
    assertThat(made.status()).as(made.text()).isEqualTo(201);
    assertThat(caller.send("POST", "/calendars/events/block-slots", wanted).status())
        .as("blocks may overlap")
        .isEqualTo(201);
    assertThat(freeSlots()).doesNotContain("2026-03-12T10:00:00+11:00");
    String contact = location.edits().createContact(Map.of("email", "a@example.org"));
    String booking =
        "{\"calendarId\":\"%s\",\"locationId\":\"%s\",\"contactId\":\"%s\",\"startTime\":\"2026-03-12T10:00:00+11:00\"%s}";
    assertThat(
            caller
                .send(
                    "POST",
                    "/calendars/events/appointments",
                    booking.formatted(location.calendarId(), location.id(), contact, ""))
                .status())
        .isEqualTo(400);
    assertThat(
            caller
                .send(
                    "POST",
                    "/calendars/events/appointments",
                    booking.formatted(
                        location.calendarId(),
                        location.id(),
                        contact,
                        ",\"ignoreFreeSlotValidation\":true"))
                .status())
        .isEqualTo(200);
    String span =
        "?locationId="
            + location.id()
            + "&calendarId="
            + location.calendarId()
            + "&startTime=1773000000000&endTime=1774000000000";
    assertThat(caller.get("/calendars/blocked-slots" + span).json().get("events")).hasSize(2);
    assertThat(caller.get("/calendars/events" + span).json().get("events")).hasSize(1);
  }

  private String blockBody(String whose, String more) {
    return "{\"locationId\":\"%s\",%s,\"title\":\"Busy\",\"startTime\":\"2026-03-12T10:00:00+11:00\",\"endTime\":\"2026-03-12T10:30:00+11:00\"%s}"
        .formatted(location.id(), whose, more);
  }

  private String freeSlots() {
    return caller
        .get(
            "/calendars/"
                + location.calendarId()
                + "/free-slots?startDate=1773205200000&endDate=1773378000000")
        .text();
  }

  @Test
  void aBlockIsOfACalendarOrAUserAndNeedsTheScope() {
    String calendar = "\"calendarId\":\"" + location.calendarId() + "\"";
    String path = "/calendars/events/block-slots";
    assertThat(caller.send("POST", path, blockBody(calendar, ",\"color\":\"red\"")).text())
        .contains("property color should not exist");
    assertThat(caller.send("POST", path, blockBody(calendar, ",\"assignedUserId\":\"u\"")).status())
        .isEqualTo(422);
    assertThat(caller.send("POST", path, blockBody("\"calendarId\":\"other\"", "")).status())
        .isEqualTo(400);
    assertThat(
            caller
                .send("POST", path, blockBody(calendar, "").replace("10:30:00", "09:30:00"))
                .status())
        .isEqualTo(422);
    assertThat(
            caller
                .send("POST", path, blockBody(calendar, "").replace(location.id(), "elsewhere"))
                .status())
        .isEqualTo(403);
    assertThat(caller.send("PUT", path + "/unknown", blockBody(calendar, "")).status())
        .isEqualTo(400);
    assertThat(location.edits().blocks()).isEmpty();
    location.withhold(java.util.Set.of("calendars/events.write"));
    Reply refused = caller.send("POST", path, blockBody(calendar, ""));
    assertThat(refused.status()).isEqualTo(401);
    assertThat(refused.text()).contains("scope");
  }

  @Test
  void listsWhatOverlapsASpanOfACalendarCancelledOnesToo() {
    String contact = location.edits().createContact(Map.of("email", "a@example.org"));
    Instant start = Instant.parse("2026-03-12T00:00:00Z");
    String first = location.edits().book(contact, start, start.plusSeconds(1800));
    String second =
        location.edits().book(contact, start.plusSeconds(3600), start.plusSeconds(5400));
    location.edits().setStatus(second, "cancelled");
    String calendar = "calendarId=" + location.calendarId();
    assertThat(listed(calendar, start, start.plusSeconds(7200))).containsExactly(first, second);
    assertThat(listed(calendar, start.plusSeconds(1799), start.plusSeconds(3600)))
        .as("overlaps")
        .containsExactly(first);
    assertThat(listed(calendar, start.plusSeconds(1800), start.plusSeconds(3600))).isEmpty();
    assertThat(listed("calendarId=another", start, start.plusSeconds(7200))).isEmpty();
    assertThat(listed("userId=another", start, start.plusSeconds(7200))).isEmpty();
    assertThat(listed("groupId=another", start, start.plusSeconds(7200))).isEmpty();
    location.edits().deleteAppointment(first);
    assertThat(listed(calendar, start, start.plusSeconds(7200))).containsExactly(second);

    String span = "&startTime=" + start.toEpochMilli() + "&endTime=" + start.toEpochMilli();
    assertThat(status("locationId=" + location.id() + span)).as("whose").isEqualTo(422);
    assertThat(status(calendar + span)).as("of which location").isEqualTo(422);
    assertThat(status("locationId=another&" + calendar + span)).isEqualTo(403);
    String mine = "locationId=" + location.id() + "&" + calendar;
    assertThat(status(mine + "&startTime=1")).isEqualTo(422);
    assertThat(status(mine + "&startTime=today&endTime=2")).isEqualTo(422);
    assertThat(status(mine + span + "&limit=10")).as("no pages").isEqualTo(422);
  }

  private int status(String query) {
    return caller.get("/calendars/events?" + query).status();
  }

  private List<String> listed(String filter, Instant from, Instant to) {
    return caller
        .get(
            "/calendars/events?locationId=%s&%s&startTime=%s&endTime=%s"
                .formatted(location.id(), filter, from.toEpochMilli(), to.toEpochMilli()))
        .json()
        .path("events")
        .findValuesAsText("id");
  }
}
