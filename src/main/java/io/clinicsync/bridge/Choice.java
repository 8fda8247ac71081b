package io.clinicsync.bridge;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a workflow chooses for an appointment that is yet to be booked, by the names builders know
 * from their EMR's documentation. All may be null.
 */
record Choice(
    @Nullable String practitioner,
    @Nullable String treatment,
    @Nullable String category,
    @Nullable String site,
    @Nullable String room,
    @Nullable Integer minutes) {

  static final Choice NONE = new Choice(null, null, null, null, null, null);
  private static final int LONGEST = 200;

  static Choice of(HookBody body) {
    return new Choice(
        first(body, "staff_member", "practitionerName", "clinicianEmail", "consultantEmail"),
        first(body, "treatment_name", "appt_type_name", "serviceCode", "serviceName"),
        first(body, "appt_type_category"),
        first(body, "clinic_location_name", "business_name", "locationName", "officeName"),
        first(body, "roomName"),
        minutes(first(body, "appt_type_duration", "apptDuration")));
  }

  private static @Nullable String first(HookBody body, String... names) {
    for (String name : names) {
      String found = body.text("customData." + name, name).orElse(null);
      if (found != null && found.length() <= LONGEST) {
        return found;
      }
    }
    return null;
  }

  private static @Nullable Integer minutes(@Nullable String text) {
    return text != null && text.matches("[1-9][0-9]{0,3}") ? Integer.valueOf(text) : null;
  }

  @Nullable Duration length() {
    return minutes == null ? null : Duration.ofMinutes(minutes);
  }

  /** What a calendar stands for wins over what a workflow chooses. */
  Choice under(Calendars.Meaning calendar) {
    return new Choice(
        calendar.practitioner() == null ? practitioner : calendar.practitioner(),
        calendar.treatment() == null ? treatment : calendar.treatment(),
        calendar.treatment() == null ? category : null,
        calendar.site() == null ? site : calendar.site(),
        calendar.room() == null ? room : calendar.room(),
        minutes);
  }
}
