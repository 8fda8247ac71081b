package io.clinicsync.sandbox.cliniko;

import io.clinicsync.sandbox.server.JsonOut;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;

/** {@code /settings} and {@code /settings/public}. */
final class Settings {

  static String json(ClinikoAccount account, boolean whole) {
    OnlineBooking online = account.online();
    JsonOut out = new JsonOut(2048).open().name("account").open();
    out.member("id", id(account)).member("name", "Clinic " + account.name());
    out.member("country", "Australia").member("country_code", "AU").member("currency_symbol", "$");
    out.member("subdomain", account.name().toLowerCase(java.util.Locale.ROOT))
        .member("has_time_travelers", true);
    out.member("time_zone_support", true);
    if (whole) {
      out.member("email_from", "clinic@clinic.example.com")
          .member("first_name", "Integration")
          .member("last_name", "User");
    }
    out.close();
    out.member(
        "calendar",
        Map.of(
            "start_hour",
            7,
            "end_hour",
            20,
            "timeslot_size_in_minutes",
            15,
            "multiple_appointments_gap",
            true));
    out.member("email", Map.of("patient_accept_email_marketing_by_default", false));
    out.member(
        "online_bookings",
        Map.of(
            "enabled", online.enabled(),
            "allow_bookings_days_in_advance", online.horizonDays(),
            "min_hours_advance_required_to_book", online.noticeHours(),
            "max_appointments_per_day_segment", online.startsPerSegment(),
            "min_hours_notice_for_patient_cancellation", 24,
            "show_prices", true,
            "show_appointment_duration", true));
    out.member("online_payments", Map.of("activated", false));
    out.member("patient_custom_fields_definition", Map.of("sections", List.of()));
    out.member("reminders", Map.of("default_reminder_type", "SMS & Email"));
    out.member(
        "sms", Map.of("patient_accept_sms_marketing_by_default", false, "replies_supported", true));
    out.member("terminology", Map.of("patient", "patient", "titles", List.of("Mr", "Ms", "Dr")));
    return out.close().toString();
  }

  /** One id per account, the same after a restart. */
  private static String id(ClinikoAccount account) {
    CRC32 sum = new CRC32();
    sum.update(account.name().getBytes(StandardCharsets.UTF_8));
    return Long.toString(71_234_000_000_000_000L + sum.getValue());
  }

  private Settings() {}
}
