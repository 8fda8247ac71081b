package io.clinicsync.story;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a patient's contact must hold, worked out from the simulator's own truth by the written
 * rules, without a line of the application. A key with an empty text must be absent or empty.
 */
final class ClinikoTruth {

  private static final Map<Integer, String> REASONS =
      Map.of(
          10,
          "feeling better",
          20,
          "condition worse",
          30,
          "sick",
          31,
          "covid-19 related",
          40,
          "away",
          50,
          "other",
          60,
          "work");

  private final Instant now;
  private final ZoneId zone;
  private final Map<String, String> practitioners = new HashMap<>();
  private final Map<String, String> businesses = new HashMap<>();
  private final Map<String, String> types = new HashMap<>();
  private final Map<String, List<Visit>> visits = new HashMap<>();
  private final Map<String, List<JsonNode>> invoices = new HashMap<>();
  private final List<JsonNode> patients = new ArrayList<>();

  private record Visit(
      Instant start,
      boolean cancelled,
      Instant cancelledAt,
      String reason,
      Boolean arrived,
      String practitioner,
      String business,
      String type) {

    boolean live() {
      return !cancelled && arrived == null;
    }
  }

  ClinikoTruth(JsonNode truth, Instant now, ZoneId zone) {
    this.now = now;
    this.zone = zone;
    truth
        .path("practitioners")
        .forEach(p -> practitioners.put(id(p), firstOf(p, "display_name", "label")));
    truth
        .path("businesses")
        .forEach(b -> businesses.put(id(b), firstOf(b, "display_name", "business_name", "label")));
    truth.path("appointment_types").forEach(t -> types.put(id(t), t.path("name").asText()));
    Map<String, JsonNode> attendeesOf = new HashMap<>();
    Map<String, JsonNode> groups = new HashMap<>();
    truth.path("group_appointments").forEach(g -> groups.put(id(g), g));
    truth
        .path("attendees")
        .forEach(
            a -> {
              String booking = ref(a, "booking");
              JsonNode group = groups.get(booking);
              if (group == null) {
                attendeesOf.put(booking, a);
              } else if (stands(a) && stands(group)) {
                visits
                    .computeIfAbsent(ref(a, "patient"), key -> new ArrayList<>())
                    .add(visit(group, a, bool(a, "arrived")));
              }
            });
    truth
        .path("individual_appointments")
        .forEach(
            a -> {
              if (stands(a)) {
                JsonNode attendee = attendeesOf.get(id(a));
                Boolean arrived = attendee == null ? null : bool(attendee, "arrived");
                visits
                    .computeIfAbsent(ref(a, "patient"), key -> new ArrayList<>())
                    .add(visit(a, a, arrived));
              }
            });
    truth
        .path("invoices")
        .forEach(
            i -> {
              if (stands(i)) {
                invoices.computeIfAbsent(ref(i, "patient"), key -> new ArrayList<>()).add(i);
              }
            });
    truth.path("patients").forEach(patients::add);
  }

  /** Patients that must have a contact. */
  List<JsonNode> standingPatients() {
    return patients.stream()
        .filter(ClinikoTruth::stands)
        .filter(p -> p.path("merged_at").isNull() || p.path("merged_at").isMissingNode())
        .toList();
  }

  int patientCount() {
    return patients.size();
  }

  /** The expected values of the incumbent's keys, addresses apart. */
  Map<String, Object> expected(JsonNode patient) {
    Map<String, Object> values = new TreeMap<>();
    String id = id(patient);
    values.put("patient_id", id);
    values.put("firstName", text(patient, "first_name"));
    values.put("lastName", text(patient, "last_name"));
    values.put("dateOfBirth", text(patient, "date_of_birth"));
    values.put("city", text(patient, "city"));
    values.put("state", text(patient, "state"));
    values.put("accepted_email_marketing", yesNo(bool(patient, "accepted_email_marketing")));
    values.put("accepted_sms_marketing", yesNo(bool(patient, "accepted_sms_marketing")));
    List<Visit> diary = visits.getOrDefault(id, List.of());
    upcoming(values, diary);
    last(values, diary);
    values.put(
        "upcoming_appointment_counts",
        BigDecimal.valueOf(diary.stream().filter(v -> v.live() && v.start().isAfter(now)).count()));
    values.put(
        "total_number_of_appointments",
        BigDecimal.valueOf(
            diary.stream().filter(v -> !v.cancelled() && !v.start().isAfter(now)).count()));
    BigDecimal spent = BigDecimal.ZERO;
    BigDecimal thisMonth = BigDecimal.ZERO;
    for (JsonNode invoice : invoices.getOrDefault(id, List.of())) {
      if (invoice.path("status").asInt() == 20) {
        BigDecimal total = new BigDecimal(invoice.path("total_amount").asText());
        spent = spent.add(total);
        String closed = text(invoice, "closed_at");
        if (!closed.isEmpty()
            && YearMonth.from(Instant.parse(closed).atZone(zone))
                .equals(YearMonth.from(now.atZone(zone)))) {
          thisMonth = thisMonth.add(total);
        }
      }
    }
    values.put("total_amount_spent", spent);
    values.put("total_amount_spent_this_month", thisMonth);
    return values;
  }

