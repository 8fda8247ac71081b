package io.clinicsync.compat.web;

import io.clinicsync.booking.BookingRequests.OtherId;
import io.clinicsync.booking.BookingRequests.Who;
import io.clinicsync.booking.WallTimes;
import io.clinicsync.bridge.GhlTimes;
import io.clinicsync.bridge.HookBody;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads the fields of one call and remembers all that are missing or wrong, so that its caller
 * hears of them at once. What is read may be used after {@link #complete} only.
 */
final class Fields {

  private static final int LONGEST_NAME = 200;

  private final HookBody body;
  private final ZoneId usual;
  private final List<String> missing = new ArrayList<>();
  private final List<String> wrong = new ArrayList<>();
  private final List<String> sentences = new ArrayList<>();

  /**
   * A call's fields.
   *
   * @param usual the zone of wall times where the call names none
   */
  Fields(HookBody body, ZoneId usual) {
    this.body = body;
    this.usual = usual;
  }

  /** The first of these that is filled in; the first path is what a refusal names. */
  String required(String... paths) {
    Optional<String> found = text(paths);
    if (found.isEmpty()) {
      missing.add(paths[0]);
    }
    return found.orElse("");
  }

  @Nullable String optional(String... paths) {
    return text(paths).orElse(null);
  }

  private Optional<String> text(String... paths) {
    Optional<String> found = body.text(paths);
    if (found.isPresent() && found.get().length() > LONGEST_NAME) {
      wrong(paths[0], "is longer than " + LONGEST_NAME + " characters");
      return Optional.empty();
    }
    return found;
  }

  boolean flag(String... paths) {
    return body.flag(paths);
  }

  /** Free text of the caller, for the diary. */
  @Nullable String note(String... paths) {
    return body.text(paths)
        .map(text -> text.length() > 500 ? text.substring(0, 500) : text)
        .orElse(null);
  }

  /** A moment that must be given; in {@code calendar.selectedTimezone} where it has no offset. */
  Instant time(String... paths) {
    String given = required(paths);
    return given.isEmpty() ? Instant.EPOCH : moment(paths[0], given);
  }

  @Nullable Instant optionalTime(String... paths) {
    return text(paths).map(given -> moment(paths[0], given)).orElse(null);
  }

  private Instant moment(String field, String given) {
    try {
      return GhlTimes.moment(given, this::zone);
    } catch (WallTimes.NotAMoment notOne) {
      wrong(field, String.valueOf(notOne.getMessage()));
      return Instant.EPOCH;
    }
  }

  /** The zone the call names; one it cannot mean is a refusal only where it is needed. */
  private ZoneId zone() {
    String named = body.text("calendar.selectedTimezone", "selectedTimezone").orElse(null);
    if (named == null) {
      return usual;
    }
    try {
      return ZoneId.of(named);
    } catch (DateTimeException unknown) {
      wrong("calendar.selectedTimezone", "is no time zone such as Australia/Sydney");
      return usual;
    }
  }

  /** Whole minutes; null when not given. */
  @Nullable Duration minutes(String... paths) {
    String given = text(paths).orElse(null);
    if (given == null) {
      return null;
    }
    if (!given.matches("[1-9][0-9]{0,3}")) {
      wrong(paths[0], "must be whole minutes");
      return null;
    }
    return Duration.ofMinutes(Integer.parseInt(given));
  }

  /** A day; null when not given. */
  @Nullable LocalDate day(String... paths) {
    String given = text(paths).orElse(null);
    if (given == null) {
      return null;
    }
    LocalDate day = GhlTimes.day(given).orElse(null);
    if (day == null || day.isAfter(LocalDate.now(usual)) || day.getYear() < 1880) {
      wrong(paths[0], "must be a date of birth such as 1990-01-31");
      return null;
    }
    return day;
  }

  /** The person an appointment is for; these routes register whom the EMR does not have. */
  Who who(String first, String last, String email, String phone, String birth) {
    String mail = optional(email, "email");
    if (mail != null && !mail.matches("[^@\\s]+@[^@\\s]+")) {
      wrong(email, "must be an e-mail address");
    }
    String number = optional(phone, "phone", "mobile");
    String firstName = required(first, "first_name", "firstName");
    String lastName = required(last, "last_name", "lastName");
    if (mail == null && number == null) {
      missing.add(email);
    }
    LocalDate born = day(birth, "date_of_birth", "dateOfBirth");
    return new Who(null, firstName, lastName, born, mail, number, true);
  }

  /** How the caller knows the appointment; null when it does not say. */
  @Nullable OtherId otherId(String... paths) {
    String given = optional(paths);
    return given == null ? null : new OtherId(OtherId.Of.CALLER, given);
  }

  void wrong(String field, String says) {
    wrong.add(field);
    sentences.add("The field " + field + " " + says + ".");
  }

  /**
   * Everything that had to be given is.
   *
   * @throws RouteRefused 400 for what is missing, 422 for what is wrong
   */
  void complete() {
    if (!missing.isEmpty()) {
      throw RouteRefused.fields(
          400, missing, "Required fields are missing: " + String.join(", ", missing) + ".");
    }
    if (!wrong.isEmpty()) {
      throw RouteRefused.fields(422, wrong, String.join(" ", sentences));
    }
  }
}
