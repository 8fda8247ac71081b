package io.clinicsync.bridge;

import io.clinicsync.bridge.AppAppointments.Heard;
import io.clinicsync.bridge.LookRows.Found;
import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.clinics.Connection;
import io.clinicsync.clinics.GhlAccounts;
import io.clinicsync.ghl.GhlAccount;
import io.clinicsync.ghl.GhlApi;
import io.clinicsync.ghl.GhlEvent;
import io.clinicsync.ghl.GhlException;
import io.clinicsync.tenancy.ClinicId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Looks at the calendars that are mapped with both practitioner and treatment, for what no webhook
 * told of: GoHighLevel does not promise to deliver them. What differs from what was acted on goes
 * the way of a webhook; what does not costs one call a calendar and writes nothing.
 */
@Component
class CalendarLooks {

  /** How far ahead; a later appointment is found when it comes nearer. */
  static final Duration AHEAD = Duration.ofDays(60);

  private static final Logger log = LoggerFactory.getLogger(CalendarLooks.class);

  /** So many appointments may be missing from a calendar at once, or a fifth of all it had. */
  private static final int MOST_MISSING = 5;

  private static final String PATH = "calendar";
  private static final String GHL_ID = "[A-Za-z0-9_-]{1,64}";

  private final Calendars calendars;
  private final AppAppointments appointments;
  private final LookRows rows;
  private final EmptiedCalendars emptied;
  private final GhlAccounts accounts;
  private final GhlApi ghl;
  private final Clock clock;

  CalendarLooks(
      Calendars calendars,
      AppAppointments appointments,
      LookRows rows,
      EmptiedCalendars emptied,
      GhlAccounts accounts,
      GhlApi ghl,
      Clock clock) {
    this.calendars = calendars;
    this.appointments = appointments;
    this.rows = rows;
    this.emptied = emptied;
    this.accounts = accounts;
    this.ghl = ghl;
    this.clock = clock;
  }

  /** Looks at all mapped calendars of a clinic, from the share of the quota that syncs have. */
  void look(ClinicId clinic) {
    GhlAccount account = accounts.find(clinic).orElse(null);
    Set<ConnectionId> booking = account == null ? Set.of() : booking(clinic);
    emptied.endOthers(clinic, booking);
    if (account == null) {
      return;
    }
    for (Map.Entry<String, Instant> calendar : mapped(clinic, booking).entrySet()) {
      try {
        look(new Place(clinic, booking, account, calendar.getKey()), calendar.getValue());
      } catch (GhlException refused) {
        log.warn("a calendar of clinic {} could not be looked at: {}", clinic, refused.kind());
        boolean ofThisCalendar =
            refused.kind() == GhlException.Kind.NOT_FOUND
                || refused.kind() == GhlException.Kind.INVALID
                || refused.kind() == GhlException.Kind.CONTRACT_BROKEN;
        if (!ofThisCalendar) {
          return; // the next look finds the same
        }
      }
    }
  }

  /** The connections that take bookings now. */
  private Set<ConnectionId> booking(ClinicId clinic) {
    return appointments.booking(clinic).stream().map(Connection::id).collect(Collectors.toSet());
  }

  /** Calendars by id, and since when they are mapped for one of these connections. */
  private Map<String, Instant> mapped(ClinicId clinic, Set<ConnectionId> booking) {
    Map<String, Instant> since = new TreeMap<>();
    for (Calendars.Mapped each : calendars.mapped(clinic)) {
      if (booking.contains(each.connection())) {
        since.merge(
            each.calendar(), each.mappedAt(), (one, other) -> one.isBefore(other) ? one : other);
      }
    }
    return since;
  }

  /** Where is looked, and for which connections. */
  private record Place(
      ClinicId clinic, Set<ConnectionId> booking, GhlAccount account, String calendar) {}

  private void look(Place place, Instant since) {
    ClinicId clinic = place.clinic();
    GhlAccount account = place.account();
    String calendar = place.calendar();
    Instant now = clock.instant();
    Instant until = now.plus(AHEAD);
    List<GhlEvent> events =
        ghl.events(account, calendar, now, until).stream()
            .filter(each -> each.id().matches(GHL_ID))
            .filter(each -> each.isOf(account))
            .toList();
    Set<String> shown = events.stream().map(GhlEvent::id).collect(Collectors.toSet());
    Found found = rows.find(clinic, account.locationId(), calendar, shown, now, until);
    for (GhlEvent event : events) {
      if (isNews(event, found, since) && isJudged(place, event.id())) {
        rows.remember(clinic, event);
      }
    }
    lookFor(place, found.standing(), shown);
  }

  /**
   * What should be there and is not: deleted, in another calendar, or later than we look.
   * GoHighLevel is asked for each. Where too many that stand in the EMR are gone at once, it is the
   * calendar that is wrong, or who was asked: then none is cancelled, and a person has to look.
   */
  private void lookFor(Place place, Set<String> known, Set<String> shown) {
    ClinicId clinic = place.clinic();
    int most = Math.max(MOST_MISSING, known.size() / 5);
    Set<String> missing = new TreeSet<>(known);
    missing.removeAll(shown);
    List<String> gone = new ArrayList<>();
    for (String id : missing) {
      if (appointments.stands(clinic, id) && isGone(place.account(), id)) {
        gone.add(id);
        if (gone.size() > most) {
          log.warn("a calendar of clinic {} lost too many appointments at once", clinic);
          emptied.note(clinic, place.booking(), place.calendar());
          return;
        }
      } else {
        isJudged(place, id);
      }
    }
    emptied.end(clinic, place.calendar());
    gone.forEach(id -> isJudged(place, id));
  }

  private boolean isGone(GhlAccount account, String id) {
    return GhlStates.of(ghl.appointment(account, id)).equals(GhlStates.GONE);
  }

  /**
   * Whether an appointment is to be acted on. One that never was acted on, only where it is live
   * and was made or changed since the calendar is mapped: what was there before is the clinic's own
   * to bring over.
   */
  private static boolean isNews(GhlEvent event, Found found, Instant since) {
    String state = GhlStates.of(Optional.of(event));
    String acted = found.acted().get(event.id());
    if (acted != null) {
      return !acted.equals(state);
    }
    Instant changed = event.changedAt();
    return GhlStates.isLive(state)
        && changed != null
        && !changed.isBefore(since)
        && !LookRows.mark(event).equals(found.looked().get(event.id()));
  }

  /**
   * Goes the way of a webhook with an appointment. Whether that came to anything, be it a refusal;
   * one that fails holds up no other.
   *
   * @throws GhlException when GoHighLevel does not show it now; the next look finds it again
   */
  private boolean isJudged(Place place, String id) {
    try {
      String code =
          appointments.bring(
              new Heard(
                  place.clinic(), place.account().locationId(), id, place.calendar(), PATH, false));
      return !code.equals("not_connected");
    } catch (GhlException away) {
      throw away;
    } catch (RuntimeException unexpected) {
      // Type only: messages may quote values.
      log.error("an appointment could not be brought: {}", unexpected.getClass().getName());
      return false;
    }
  }
}