  private void upcoming(Map<String, Object> values, List<Visit> diary) {
    Optional<Visit> live =
        diary.stream()
            .filter(v -> v.live() && v.start().isAfter(now))
            .min(Comparator.comparing(Visit::start));
    Optional<Visit> one =
        live.or(
            () ->
                diary.stream()
                    .filter(v -> v.cancelled() && v.start().isAfter(now))
                    .max(
                        Comparator.comparing(Visit::cancelledAt)
                            // Cancelled in one go: the earliest one is what the patient thinks of.
                            .thenComparing(Visit::start, Comparator.reverseOrder())));
    values.put("upcoming_appointment_start_time", one.map(v -> v.start().toString()).orElse(""));
    values.put(
        "upcoming_appointment_practitioner_name",
        one.map(v -> practitioners.get(v.practitioner())).orElse(""));
    values.put(
        "upcoming_appointment_business_name",
        one.map(v -> businesses.get(v.business())).orElse(""));
    values.put("upcoming_appointment_type", one.map(v -> types.get(v.type())).orElse(""));
    values.put("upcoming_appointment_name", one.map(v -> types.get(v.type())).orElse(""));
    values.put(
        "upcoming_appointment_cancelled_at",
        one.filter(Visit::cancelled).map(v -> v.cancelledAt().toString()).orElse(""));
    values.put(
        "upcoming_appointment_cancellation_reason",
        one.filter(Visit::cancelled).map(Visit::reason).orElse(""));
    values.put(
        "upcoming_appointment_reminder_start_time",
        live.map(v -> v.start().minus(Duration.ofMinutes(30)).toString()).orElse(""));
  }

  private void last(Map<String, Object> values, List<Visit> diary) {
    Optional<Visit> one =
        diary.stream()
            .filter(v -> !v.live() && !v.start().isAfter(now))
            .max(Comparator.comparing(Visit::start));
    values.put("last_appointment_start_time", one.map(v -> v.start().toString()).orElse(""));
    values.put(
        "last_appointment_practitioner_name",
        one.map(v -> practitioners.get(v.practitioner())).orElse(""));
    values.put(
        "last_appointment_business_name", one.map(v -> businesses.get(v.business())).orElse(""));
    values.put("last_appointment_type", one.map(v -> types.get(v.type())).orElse(""));
    values.put("last_appointment_name", one.map(v -> types.get(v.type())).orElse(""));
    values.put(
        "last_appointment_did_not_arrive",
        one.map(v -> !v.cancelled() && Boolean.FALSE.equals(v.arrived()) ? "Yes" : "No")
            .orElse(""));
    values.put(
        "last_appointment_cancelled_at",
        one.filter(Visit::cancelled).map(v -> v.cancelledAt().toString()).orElse(""));
    values.put(
        "last_appointment_cancellation_reason",
        one.filter(Visit::cancelled).map(Visit::reason).orElse(""));
  }

  private static Visit visit(JsonNode booking, JsonNode person, Boolean arrived) {
    String cancelledAt = text(person, "cancelled_at");
    JsonNode code = person.path("cancellation_reason");
    return new Visit(
        Instant.parse(booking.path("starts_at").asText()),
        !cancelledAt.isEmpty(),
        cancelledAt.isEmpty() ? null : Instant.parse(cancelledAt),
        code.isNumber() ? REASONS.get(code.asInt()) : "",
        arrived,
        ref(booking, "practitioner"),
        ref(booking, "business"),
        ref(booking, "appointment_type"));
  }

  static boolean stands(JsonNode row) {
    return text(row, "archived_at").isEmpty() && text(row, "deleted_at").isEmpty();
  }

  static String id(JsonNode row) {
    return row.path("id").asText();
  }

  static String text(JsonNode row, String member) {
    JsonNode value = row.path(member);
    return value.isTextual() ? value.asText() : "";
  }

  private static String firstOf(JsonNode row, String... members) {
    for (String member : members) {
      if (!text(row, member).isBlank()) {
        return text(row, member);
      }
    }
    return "";
  }

  private static Boolean bool(JsonNode row, String member) {
    JsonNode value = row.path(member);
    return value.isBoolean() ? value.asBoolean() : null;
  }

  private static String yesNo(Boolean value) {
    return value == null ? "" : value ? "Yes" : "No";
  }

  private static String ref(JsonNode row, String member) {
    String self = row.path(member).path("links").path("self").asText("");
    return self.substring(self.lastIndexOf('/') + 1);
  }
}
