package io.clinicsync.api;

import io.clinicsync.booking.Bookings;
import io.clinicsync.bridge.EmptiedCalendars;
import io.clinicsync.bridge.LeftAppointments;
import io.clinicsync.bridge.Mirror;
import io.clinicsync.bridge.UntoldRefusals;
import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.clinics.Connection;
import io.clinicsync.clinics.Connections;
import io.clinicsync.clinics.GhlAccounts;
import io.clinicsync.crm.PushTroubles;
import io.clinicsync.insights.ParkedFacts;
import io.clinicsync.people.Links;
import io.clinicsync.people.Reviews;
import io.clinicsync.records.Quarantine;
import io.clinicsync.sync.Syncs;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.Tenancy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Everything that is wrong with a clinic now, gathered from where it is known. Nothing is kept
 * here, so an error is gone as soon as its cause is [ER-3].
 */
@Component
public class OpenErrors {

  private static final int REVIEWS_AT_MOST = 1000;
  private static final int NAMED_AT_MOST = 5;

  private final Tenancy tenancy;
  private final Connections connections;
  private final Syncs syncs;
  private final Quarantine quarantine;
  private final GhlAccounts ghl;
  private final Reviews reviews;
  private final PushTroubles pushes;
  private final ParkedFacts parked;
  private final Bookings bookings;
  private final Mirror mirror;
  private final UntoldRefusals untold;
  private final EmptiedCalendars emptied;
  private final LeftAppointments left;

  OpenErrors(
      Tenancy tenancy,
      Connections connections,
      Syncs syncs,
      Quarantine quarantine,
      GhlAccounts ghl,
      Reviews reviews,
      PushTroubles pushes,
      ParkedFacts parked,
      Bookings bookings,
      Mirror mirror,
      UntoldRefusals untold,
      EmptiedCalendars emptied,
      LeftAppointments left) {
    this.tenancy = tenancy;
    this.connections = connections;
    this.syncs = syncs;
    this.quarantine = quarantine;
    this.ghl = ghl;
    this.reviews = reviews;
    this.pushes = pushes;
    this.parked = parked;
    this.bookings = bookings;
    this.mirror = mirror;
    this.untold = untold;
    this.emptied = emptied;
    this.left = left;
  }

  /**
   * One thing that is wrong.
   *
   * @param connection null when it concerns the whole clinic
   * @param area where it shows: connection, live, sweep, backfill, records, ghl, contacts, people,
   *     bookings or calendars
   * @param affected ids of some of what is concerned; ids only
   */
  public record OpenError(
      ErrorCatalogue.Entry what,
      @Nullable ConnectionId connection,
      String area,
      Instant firstSeen,
      Instant lastSeen,
      int count,
      List<String> affected) {}

  /** The clinic's open errors, latest first. */
  public List<OpenError> of(ClinicId clinic) {
    List<Connection> all = connections.of(clinic);
    List<OpenError> errors = new ArrayList<>();
    all.forEach(connection -> ofState(connection, errors));
    Set<ConnectionId> known = all.stream().map(Connection::id).collect(Collectors.toSet());
    for (Syncs.Failure failure : syncs.failures(clinic)) {
      boolean saidAlready =
          all.stream()
              .anyMatch(
                  each ->
                      each.id().equals(failure.connection())
                          && failure.code().equals(each.stateCode()));
      if (known.contains(failure.connection()) && !saidAlready) {
        errors.add(
            error(
                failure.code(),
                failure.connection(),
                failure.lane(),
                failure.firstSeen(),
                failure.lastSeen(),
                failure.count(),
                List.of()));
      }
    }
    ofQuarantine(clinic, errors);
    ofFacts(clinic, errors);
    ghl.state(clinic)
        .ifPresent(
            state -> {
              String code = state.code();
              if (code != null) {
                errors.add(error(code, null, "ghl", state.since(), state.since(), 1, List.of()));
              }
            });
    tenancy
        .inClinic(clinic, () -> pushes.of(clinic))
        .forEach(
            trouble ->
                errors.add(
                    error(
                        trouble.code(),
                        trouble.connection(),
                        "contacts",
                        trouble.firstSeen(),
                        trouble.lastSeen(),
                        trouble.count(),
                        trouble.patients())));
    ofReviews(clinic, errors);
    ofBookings(clinic, errors);
    mirror
        .troubles(clinic)
        .forEach(
            trouble ->
                errors.add(
                    error(
                        trouble.code(),
                        trouble.connection(),
                        "calendars",
                        trouble.firstSeen(),
                        trouble.lastSeen(),
                        trouble.count(),
                        trouble.calendars())));
    ofRefusals(clinic, errors);
    ofEmptied(clinic, errors);
    ofLeft(clinic, errors);
    errors.sort(
        Comparator.comparing(OpenError::lastSeen)
            .reversed()
            .thenComparing(each -> each.what().code()));
    return errors;
  }

  /** Bookings whose outcome cannot be found out, or that cannot be taken back. */
  private void ofBookings(ClinicId clinic, List<OpenError> errors) {
    bookings.stuck(clinic).stream()
        .collect(Collectors.groupingBy(Bookings.Seen::connection))
        .forEach(
            (connection, stuck) ->
                errors.add(
                    error(
                        "booking_stuck",
                        new ConnectionId(connection),
                        "bookings",
                        stuck.getFirst().createdAt(),
                        stuck.getLast().createdAt(),
                        stuck.size(),
                        stuck.stream()
                            .limit(NAMED_AT_MOST)
                            .map(each -> each.id().toString())
                            .toList())));
  }

