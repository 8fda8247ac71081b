package io.clinicsync.insights;

import io.clinicsync.canonical.Appointment;
import io.clinicsync.canonical.Appointment.Status;
import io.clinicsync.canonical.EmrRef;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One pass over a patient's appointments: who plays which role, and how many there are of each.
 * Archived ones, holds and never-booked slots play no role; one that was rebooked elsewhere lives
 * on in its successor only [TR-3].
 */
final class Diary {

  /** By start; the id only settles ties, so that order of arrival never matters. */
  static final Comparator<Appointment> BY_START =
      Comparator.comparing(Appointment::startsAt).thenComparing(each -> each.ref().id().value());

  private static final Comparator<Appointment> BY_CANCELLATION =
      Comparator.comparing(
              Appointment::cancelledAt, Comparator.nullsFirst(Comparator.<Instant>naturalOrder()))
          .thenComparing(BY_START.reversed());

  final List<Appointment> visits = new ArrayList<>();
  final List<Instant> futureStarts = new ArrayList<>();
  @Nullable Appointment next;
  @Nullable Appointment last;
  @Nullable Appointment lastBegun;
  @Nullable Appointment lastCancelled;
  @Nullable Appointment lastNoShow;
  @Nullable Event lastEvent;
  int all;
  int begun;
  int upcoming;
  int arrived;
  int noShows;
  int cancelled;
  int lateCancelled;
  int rescheduled;
  int booked;

  private final Instant now;
  private final Duration notice;
  private final Set<EmrRef> movedInPlace;
  private @Nullable Appointment lastCancelledAhead;

  Diary(List<Appointment> appointments, Set<EmrRef> movedInPlace, Instant now, Duration notice) {
    this.now = now;
    this.notice = notice;
    this.movedInPlace = movedInPlace;
    Set<EmrRef> replaced = replaced(appointments);
    for (Appointment each : appointments) {
      if (each.removedAt() == null && each.status().counts() && !replaced.contains(each.ref())) {
        take(each);
      }
    }
    visits.sort(BY_START);
  }

  @Nullable Appointment firstVisit() {
    return visits.isEmpty() ? null : visits.getFirst();
  }

  @Nullable Appointment lastVisit() {
    return visits.isEmpty() ? null : visits.getLast();
  }

  /** The earliest live one ahead, else the one ahead that was cancelled last. */
  @Nullable Appointment upcomingOne() {
    return next != null ? next : lastCancelledAhead;
  }

  private void take(Appointment each) {
    boolean ahead = each.startsAt().isAfter(now);
    all++;
    if (each.movedFrom() != null || movedInPlace.contains(each.ref())) {
      rescheduled++;
    }
    if (ahead) {
      futureStarts.add(each.startsAt());
      takeAhead(each);
    } else {
      takeBegun(each);
    }
    countState(each);
    takeEvents(each, ahead);
  }

  /** The earliest live one ahead, else the latest one that has begun, in any state. */
  @Nullable Appointment currentOne() {
    return next != null ? next : lastBegun;
  }

  private static @Nullable Appointment later(@Nullable Appointment known, Appointment each) {
    return known == null || BY_START.compare(each, known) > 0 ? each : known;
  }

  private void takeAhead(Appointment each) {
    if (each.status().isLive()) {
      upcoming++;
      if (next == null || BY_START.compare(each, next) < 0) {
        next = each;
      }
    } else if (each.status() == Status.CANCELLED
        && (lastCancelledAhead == null || BY_CANCELLATION.compare(each, lastCancelledAhead) > 0)) {
      lastCancelledAhead = each;
    }
  }

  private void takeBegun(Appointment each) {
    if (each.status() != Status.CANCELLED) {
      begun++;
    }
    if (each.status() == Status.ARRIVED) {
      visits.add(each);
    }
    lastBegun = later(lastBegun, each);
    if (isFinal(each.status())) {
      last = later(last, each);
    }
    if (each.status() == Status.CANCELLED) {
      lastCancelled = later(lastCancelled, each);
    } else if (each.status() == Status.NO_SHOW) {
      lastNoShow = later(lastNoShow, each);
    }
  }

  private void countState(Appointment each) {
    switch (each.status()) {
      case ARRIVED -> arrived++;
      case NO_SHOW -> noShows++;
      case CANCELLED -> {
        cancelled++;
        if (isLate(each)) {
          lateCancelled++;
        }
      }
      case BOOKED, CONFIRMED -> booked++;
      case HELD, NEVER_BOOKED, UNKNOWN -> {}
    }
  }

  private void takeEvents(Appointment each, boolean ahead) {
    event(each.movedFrom() == null ? "booked" : "rescheduled", each.bookedAt(), each);
    switch (each.status()) {
      case CANCELLED ->
          event(isLate(each) ? "late_cancelled" : "cancelled", each.cancelledAt(), each);
      case ARRIVED -> event("attended", ahead ? null : each.startsAt(), each);
      case NO_SHOW -> event("no_show", ahead ? null : each.startsAt(), each);
      case BOOKED, CONFIRMED, HELD, NEVER_BOOKED, UNKNOWN -> {}
    }
  }

  private void event(String name, @Nullable Instant at, Appointment of) {
    if (at != null) {
      Event event = new Event(name, at, of);
      if (lastEvent == null || Event.ORDER.compare(event, lastEvent) > 0) {
        lastEvent = event;
      }
    }
  }

  private boolean isLate(Appointment each) {
    return each.cancelledAt() != null && each.cancelledAt().isAfter(each.startsAt().minus(notice));
  }

  private static boolean isFinal(Status status) {
    return status == Status.ARRIVED || status == Status.NO_SHOW || status == Status.CANCELLED;
  }

  private static Set<EmrRef> replaced(List<Appointment> appointments) {
    Set<EmrRef> result = new HashSet<>();
    for (Appointment each : appointments) {
      if (each.removedAt() == null
          && each.movedFrom() != null
          && !each.movedFrom().equals(each.ref())) {
        result.add(each.movedFrom());
      }
    }
    return result;
  }

  /** Something that happened to the patient. */
  record Event(String name, Instant at, Appointment appointment) {
    private static final Comparator<Event> ORDER =
        Comparator.comparing(Event::at)
            .thenComparing(Event::name)
            .thenComparing(event -> event.appointment().ref().id().value());
  }
}
