package io.clinicsync.bridge;

import io.clinicsync.booking.Bookings;
import io.clinicsync.booking.CatalogueNames;
import io.clinicsync.bridge.Calendars.Meaning;
import io.clinicsync.canonical.Catalogue;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.clinics.Connection;
import io.clinicsync.records.Catalogues;
import io.clinicsync.records.PractitionerDiary;
import io.clinicsync.records.PractitionerDiary.Taken;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.springframework.stereotype.Component;

/**
 * Which times a calendar of GoHighLevel has to show as taken. Every method joins the caller's
 * transaction.
 */
@Component
class MirrorDiary {

  /** How far ahead, in days of the connection's zone. */
  static final int DAYS = 60;

  /** Where neither the EMR nor the treatment says how long it takes. */
  private static final Duration USUAL = Duration.ofMinutes(30);

  private final PractitionerDiary diary;
  private final Catalogues catalogues;
  private final Bookings bookings;
  private final BridgedRows bridged;

  MirrorDiary(
      PractitionerDiary diary, Catalogues catalogues, Bookings bookings, BridgedRows bridged) {
    this.diary = diary;
    this.catalogues = catalogues;
    this.bookings = bookings;
    this.bridged = bridged;
  }

  /** What is known of a practitioner's times. */
  sealed interface Found {
    /** The taken times, by what they stand for in the diary. */
    record Times(Map<String, Span> taken) implements Found {}

    /** The EMR's list of practitioners was not read yet. */
    record NotRead() implements Found {}

    /** Nobody of that name is in the EMR any more, or more than one is. */
    record NobodyMeant() implements Found {}
  }

  /**
   * The times that are to be blocked in a calendar.
   *
   * @param location the sub-account it is in
   */
  Found times(Connection connection, String location, Meaning meaning, Instant now) {
    Catalogue catalogue = catalogues.find(connection.clinic(), connection.id()).orElse(null);
    if (catalogue == null) {
      return new Found.NotRead();
    }
    String practitioner = meaning.practitioner();
    EmrRef meant =
        practitioner == null
            ? null
            : CatalogueNames.practitioner(catalogue, practitioner).orElse(null);
    if (meant == null) {
      return new Found.NobodyMeant();
    }
    Instant until =
        LocalDate.ofInstant(now, connection.zone())
            .plusDays(DAYS)
            .atStartOfDay(connection.zone())
            .toInstant();
    Map<EmrRef, Duration> lengths = lengths(catalogue);
    Optional<String> sold = ownTreatment(catalogue, meaning);
    Map<String, Span> times = new HashMap<>();
    List<Taken> all = diary.of(connection.clinic(), connection.id(), meant.id(), now, until);
    Set<String> shown = shownAlready(connection, location, meaning.calendar(), all, lengths);
    for (Taken each : all) {
      String shared = each.booking();
      boolean seatsAreSoldHere =
          shared != null && sold.filter(own -> own.equals(each.treatment())).isPresent();
      Span span = span(each, lengths);
      if (!seatsAreSoldHere && !shown.contains(each.appointment()) && span.to().isAfter(now)) {
        String subject = shared == null ? "appointment:" + each.appointment() : "class:" + shared;
        times.merge(subject, span, Span::and);
      }
    }
    return new Found.Times(times);
  }

  /** The treatment of a calendar: a class of it has seats left that a block would hide. */
  private static Optional<String> ownTreatment(Catalogue catalogue, Meaning meaning) {
    return Optional.ofNullable(meaning.treatment())
        .flatMap(wanted -> CatalogueNames.treatment(catalogue, wanted))
        .map(each -> each.id().value());
  }

  /**
   * Appointments of GoHighLevel take the time of their own calendar by themselves, as long as they
   * stand so. Where it is not known which calendar that is, a block too many does no harm.
   */
  private Set<String> shownAlready(
      Connection connection,
      String location,
      String calendar,
      List<Taken> all,
      Map<EmrRef, Duration> lengths) {
    Map<String, List<String>> known =
        bookings.knownInGhl(connection, all.stream().map(Taken::appointment).toList());
    List<String> ids = new ArrayList<>();
    known.values().forEach(ids::addAll);
    Map<String, String> states =
        ids.isEmpty() ? Map.of() : bridged.states(connection.clinic(), location, calendar, ids);
    Set<String> shown = new HashSet<>();
    for (Taken each : all) {
      Span span = span(each, lengths);
      boolean covered =
          known.getOrDefault(each.appointment(), List.of()).stream()
              .map(states::get)
              .anyMatch(state -> state != null && GhlStates.covers(state, span.from(), span.to()));
      if (covered) {
        shown.add(each.appointment());
      }
    }
    return shown;
  }

  /** In whole minutes, which every calendar keeps. */
  private static Span span(Taken taken, Map<EmrRef, Duration> lengths) {
    Instant start = taken.startsAt();
    Instant end = taken.endsAt();
    if (end == null || !end.isAfter(start)) {
      String treatment = taken.treatment();
      end =
          start.plus(
              treatment == null
                  ? USUAL
                  : lengths.getOrDefault(EmrRef.of(RecordKind.TREATMENT, treatment), USUAL));
    }
    Instant whole = end.truncatedTo(ChronoUnit.MINUTES);
    return new Span(
        start.truncatedTo(ChronoUnit.MINUTES),
        whole.equals(end) ? whole : whole.plus(1, ChronoUnit.MINUTES));
  }

  private static Map<EmrRef, Duration> lengths(Catalogue catalogue) {
    Map<EmrRef, Duration> lengths = new HashMap<>();
    for (Catalogue.Treatment each : catalogue.treatments()) {
      Duration length = each.duration();
      if (length != null && length.isPositive()) {
        lengths.put(each.ref(), length);
      }
    }
    return lengths;
  }
}
