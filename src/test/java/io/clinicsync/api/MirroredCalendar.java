package io.clinicsync.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.clinicsync.api.ApiClient.Answer;
import io.clinicsync.bridge.Mirror;
import io.clinicsync.clinics.GhlAccounts;
import io.clinicsync.sandbox.SandboxServer;
import io.clinicsync.sandbox.ghl.GhlEdits.Blocked;
import io.clinicsync.sandbox.ghl.GhlLocation;
import io.clinicsync.sandbox.server.LogEntry;
import io.clinicsync.tenancy.Tenancy;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A bookable clinic with a sub-account whose calendar stands for one of its practitioners. */
final class MirroredCalendar {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  final BookableClinic clinic;
  final SandboxServer.Account ghl;
  final GhlLocation location;

  /** Open times of the practitioner that GoHighLevel offers, too; apart from each other. */
  final List<JsonNode> openings;

  /** Whose diary the calendar shows. */
  String practitioner;

  MirroredCalendar(ApplicationContext context) {
    clinic = new BookableClinic(context);
    ghl = clinic.stage.ghl();
    location = clinic.stage.sandbox().ghl().location(ghl.id());
    clinic.stage.bean(GhlAccounts.class).connect(clinic.id(), ghl.id(), ghl.secret(), ghl.base());
    openings = openings();
    practitioner = openings.getFirst().path("practitioner").asText();
  }

