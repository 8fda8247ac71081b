package io.clinicsync.sandbox;

import static io.clinicsync.sandbox.Caller.q;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.VendorSpecs;
import io.clinicsync.VendorSpecs.Violation;
import io.clinicsync.sandbox.Caller.Reply;
import io.clinicsync.sandbox.cliniko.ClinikoAccount;
import io.clinicsync.sandbox.ghl.GhlLocation;
import io.clinicsync.sandbox.ghl.GhlSimulator;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Walks over the simulated vendors and holds every exchange against the vendors' own descriptions.
 */
class SandboxConformanceTests {

  private final SandboxClock clock = new SandboxClock();
  private final Map<String, String> violations = new TreeMap<>();
  private SandboxServer sandbox;
  private VendorSpecs specs;
  private Caller caller;

  @BeforeEach
  void start() {
    clock.freezeAt(Instant.parse("2026-03-10T01:00:00Z"));
    sandbox = SandboxServer.start(0, clock, 50.0);
  }

  @AfterEach
  void stop() {
    sandbox.close();
  }

  @Test
  void clinikoSpeaksAsItsDescriptionSays() {
    specs = VendorSpecs.cliniko();
    ClinikoAccount account =
        sandbox.cliniko().createAccount("spec", 3, 120, ZoneId.of("Australia/Melbourne"));
    caller = Caller.cliniko(sandbox, account.apiKey());
    clinikoLists(account);
    clinikoNested();
    clinikoWrites();
    assertThat(violations).isEmpty();
  }

  private void clinikoLists(ClinikoAccount account) {
    List<String> resources =
        List.of(
            "patients",
            "individual_appointments",
            "group_appointments",
            "attendees",
            "invoices",
            "invoice_items",
            "practitioners",
            "users",
            "businesses",
            "appointment_types",
            "billable_items",
            "products",
            "taxes",
            "daily_availabilities",
            "referral_source_types",
            "referral_sources",
            "unavailable_blocks");
    account
        .edits()
        .block(
            account.ids("practitioners").getFirst(),
            account.ids("businesses").getFirst(),
            clock.instant(),
            clock.instant().plusSeconds(3600));
    for (String resource : resources) {
      JsonNode page = call("GET", "/" + resource + "?per_page=100&page=1", null).json();
      JsonNode first = page.get(resource).get(0);
      if (first != null && !resource.equals("referral_sources")) {
        call("GET", "/" + resource + "/" + first.get("id").asText(), null);
      }
    }
    for (String resource :
        List.of("patients", "individual_appointments", "attendees", "invoices")) {
      List<String> hidden =
          resource.equals("patients") || resource.equals("invoices")
              ? List.of("archived_at:*")
              : List.of("archived_at:*", "cancelled_at:*");
      call(
          "GET",
          "/"
              + resource
              + "?sort=updated_at&per_page=100&"
              + q("updated_at:>=2025-01-01T00:00:00Z")
              + "&"
              + q(hidden.toArray(String[]::new)),
          null);
    }
    for (String path :
        List.of(
            "/bookings?per_page=100",
            "/practitioners/inactive",
            "/services",
            "/user",
            "/settings",
            "/settings/public",
            "/communications",
            "/availability_blocks")) {
      call("GET", path, null);
    }
  }

