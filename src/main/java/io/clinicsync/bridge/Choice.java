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

  private static final String[] PRACTITIONER = {
    "staff_member",
    "practitionerName",
    "clinicianEmail",
    "consultantEmail",
    "practitioner",
    "practitionerEmail",
    "practitionerId",
    "clinician",
    "provider",
    "therapist"
  };
  private static final String[] TREATMENT = {
    "treatment_name",
    "appt_type_name",
    "serviceCode",
    "serviceName",
    "treatment",
    "treatmentId",
    "appointment_type",
    "service",
    "appt_type"
  };
  private static final String[] SITE = {
    "clinic_location_name",
    "business_name",
    "locationName",
    "officeName",
    "site",
    "siteName",
    "clinicLocation",
    "business",
    "office"
  };
  private static final String[] ROOM = {"roomName", "room"};
  private static final String[] MINUTES = {"appt_type_duration", "apptDuration", "duration"};

  static Choice of(HookBody body) {
    return new Choice(
        first(body, 4, PRACTITIONER),
        first(body, 4, TREATMENT),
        first(body, 1, "appt_type_category"),
        first(body, 4, SITE),
        first(body, 1, ROOM),
        minutes(first(body, 2, MINUTES)));
  }

  /**
   * @param documented how many of the names, from the first, are an EMR's documented ones: they
   *     count at the root of any body
   */
  private static @Nullable String first(HookBody body, int documented, String... names) {
    for (int number = 0; number < documented; number++) {
      String found = body.text("customData." + names[number], names[number]).orElse(null);
      if (found != null && found.length() <= LONGEST) {
        return found;
      }
    }
    return body.chosen(names).filter(found -> found.length() <= LONGEST).orElse(null);
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
