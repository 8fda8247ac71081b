package io.clinicsync.bridge;

import io.clinicsync.booking.BookingRequests.OtherId;
import io.clinicsync.booking.Bookings;
import io.clinicsync.bridge.BridgedRows.Told;
import io.clinicsync.clinics.Connection;
import io.clinicsync.clinics.ConnectionState;
import io.clinicsync.clinics.Connections;
import io.clinicsync.clinics.Entitlements;
import io.clinicsync.clinics.Entitlements.Feature;
import io.clinicsync.clinics.GhlAccounts;
import io.clinicsync.ghl.GhlAccount;
import io.clinicsync.ghl.GhlApi;
import io.clinicsync.ghl.GhlEvent;
import io.clinicsync.tenancy.ClinicId;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Appointments that app webhooks speak of, or that a look at a calendar finds. Webhooks come for
 * every appointment of every calendar, so only two kinds are ours: one that was bridged or booked
 * before, and a new one in a calendar that says both practitioner and treatment. A calendar that
 * leaves one of them to the workflow is left to the workflow: acting first would refuse what the
 * workflow is about to complete. Blocked times are nobody's appointments, least of all those we
 * wrote.
 */
@Component
class AppAppointments {

  private final Connections connections;
  private final Entitlements entitlements;
  private final Calendars calendars;
  private final Bookings bookings;
  private final BridgedRows rows;
  private final BridgeWork work;
  private final Bringer bringer;
  private final HookCalls calls;
  private final BlockRows blocks;
  private final GhlAccounts accounts;
  private final GhlApi ghl;

  AppAppointments(
      Connections connections,
      Entitlements entitlements,
      Calendars calendars,
      Bookings bookings,
      BridgedRows rows,
      BridgeWork work,
      Bringer bringer,
      HookCalls calls,
      BlockRows blocks,
      GhlAccounts accounts,
      GhlApi ghl) {
    this.connections = connections;
    this.entitlements = entitlements;
    this.calendars = calendars;
    this.bookings = bookings;
    this.rows = rows;
    this.work = work;
    this.bringer = bringer;
    this.calls = calls;
    this.blocks = blocks;
    this.accounts = accounts;
    this.ghl = ghl;
  }

  /**
   * An appointment that was heard of.
   *
   * @param location the sub-account it is said to be in
   * @param calendar as it was told; null when it was not said
   * @param path how it was heard of, for the list of calls
   * @param signed whether GoHighLevel itself named the sub-account: what is not found there was
   *     removed. Otherwise only an appointment that it is known to have shown can be missing.
   */
  record Heard(
      ClinicId clinic,
      String location,
      String appointment,
      @Nullable String calendar,
      String path,
      boolean signed) {}

  /** The connections of a clinic that take bookings now. */
  List<Connection> booking(ClinicId clinic) {
    return connections.of(clinic).stream()
        .filter(each -> each.state() != ConnectionState.REVOKED)
        .filter(each -> entitlements.allows(clinic, each.id(), Feature.BOOKING))
        .toList();
  }

  /**
   * Brings an appointment into its EMR as GoHighLevel shows it now, by the same way as a workflow's
   * call. What it came to.
   *
   * @throws io.clinicsync.ghl.GhlException when GoHighLevel does not show it now; nothing was done
   */
  String bring(Heard told) {
    ClinicId clinic = told.clinic();
    String id = told.appointment();
    if (blocks.isOurs(clinic, id)) {
      return "own_block";
    }
    List<Connection> booking = booking(clinic);
    Connection bridged = booking.stream().filter(each -> isOurs(each, id)).findFirst().orElse(null);
    if (bridged == null && told.calendar() != null && mapped(booking, told.calendar()).isEmpty()) {
      return "not_mapped";
    }
    GhlAccount account = accounts.find(clinic).orElse(null);
    if (account == null || !account.locationId().equals(told.location())) {
      return "not_connected";
    }
    Optional<GhlEvent> event = ghl.appointment(account.urgent(true), id);
    if (bridged != null) {
      Bridged row = rows.find(clinic, bridged.id(), id).orElse(null);
      boolean canBeMissing =
          row == null || row.location() == null ? told.signed() : row.isOf(account);
      return event.isPresent() || canBeMissing
          ? brought(told, account, bridged, event)
          : "not_confirmed";
    }
    if (event.filter(each -> each.contactId() == null).isPresent()) {
      // A blocked time; ours, too, when it is told of before its making was answered.
      return "no_contact";
    }
    if (!GhlStates.isLive(GhlStates.of(event))) {
      return "nothing_to_do";
    }
    List<Connection> meant = mapped(booking, event.map(GhlEvent::calendarId).orElse(null));
    return switch (meant.size()) {
      case 0 -> "not_mapped";
      case 1 -> brought(told, account, meant.getFirst(), event);
      default -> noted(told, null, "needs_choice");
    };
  }

  /** Whether something of an appointment of GoHighLevel stands in an EMR, as far as we know. */
  boolean stands(ClinicId clinic, String id) {
    return booking(clinic).stream().anyMatch(each -> bringer.stands(each, id));
  }

  private boolean isOurs(Connection connection, String id) {
    return rows.find(connection.clinic(), connection.id(), id).isPresent()
        || bookings.known(connection, new OtherId(OtherId.Of.GHL, id)).isPresent();
  }

  private List<Connection> mapped(List<Connection> booking, @Nullable String calendar) {
    return booking.stream()
        .filter(
            each ->
                calendars
                    .find(each.clinic(), each.id(), calendar)
                    .filter(Calendars.Meaning::isWhole)
                    .isPresent())
        .toList();
  }

  private String brought(
      Heard told, GhlAccount account, Connection connection, Optional<GhlEvent> event) {
    ClinicId clinic = connection.clinic();
    String id = told.appointment();
    // What a workflow chose for it stands.
    Choice choice = rows.find(clinic, connection.id(), id).map(Bridged::choice).orElse(Choice.NONE);
    Shown shown = Shown.of(account, event);
    if (told.signed()) {
      shown = shown.in(told.location());
    }
    return switch (rows.tell(connection, id, shown, choice)) {
      case Told.Ours(Bridged row) -> noted(told, connection, work.work(connection, row).code());
      case Told.Before before -> "known";
      // Whoever works on it looks once more when they are through.
      case Told.Theirs theirs -> "of_another_connection";
      case Told.Elsewhere elsewhere -> "in_progress";
    };
  }

  private String noted(Heard told, @Nullable Connection connection, String code) {
    calls.add(
        told.clinic(),
        told.path(),
        connection == null ? null : connection.id(),
        told.appointment(),
        code);
    return code;
  }
}