  private void clinikoNested() {
    String practitioner = first("/practitioners", "practitioners");
    String business = first("/businesses", "businesses");
    String type =
        first("/practitioners/" + practitioner + "/appointment_types", "appointment_types");
    String appointment = first("/individual_appointments", "individual_appointments");
    String group = first("/group_appointments", "group_appointments");
    String invoice = first("/invoices", "invoices");
    String route =
        "/businesses/" + business + "/practitioners/" + practitioner + "/appointment_types/" + type;
    for (String path :
        List.of(
            "/businesses/" + business + "/practitioners", "/businesses/" + business + "/services",
            "/appointment_types/" + type + "/practitioners",
                "/practitioners/" + practitioner + "/daily_availabilities",
            "/individual_appointments/" + appointment + "/attendees",
                "/group_appointments/" + group + "/attendees",
            "/individual_appointments/" + appointment + "/conflicts",
                "/group_appointments/" + group + "/conflicts",
            "/invoices/" + invoice + "/invoice_items",
                "/practitioners/" + practitioner + "/invoices",
            route + "/available_times?from=2026-03-11&to=2026-03-17",
                route + "/next_available_time?from=2026-03-11&to=2026-03-17")) {
      call("GET", path, null);
    }
  }

  private void clinikoWrites() {
    String practitioner = first("/practitioners", "practitioners");
    String business = first("/businesses", "businesses");
    String type =
        first("/practitioners/" + practitioner + "/appointment_types", "appointment_types");
    String patient =
        call(
                "POST",
                "/patients",
                "{\"first_name\":\"Ana\",\"last_name\":\"Writer\",\"email\":\"ana@example.org\",\"patient_phone_numbers\":[{\"phone_type\":\"Mobile\",\"number\":\"0400 111 222\"}]}")
            .json()
            .get("id")
            .asText();
    call(
        "PATCH", "/patients/" + patient, "{\"city\":\"Hobart\",\"accepted_email_marketing\":null}");
    String body =
        "{\"starts_at\":\"2026-03-20T23:00:00Z\",\"patient_id\":\"%s\",\"practitioner_id\":\"%s\",\"appointment_type_id\":\"%s\",\"business_id\":\"%s\"}"
            .formatted(patient, practitioner, type, business);
    String appointment = call("POST", "/individual_appointments", body).json().get("id").asText();
    call(
        "PATCH",
        "/individual_appointments/" + appointment,
        "{\"starts_at\":\"2026-03-21T23:00:00Z\",\"ends_at\":\"2026-03-21T23:30:00Z\"}");
    call("GET", "/individual_appointments/" + appointment, null);
    call(
        "PATCH",
        "/individual_appointments/" + appointment + "/cancel",
        "{\"cancellation_reason\":50,\"apply_to_repeats\":false}");
    call("GET", "/individual_appointments/" + appointment + "?" + q("cancelled_at:*"), null);
    String group =
        first("/group_appointments?" + q("starts_at:>2026-03-10T01:00:00Z"), "group_appointments");
    String attendee =
        call(
                "POST",
                "/attendees",
                "{\"booking_id\":\"%s\",\"patient_id\":\"%s\"}".formatted(group, patient))
            .json()
            .get("id")
            .asText();
    call("PATCH", "/attendees/" + attendee, "{\"arrived\":true}");
    call("PATCH", "/attendees/" + attendee + "/cancel", "{\"cancellation_reason\":30}");
    call(
        "PATCH",
        "/patients/" + patient + "/referral_source",
        "{\"referral_source_type_id\":\"%s\"}"
            .formatted(first("/referral_source_types", "referral_source_types")));
    call("GET", "/patients/" + patient + "/referral_source", null);
    call("POST", "/patients/" + patient + "/archive", null);
    call("POST", "/patients/" + patient + "/unarchive", null);
  }

