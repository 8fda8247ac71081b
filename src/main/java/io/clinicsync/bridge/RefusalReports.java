package io.clinicsync.bridge;

import io.clinicsync.booking.BookingAnswer.Offer;
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

  RefusalReports(
      GhlApi ghl, Calendars calendars, BridgedRows rows, PatientRecords records, Tenancy tenancy) {
    this.ghl = ghl;
    this.calendars = calendars;
    this.rows = rows;
    this.records = records;
    this.tenancy = tenancy;
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
    String contact = event.contactId();
    if (contact != null) {
      ghl.addTags(account, contact, List.of(TAG));
      Bridged mine = row.noted() ? null : rows.noting(row).orElse(null);
      if (mine != null) {
        ghl.addNote(account, contact, note(row, connection.zone()));
      }
    }
    rows.reported(row, after);
  }

  /** Makes the calendar say what the EMR has. The state it shows from now on. */
  private String corrected(Connection connection, GhlAccount account, Bridged row, GhlEvent event) {
    if (!GhlStates.isLive(row.ghlState()) || !calendars.cancelsRefused(connection.clinic())) {
      return row.ghlState();
    }
    Appointment standing = standing(connection, row.appointment());
    if (standing != null && standing.status().isLive()) {
      ghl.updateAppointment(account, event.id(), null, standing.startsAt(), standing.endsAt());
      return GhlStates.of(ghl.appointment(account, event.id()));
    }
    ghl.updateAppointment(account, event.id(), "cancelled", null, null);
    return GhlStates.CANCELLED;
  }

  private @Nullable Appointment standing(Connection connection, @Nullable String appointment) {
    if (appointment == null) {
      return null;
    }
    return tenancy.inClinic(
        connection.clinic(),
        () ->
            records
                .appointment(connection.clinic(), connection.id(), EmrRef.appointment(appointment))
                .orElse(null));
  }

  private static String note(Bridged row, ZoneId zone) {
    StringBuilder text =
        new StringBuilder("This appointment is not in the clinic's diary. ").append(row.says());
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

  /** Whether an answer is one GoHighLevel is told of. */
  static Stage next(HookAnswer answer) {
    return answer.status() >= 400 ? Stage.REPORTING : Stage.DONE;
  }
}
