package io.clinicsync.load;

import static io.gatling.javaapi.core.CoreDsl.StringBody;
import static io.gatling.javaapi.core.CoreDsl.exec;
import static io.gatling.javaapi.http.HttpDsl.http;
import static io.gatling.javaapi.http.HttpDsl.status;

import io.gatling.javaapi.core.ChainBuilder;
import io.gatling.javaapi.core.Session;
import io.gatling.javaapi.http.HttpRequestActionBuilder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** What one caller does once. */
final class Calls {

  private static final int QUESTION_DAYS = 7;
  private static final int WEEKS = 50;

  private final Plan plan;
  private final Results results;
  private final Map<String, AtomicLong> given = new ConcurrentHashMap<>();

  Calls(Plan plan, Results results) {
    this.plan = plan;
    this.results = results;
  }

  /** The calls of a group; its answers are counted under the label. */
  ChainBuilder of(Plan.Group group, String label) {
    AtomicLong turn = new AtomicLong();
    ChainBuilder work =
        switch (group.kind()) {
          case BOOK -> exec(book());
          case BOOK_DIRECTLY -> exec(diary()).exec(write()).exec(diary());
          case FIND_TIMES -> exec(find());
          case FIND_TIMES_DIRECTLY -> exec(times());
        };
    return exec(session ->
            prepared(
                session,
                plan.clinic(
                    group.clinics().get((int) (turn.getAndIncrement() % group.clinics().size())))))
        .exec(work)
        .exec(session -> noted(session, label));
  }

  private Session prepared(Session session, Plan.Clinic clinic) {
    long number =
        given.computeIfAbsent(clinic.name(), key -> new AtomicLong()).getAndIncrement();
    Plan.Offer offer = clinic.offers().get((int) (number % clinic.offers().size()));
    Plan.Person person = clinic.people().get((int) (number % clinic.people().size()));
    long hour = clinic.firstHour() + number / clinic.offers().size();
    Instant start = Instant.ofEpochSecond(hour * 3600);
    String basic =
        Base64.getEncoder()
            .encodeToString((clinic.vendorKey() + ":").getBytes(StandardCharsets.UTF_8));
    long week = number / clinic.offers().size() % WEEKS;
    Instant from = Instant.ofEpochSecond((clinic.firstHour() + week * 24 * QUESTION_DAYS) * 3600);
    return session.setAll(
        Map.ofEntries(
            Map.entry("key", clinic.key()),
            Map.entry("basic", basic),
            Map.entry("idempotency", UUID.randomUUID().toString()),
            Map.entry("patient", person.id()),
            Map.entry("firstName", person.firstName()),
            Map.entry("lastName", person.lastName()),
            Map.entry("email", person.email()),
            Map.entry("practitioner", offer.practitioner()),
            Map.entry("treatment", offer.treatment()),
            Map.entry("site", offer.site()),
            Map.entry("start", start.toString()),
            Map.entry("end", start.plusSeconds(offer.minutes() * 60L).toString()),
            Map.entry("day", day(from)),
            Map.entry("lastDay", day(from.plusSeconds((QUESTION_DAYS - 1L) * 86_400))),
            Map.entry("dayAfter", day(from.plusSeconds(QUESTION_DAYS * 86_400L))),
            Map.entry("answered", "nothing"),
            Map.entry("began", System.nanoTime())));
  }

  private static String day(Instant moment) {
    return moment.atOffset(ZoneOffset.UTC).toLocalDate().toString();
  }

  private Session noted(Session session, String label) {
    long ended = System.nanoTime();
    String wrong = session.isFailed() ? String.valueOf((Object) session.get("answered")) : null;
    results.add(label, session.getLong("began"), ended, wrong);
    return session.markAsSucceeded();
  }

  private HttpRequestActionBuilder book() {
    return http("book")
        .post(plan.application() + "/api/v1/bookings")
        .header("x-api-key", "#{key}")
        .header("Idempotency-Key", "#{idempotency}")
        .header("Content-Type", "application/json")
        .body(
            StringBody(
                """
                {"patient": {"first_name": "#{firstName}", "last_name": "#{lastName}", "email": "#{email}"},
                 "practitioner": "#{practitioner}", "treatment": "#{treatment}", "site": "#{site}", "starts_at": "#{start}"}"""))
        .check(status().saveAs("answered"), status().is(201));
  }

  private HttpRequestActionBuilder diary() {
    return http("diary")
        .get(plan.vendor() + "/v1/bookings")
        .queryParam("per_page", "100")
        .queryParam("q[]", "practitioner_id:=#{practitioner}")
        .queryParam("q[]", "starts_at:<#{end}")
        .queryParam("q[]", "ends_at:>#{start}")
        .header("Authorization", "Basic #{basic}")
        .header("User-Agent", "Load (load@example.org)")
        .header("Accept", "application/json")
        .check(status().saveAs("answered"), status().is(200));
  }

  private HttpRequestActionBuilder write() {
    return http("write")
        .post(plan.vendor() + "/v1/individual_appointments")
        .header("Authorization", "Basic #{basic}")
        .header("User-Agent", "Load (load@example.org)")
        .header("Accept", "application/json")
        .header("Content-Type", "application/json")
        .body(
            StringBody(
                """
                {"starts_at": "#{start}", "ends_at": "#{end}", "patient_id": "#{patient}", "practitioner_id": "#{practitioner}",
                 "appointment_type_id": "#{treatment}", "business_id": "#{site}", "notes": "directly"}"""))
        .check(status().saveAs("answered"), status().is(201));
  }

  private HttpRequestActionBuilder find() {
    return http("find times")
        .get(plan.application() + "/api/v1/availability")
        .queryParam("treatment", "#{treatment}")
        .queryParam("practitioner", "#{practitioner}")
        .queryParam("site", "#{site}")
        .queryParam("from", "#{day}T00:00")
        .queryParam("to", "#{dayAfter}T00:00")
        .header("x-api-key", "#{key}")
        .check(status().saveAs("answered"), status().is(200));
  }

  private HttpRequestActionBuilder times() {
    return http("times")
        .get(
            plan.vendor()
                + "/v1/businesses/#{site}/practitioners/#{practitioner}/appointment_types/#{treatment}/available_times")
        .queryParam("from", "#{day}")
        .queryParam("to", "#{lastDay}")
        .queryParam("per_page", "100")
        .header("Authorization", "Basic #{basic}")
        .header("User-Agent", "Load (load@example.org)")
        .header("Accept", "application/json")
        .check(status().saveAs("answered"), status().is(200));
  }
}