  @Test
  void ghlSpeaksAsItsDescriptionSays() {
    specs = VendorSpecs.ghl();
    GhlLocation location =
        sandbox.ghl().createLocation("spec", "AU", ZoneId.of("Australia/Melbourne"));
    caller = Caller.ghl(sandbox, location.token());
    String id = location.id();
    String field =
        call(
                "POST",
                "/locations/" + id + "/customFields",
                "{\"name\":\"EMR Patient Id\",\"dataType\":\"TEXT\",\"model\":\"contact\"}")
            .json()
            .at("/customField/id")
            .asText();
    call("GET", "/locations/" + id, null);
    call("GET", "/locations/" + id + "/customFields?model=contact", null);
    call("PUT", "/locations/" + id + "/customFields/" + field, "{\"name\":\"EMR id\"}");
    ghlContacts(id, field);
    String value =
        call("POST", "/locations/" + id + "/customValues", "{\"name\":\"Hook\",\"value\":\"x\"}")
            .json()
            .at("/customValue/id")
            .asText();
    call("GET", "/locations/" + id + "/customValues", null);
    call(
        "PUT",
        "/locations/" + id + "/customValues/" + value,
        "{\"name\":\"Hook\",\"value\":\"y\"}");
    call("POST", "/locations/" + id + "/tags", "{\"name\":\"New\"}");
    call("GET", "/locations/" + id + "/tags", null);
    call("DELETE", "/locations/" + id + "/customFields/" + field, null);
    ghlOAuth(id);
    assertThat(violations).isEmpty();
  }

  private void ghlContacts(String location, String field) {
    String body =
        "{\"locationId\":\"%s\",\"firstName\":\"Ana\",\"lastName\":\"Reed\",\"email\":\"ana@example.org\",\"phone\":\"+61400111222\",\"dateOfBirth\":\"1991-04-30\",\"tags\":[\"VIP\"],\"dnd\":false,\"dndSettings\":{\"SMS\":{\"status\":\"active\"}},\"customFields\":[{\"id\":\"%s\",\"field_value\":\"7001\"}]}"
            .formatted(location, field);
    String id = call("POST", "/contacts/upsert", body).json().at("/contact/id").asText();
    call(
        "POST",
        "/contacts/",
        "{\"locationId\":\"%s\",\"firstName\":\"Bo\",\"email\":\"bo@example.org\"}"
            .formatted(location));
    call(
        "POST",
        "/contacts/",
        "{\"locationId\":\"%s\",\"firstName\":\"Bo\",\"email\":\"bo@example.org\"}"
            .formatted(location));
    call("GET", "/contacts/" + id, null);
    call(
        "PUT",
        "/contacts/" + id,
        "{\"city\":\"Hobart\",\"customFields\":[{\"id\":\"%s\",\"field_value\":\"7002\"}]}"
            .formatted(field));
    call("POST", "/contacts/" + id + "/tags", "{\"tags\":[\"Blue\"]}");
    call("DELETE", "/contacts/" + id + "/tags", "{\"tags\":[\"blue\"]}");
    call(
        "POST",
        "/contacts/bulk/tags/update/add",
        "{\"locationId\":\"%s\",\"contacts\":[\"%s\"],\"tags\":[\"x\"]}".formatted(location, id));
    String note =
        call("POST", "/contacts/" + id + "/notes", "{\"body\":\"Called\"}")
            .json()
            .at("/note/id")
            .asText();
    call("GET", "/contacts/" + id + "/notes", null);
    call("PUT", "/contacts/" + id + "/notes/" + note, "{\"body\":\"Called twice\"}");
    call("DELETE", "/contacts/" + id + "/notes/" + note, null);
    call(
        "GET",
        "/contacts/search/duplicate?locationId=" + location + "&number=%2B61400111222",
        null);
    clock.advance(Duration.ofSeconds(5));
    call(
        "POST",
        "/contacts/search",
        "{\"locationId\":\"%s\",\"pageLimit\":20,\"filters\":[{\"field\":\"customFields.%s\",\"operator\":\"eq\",\"value\":\"7002\"}]}"
            .formatted(location, field));
    call("PUT", "/contacts/" + id, "{\"city\":\"Perth\"}");
    String calendar =
        call("GET", "/calendars/?locationId=" + location, null)
            .json()
            .at("/calendars/0/id")
            .asText();
    String event =
        call(
                "POST",
                "/calendars/events/appointments",
                "{\"calendarId\":\"%s\",\"locationId\":\"%s\",\"contactId\":\"%s\",\"startTime\":\"2026-03-12T10:00:00+11:00\",\"toNotify\":false,\"ignoreFreeSlotValidation\":true}"
                    .formatted(calendar, location, id))
            .json()
            .get("id")
            .asText();
    call("GET", "/calendars/events/appointments/" + event, null);
    call(
        "PUT",
        "/calendars/events/appointments/" + event,
        "{\"appointmentStatus\":\"cancelled\",\"toNotify\":false}");
    call(
        "GET",
        "/calendars/events?locationId="
            + location
            + "&calendarId="
            + calendar
            + "&startTime=1773000000000&endTime=1774000000000",
        null);
    ghlBlocks(location, calendar);
    call("GET", "/calendars/" + calendar, null);
    call(
        "GET",
        "/calendars/" + calendar + "/free-slots?startDate=1773205200000&endDate=1773378000000",
        null);
    call("GET", "/contacts/" + id + "/appointments", null);
    call("DELETE", "/calendars/events/" + event, "{}");
    call("DELETE", "/contacts/" + id, null);
    call("GET", "/contacts/" + id, null);
  }