  private List<JsonNode> openings() {
    List<Instant> offered = offered();
    Map<String, List<JsonNode>> byPractitioner = new HashMap<>();
    for (JsonNode each : clinic.openings()) {
      List<JsonNode> open =
          byPractitioner.computeIfAbsent(
              each.path("practitioner").asText(), key -> new ArrayList<>());
      boolean apart = open.isEmpty() || !start(each).isBefore(end(open.getLast()));
      if (apart && !within(offered, each).isEmpty()) {
        open.add(each);
      }
    }
    return byPractitioner.values().stream()
        .filter(each -> each.size() > 3)
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("nobody has four open times"));
  }

  static Instant start(JsonNode entry) {
    return Instant.parse(entry.path("starts_at").asText());
  }

  static Instant end(JsonNode entry) {
    return Instant.parse(entry.path("ends_at").asText());
  }

  static String span(Instant start, Instant end) {
    return start + "/" + end;
  }

  static String span(JsonNode entry) {
    return span(start(entry), end(entry));
  }

  String path(String rest) {
    return "/api/v1/clinics/" + clinic.clinic + "/" + rest;
  }

  String calendarPath(String calendar) {
    return path("connections/" + clinic.connection + "/calendars/" + calendar);
  }

  /** Maps the calendar; with its treatment, so that it also books. */
  void map(boolean mirror) {
    map(mirror, openings.getFirst().path("treatment").asText());
  }

  void map(boolean mirror, String treatment) {
    Answer answer =
        clinic.organisation.put(
            calendarPath(location.calendarId()),
            """
            {"practitioner": "%s", "treatment": "%s", "site": "%s", "mirror": %s}"""
                .formatted(
                    practitioner, treatment, openings.getFirst().path("site").asText(), mirror));
    assertThat(answer.status()).as(answer.raw().body()).isEqualTo(200);
    assertThat(answer.body().path("mirror").asBoolean()).isEqualTo(mirror);
  }

  /** Books a new patient by the API; the answer's booking. */
  String book(int opening, String firstName) {
    Answer answer =
        clinic.caller.post(
            "/api/v1/bookings",
            """
            {"patient": {"first_name": "%s", "last_name": "Sorel", "email": "%s.sorel@example.org", "register": true}, %s}"""
                .formatted(firstName, firstName, BookableClinic.time(openings.get(opening))));
    assertThat(answer.status()).as(answer.raw().body()).isEqualTo(201);
    return answer.text("/booking");
  }

  void move(String booking, int opening) {
    Answer answer =
        clinic.caller.post(
            "/api/v1/bookings/" + booking + "/reschedule",
            "{\"starts_at\": \"" + openings.get(opening).path("starts_at").asText() + "\"}");
    assertThat(answer.status()).as(answer.raw().body()).isEqualTo(200);
  }

  void cancel(String booking) {
    Answer answer = clinic.caller.post("/api/v1/bookings/" + booking + "/cancel", "{}");
    assertThat(answer.status()).as(answer.raw().body()).isEqualTo(200);
  }

  /** Staff book a patient in the EMR's own screens; the appointment's id. */
  String bookedByStaff(int opening) {
    JsonNode open = openings.get(opening);
    return clinic
        .cliniko
        .edits()
        .book(
            clinic.patient(0).path("id").asText(),
            open.path("practitioner").asText(),
            open.path("site").asText(),
            open.path("treatment").asText(),
            start(open));
  }

  /** What GoHighLevel offers in the calendar for the next 30 days, asked as its widgets do. */
  List<Instant> offered() {
    Instant now = Instant.now();
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create(
                    ghl.base()
                        + "/calendars/"
                        + location.calendarId()
                        + "/free-slots?startDate="
                        + now.toEpochMilli()
                        + "&endDate="
                        + now.plus(Duration.ofDays(30)).toEpochMilli()))
            .header("Authorization", "Bearer " + ghl.secret())
            .header("Version", "2021-04-15")
            .build();
    List<Instant> offered = new ArrayList<>();
    try {
      String body = HTTP.send(request, HttpResponse.BodyHandlers.ofString()).body();
      for (JsonNode day : JSON.readTree(body)) {
        day.path("slots")
            .forEach(slot -> offered.add(OffsetDateTime.parse(slot.asText()).toInstant()));
      }
    } catch (IOException failed) {
      throw new IllegalStateException(failed);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(stopped);
    }
    return offered;
  }

  private static List<Instant> within(List<Instant> offered, JsonNode opening) {
    return offered.stream()
        .filter(each -> each.isBefore(end(opening)))
        .filter(each -> each.plus(Duration.ofMinutes(30)).isAfter(start(opening)))
        .toList();
  }

  /** What GoHighLevel offers of an opening. */
  List<Instant> offered(int opening) {
    return within(offered(), openings.get(opening));
  }

  /** Our blocks in the calendar. */
  List<Blocked> ours() {
    return location.edits().blocks().stream()
        .filter(each -> each.title().matches("Busy \\[EMR [a-z0-9]{8,}]"))
        .toList();
  }

  /** The times of our blocks, in order. */
  List<String> blocked() {
    return ours().stream().map(each -> span(each.start(), each.end())).sorted().toList();
  }

  /** The block of an opening's time. */
  Blocked block(int opening) {
    return ours().stream()
        .filter(each -> span(each.start(), each.end()).equals(span(openings.get(opening))))
        .findFirst()
        .orElseThrow();
  }

  /** When the practitioner is taken in the next 60 days, as the EMR truly has it; in order. */
  List<String> taken() {
    Instant now = Instant.now();
    Instant until =
        LocalDate.ofInstant(now, BookableClinic.SYDNEY)
            .plusDays(60)
            .atStartOfDay(BookableClinic.SYDNEY)
            .toInstant();
    TreeSet<String> attended = new TreeSet<>();
    for (JsonNode each : clinic.truth("attendees")) {
      if (stands(each)) {
        String booking = each.at("/booking/links/self").asText();
        attended.add(booking.substring(booking.lastIndexOf('/') + 1));
      }
    }
    List<String> taken = new ArrayList<>();
    for (String resource : List.of("individual_appointments", "group_appointments")) {
      for (JsonNode each : clinic.truth(resource)) {
        boolean theirs = each.at("/practitioner/links/self").asText().endsWith("/" + practitioner);
        boolean somebodyComes =
            resource.startsWith("individual") || attended.contains(each.path("id").asText());
        if (theirs
            && somebodyComes
            && stands(each)
            && end(each).isAfter(now)
            && start(each).isBefore(until)) {
          taken.add(span(each));
        }
      }
    }
    return taken.stream().sorted().collect(Collectors.toList());
  }

  private static boolean stands(JsonNode entry) {
    return !entry.hasNonNull("cancelled_at")
        && !entry.hasNonNull("archived_at")
        && !entry.hasNonNull("deleted_at")
        && !entry.path("did_not_arrive").asBoolean();
  }

  /** Waits until the calendar shows what the EMR has. */
  void shown() {
    awaits(() -> assertThat(blocked()).isEqualTo(taken()));
    settled();
  }

  /** Waits until nobody works on the calendar and nothing is due. */
  void settled() {
    awaits(
        () ->
            assertThat(
                    rows(
                        "SELECT * FROM bridge_mirrors WHERE claimed_until IS NOT NULL OR again OR due_at <= clock_timestamp()"))
                .isEmpty());
  }

  /** Compares the calendar with the diary once more. */
  void compare() {
    clinic.stage.bean(Mirror.class).work(clinic.id());
    settled();
  }

  /** As if the time until the next try were over. */
  void hasten() {
    settled();
    clinic.sql("UPDATE bridge_mirrors SET due_at = clock_timestamp() - interval '1 second'");
    clinic.sql("UPDATE bridge_blocks SET due_at = NULL WHERE due_at IS NOT NULL");
    clinic.stage.bean(Mirror.class).work(clinic.id());
    settled();
  }

  List<Map<String, Object>> rows(String sql) {
    return clinic
        .stage
        .bean(Tenancy.class)
        .inClinic(
            clinic.id(), () -> clinic.stage.bean(JdbcClient.class).sql(sql).query().listOfRows());
  }

  /** Calls to the sub-account's calendars after a mark, whatever they were answered. */
  List<LogEntry> calls(long mark) {
    return clinic.stage.sandbox().log().since(mark).stream()
        .filter(each -> each.account().equals(location.id()))
        .filter(each -> each.kind() != LogEntry.Kind.EDIT)
        .filter(each -> each.operation().contains("/calendars/"))
        .filter(each -> !each.operation().contains("/free-slots"))
        .toList();
  }

  long mark() {
    return clinic.stage.sandbox().log().lastSeq();
  }

  /** The codes of the clinic's open errors about calendars. */
  List<String> errors() {
    List<String> codes = new ArrayList<>();
    clinic
        .organisation
        .get(path("errors"))
        .body()
        .path("items")
        .forEach(
            each -> {
              if (each.path("area").asText().equals("calendars")) {
                codes.add(each.path("code").asText());
              }
            });
    return codes;
  }

  static void awaits(ThrowingRunnable assertion) {
    Awaitility.await().atMost(Duration.ofSeconds(40)).untilAsserted(assertion);
  }
}