  /** Appointments that GoHighLevel may show although the EMR refused them. */
  private void ofRefusals(ClinicId clinic, List<OpenError> errors) {
    untold.of(clinic).stream()
        .collect(Collectors.groupingBy(UntoldRefusals.Untold::connection))
        .forEach(
            (connection, some) ->
                errors.add(
                    error(
                        "refusal_untold",
                        connection,
                        "bookings",
                        some.getFirst().since(),
                        some.getLast().since(),
                        some.size(),
                        some.stream()
                            .limit(NAMED_AT_MOST)
                            .map(each -> "ghl_appointment:" + each.ghlAppointment())
                            .toList())));
  }

  /** Appointments of a sub-account that the clinic has left. */
  private void ofLeft(ClinicId clinic, List<OpenError> errors) {
    left.of(clinic).stream()
        .collect(Collectors.groupingBy(LeftAppointments.Left::connection))
        .forEach(
            (connection, some) ->
                errors.add(
                    error(
                        "sub_account_left",
                        connection,
                        "bookings",
                        some.getFirst().since(),
                        some.stream()
                            .map(LeftAppointments.Left::lastSeen)
                            .max(Comparator.naturalOrder())
                            .orElseThrow(),
                        some.size(),
                        some.stream()
                            .limit(NAMED_AT_MOST)
                            .map(each -> "ghl_appointment:" + each.ghlAppointment())
                            .toList())));
  }

  /** Calendars whose appointments are gone at once. */
  private void ofEmptied(ClinicId clinic, List<OpenError> errors) {
    for (EmptiedCalendars.Emptied each : emptied.of(clinic)) {
      errors.add(
          error(
              "calendar_emptied",
              each.connection(),
              "calendars",
              each.since(),
              each.lastSeen(),
              1,
              List.of(each.calendar())));
    }
  }

  private void ofState(Connection connection, List<OpenError> errors) {
    String code = connection.stateCode();
    if (code != null) {
      int runs =
          syncs.failures(connection.clinic()).stream()
              .filter(
                  failure ->
                      failure.connection().equals(connection.id()) && failure.code().equals(code))
              .mapToInt(Syncs.Failure::count)
              .sum();
      errors.add(
          error(
              code,
              connection.id(),
              "connection",
              connection.stateSince(),
              connection.stateSince(),
              Math.max(1, runs),
              List.of()));
    }
  }

  private void ofQuarantine(ClinicId clinic, List<OpenError> errors) {
    Map<ConnectionId, List<Quarantine.Entry>> entries =
        tenancy.inClinic(clinic, () -> quarantine.of(clinic)).stream()
            .collect(
                Collectors.groupingBy(
                    Quarantine.Entry::connection, LinkedHashMap::new, Collectors.toList()));
    entries.forEach(
        (connection, some) ->
            errors.add(
                error(
                    "record_quarantined",
                    connection,
                    "records",
                    some.stream()
                        .map(Quarantine.Entry::firstSeen)
                        .min(Comparator.naturalOrder())
                        .orElseThrow(),
                    some.stream()
                        .map(Quarantine.Entry::lastSeen)
                        .max(Comparator.naturalOrder())
                        .orElseThrow(),
                    some.size(),
                    some.stream()
                        .limit(NAMED_AT_MOST)
                        .map(
                            entry ->
                                entry.kind().name().toLowerCase(java.util.Locale.ROOT)
                                    + ":"
                                    + entry.id())
                        .toList())));
  }

  private void ofFacts(ClinicId clinic, List<OpenError> errors) {
    Map<ConnectionId, List<ParkedFacts.Entry>> entries =
        tenancy.inClinic(clinic, () -> parked.of(clinic)).stream()
            .collect(
                Collectors.groupingBy(
                    ParkedFacts.Entry::connection, LinkedHashMap::new, Collectors.toList()));
    entries.forEach(
        (connection, some) ->
            errors.add(
                error(
                    "facts_failed",
                    connection,
                    "records",
                    some.stream()
                        .map(ParkedFacts.Entry::firstSeen)
                        .min(Comparator.naturalOrder())
                        .orElseThrow(),
                    some.getFirst().lastSeen(),
                    some.size(),
                    some.stream()
                        .limit(NAMED_AT_MOST)
                        .map(entry -> "patient:" + entry.patient())
                        .toList())));
  }

  private void ofReviews(ClinicId clinic, List<OpenError> errors) {
    Map<ConnectionId, List<Links.InReview>> cases =
        reviews.open(clinic, REVIEWS_AT_MOST).stream()
            .collect(
                Collectors.groupingBy(
                    Links.InReview::connection, LinkedHashMap::new, Collectors.toList()));
    cases.forEach(
        (connection, some) ->
            errors.add(
                error(
                    "review_waiting",
                    connection,
                    "people",
                    some.stream()
                        .map(Links.InReview::since)
                        .min(Comparator.naturalOrder())
                        .orElseThrow(),
                    some.stream()
                        .map(Links.InReview::since)
                        .max(Comparator.naturalOrder())
                        .orElseThrow(),
                    some.size(),
                    some.stream()
                        .limit(NAMED_AT_MOST)
                        .map(each -> "patient:" + each.link().patient())
                        .toList())));
  }

  private static OpenError error(
      String code,
      @Nullable ConnectionId connection,
      String area,
      Instant firstSeen,
      Instant lastSeen,
      int count,
      List<String> affected) {
    return new OpenError(
        ErrorCatalogue.require(code), connection, area, firstSeen, lastSeen, count, affected);
  }
}
