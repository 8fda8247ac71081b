package io.clinicsync.bridge;

import io.clinicsync.booking.BookingAnswer.Offer;
import io.clinicsync.booking.BookingRequests.OtherId;
import io.clinicsync.booking.Bookings;
import io.clinicsync.bridge.Bridged.Stage;
import io.clinicsync.canonical.Appointment;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.clinics.Connection;
import io.clinicsync.ghl.GhlAccount;
import io.clinicsync.ghl.GhlApi;
import io.clinicsync.ghl.GhlEvent;
import io.clinicsync.ghl.GhlException;
import io.clinicsync.records.PatientRecords;
import io.clinicsync.tenancy.Tenancy;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Tells GoHighLevel that the EMR refused one of its appointments: the appointment is cancelled
 * there, or stands where the EMR has it, and the contact gets a tag and a note with the reason and
 * other times. No automation is started by it, and its echo is known by the state we leave behind.
 */
@Component
class RefusalReports {

  /** The tag workflows can react to. */
  static final String TAG = "booking-refused";

  private static final DateTimeFormatter SPOKEN =
      DateTimeFormatter.ofPattern("EEE d MMM uuuu, h:mm a", Locale.ENGLISH);

  private final GhlApi ghl;
  private final Calendars calendars;
  private final BridgedRows rows;
  private final PatientRecords records;
  private final Tenancy tenancy;
  private final Bookings bookings;

  RefusalReports(
      GhlApi ghl,
      Calendars calendars,
      BridgedRows rows,
      PatientRecords records,
      Tenancy tenancy,
      Bookings bookings) {
    this.ghl = ghl;
    this.calendars = calendars;
    this.rows = rows;
    this.records = records;
    this.tenancy = tenancy;
    this.bookings = bookings;
  }

  /**
   * Tells it; done again it changes nothing more.
   *
   * @param row REPORTING
   * @throws GhlException when GoHighLevel does not take it now
   */
  void report(Connection connection, GhlAccount account, Bridged row) {
    GhlEvent event = ghl.appointment(account, row.ghlAppointment()).orElse(null);
    if (event == null || !GhlStates.of(Optional.of(event)).equals(row.ghlState())) {
      // It was changed meanwhile; what is there now is judged by itself.
      rows.reported(row, row.ghlState());
      return;
    }
    String after = corrected(connection, account, row, event);
    Bridged told = rows.corrected(row, after).orElse(null);
    if (told == null) {
      return;
    }
    String contact = event.contactId();
    if (contact != null) {
      ghl.addTags(account, contact, List.of(TAG));
      Bridged mine = told.noted() ? null : rows.noting(told).orElse(null);
      if (mine != null) {
        ghl.addNote(account, contact, note(row, standing(connection, row), connection.zone()));
      }
    }
    rows.reported(told, after);
  }

  /** Makes the calendar say what the EMR has. The state it shows from now on. */
  private String corrected(Connection connection, GhlAccount account, Bridged row, GhlEvent event) {
    if (!GhlStates.isLive(row.ghlState()) || !calendars.cancelsRefused(connection.clinic())) {
      return row.ghlState();
    }
    Appointment standing = standing(connection, row);
    if (standing != null) {
      ghl.updateAppointment(account, event.id(), null, standing.startsAt(), standing.endsAt());
      return GhlStates.of(ghl.appointment(account, event.id()));
    }
    ghl.updateAppointment(account, event.id(), "cancelled", null, null);
    return GhlStates.CANCELLED;
  }

  /** What the EMR has of it now, as far as we know; null when nothing that is live. */
  private @Nullable Appointment standing(Connection connection, Bridged row) {
    return bookings
        .known(connection, new OtherId(OtherId.Of.GHL, row.ghlAppointment()))
        .flatMap(
            id ->
                tenancy.inClinic(
                    connection.clinic(),
                    () ->
                        records.appointment(
                            connection.clinic(), connection.id(), EmrRef.appointment(id))))
        .filter(each -> each.status().isLive() && each.removedAt() == null)
        .orElse(null);
  }

  private static String note(Bridged row, @Nullable Appointment standing, ZoneId zone) {
    StringBuilder text =
        new StringBuilder(
                standing == null
                    ? "This appointment is not in the clinic's diary. "
                    : "The clinic's diary keeps this appointment on "
                        + spoken(standing.startsAt(), zone)
                        + ". ")
            .append(row.says());
    List<Offer> others = row.alternatives();
    if (!others.isEmpty()) {
      text.append(" Free instead:");
      for (Offer each : others) {
        text.append(' ').append(spoken(each.startsAt(), zone)).append(';');
      }
      text.setLength(text.length() - 1);
      text.append('.');
    }
    return text.toString();
  }

  private static String spoken(Instant moment, ZoneId zone) {
    return SPOKEN.format(moment.atZone(zone));
  }

  /**
   * Whether the EMR or the clinic's rules refused it. What is missing or unclear is no judgement:
   * whoever told of it may tell it better.
   */
  static boolean isOfTheEmr(HookAnswer answer) {
    return switch (answer.code()) {
      case "slot_taken",
          "class_full",
          "no_availability",
          "policy_blocked",
          "late_cancel",
          "failed",
          "emr_unavailable" ->
          true;
      default -> false;
    };
  }

  /** Whether an answer is one GoHighLevel is told of. */
  static Stage next(HookAnswer answer) {
    return answer.status() >= 400 && isOfTheEmr(answer) ? Stage.REPORTING : Stage.DONE;
  }
}