  private void ghlBlocks(String location, String calendar) {
    String body =
        "{\"calendarId\":\"%s\",\"locationId\":\"%s\",\"title\":\"Busy\",\"startTime\":\"2026-03-12T%s:00:00+11:00\",\"endTime\":\"2026-03-12T%s:30:00+11:00\"}";
    String block =
        call(
                "POST",
                "/calendars/events/block-slots",
                body.formatted(calendar, location, "11", "11"))
            .json()
            .get("id")
            .asText();
    call(
        "PUT",
        "/calendars/events/block-slots/" + block,
        body.formatted(calendar, location, "12", "12"));
    call(
        "GET",
        "/calendars/blocked-slots?locationId="
            + location
            + "&calendarId="
            + calendar
            + "&startTime=1773000000000&endTime=1774000000000",
        null);
    call("DELETE", "/calendars/events/" + block, "{}");
  }

  private void ghlOAuth(String location) {
    caller.headers.put("Content-Type", "application/x-www-form-urlencoded");
    String credentials =
        "client_id=" + GhlSimulator.CLIENT_ID + "&client_secret=" + GhlSimulator.CLIENT_SECRET;
    JsonNode agency =
        call(
                "POST",
                "/oauth/token",
                credentials
                    + "&grant_type=authorization_code&code="
                    + sandbox.ghl().agencyAuthorizationCode())
            .json();
    call(
        "POST",
        "/oauth/token",
        credentials
            + "&grant_type=refresh_token&refresh_token="
            + agency.get("refresh_token").asText());
    caller.headers.put("Authorization", "Bearer " + agency.get("access_token").asText());
    call(
        "POST",
        "/oauth/locationToken",
        "companyId=" + GhlSimulator.COMPANY_ID + "&locationId=" + location);
    call(
        "GET",
        "/oauth/installedLocations?companyId="
            + GhlSimulator.COMPANY_ID
            + "&appId=66f1a2b3c4d5e6f708192a3b",
        null);
  }

  private String first(String path, String list) {
    return call("GET", path, null).json().at("/" + list + "/0/id").asText();
  }

  private Reply call(String method, String path, String body) {
    Reply reply = caller.send(method, path, body);
    Map<String, String> sent = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    reply.request().headers().map().forEach((name, values) -> sent.put(name, values.getFirst()));
    Map<String, String> received = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    reply.headers().map().forEach((name, values) -> received.put(name, values.getFirst()));
    for (Violation violation :
        specs.check(
            method, reply.request().uri(), sent, body, reply.status(), received, reply.text())) {
      String place = violation.operation() + " " + violation.key() + " " + violation.pointer();
      // One line per place: a list of a hundred rows would say the same a hundred times.
      violations.putIfAbsent(place, violation.message());
    }
    return reply;
  }
}
