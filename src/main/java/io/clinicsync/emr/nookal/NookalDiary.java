package io.clinicsync.emr.nookal;

import io.clinicsync.canonical.Appointment;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.canonical.TimeRange;
import io.clinicsync.emr.spi.BookingGateway.Busy;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.emr.spi.EmrException.Kind;
import io.clinicsync.emr.wire.Entry;
import io.clinicsync.emr.wire.UnreadableEntry;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What stands in a practitioner's diary, out of Nookal's three lists: appointments, classes and
 * events. Filters are sent, and what comes is compared all the same, since a filter that is not
 * known is ignored.
 *
 * @see <a href="https://api.nookal.com/developers">getAppointments, getClasses, getEvents</a>
 */
final class NookalDiary {

  /** What an appointment takes of which no end is told: a quarter of the diary. */
  private static final Duration AT_LEAST = Duration.ofMinutes(15);

  private final NookalApi api;

  NookalDiary(NookalApi api) {
    this.api = api;
  }

  List<Busy> busy(EmrAccount account, EmrRef practitioner, TimeRange span, Instant now) {
    String id = NookalConnector.number(practitioner);
    List<Busy> busy = new ArrayList<>();
    for (Entry row :
        api.all(
            account, "getAppointments", "appointments", days(span).with("practitioner_id", id))) {
      if (id.equals(text(row, "practitionerID")) && !NookalMapper.isClass(row)) {
        appointment(row, account, now).ifPresent(busy::add);
      }
    }
    for (Entry row :
        api.all(
            account,
            NookalClasses.FUNCTION,
            NookalClasses.KEY,
            days(span).with("practitioner_id", id))) {
      if (id.equals(text(row, "practitionerID"))) {
        NookalConnector.readable(row, each -> session(each, account.zone())).ifPresent(busy::add);
      }
    }
    for (Entry row : events(account, span)) {
      if (id.equals(text(row, "ProviderID"))) {
        NookalConnector.readable(row, each -> event(each, account.zone())).ifPresent(busy::add);
      }
    }
    return busy.stream().filter(each -> overlaps(each.span(), span)).toList();
  }

  private static String text(Entry row, String member) {
    return row.json().path(member).asText("");
  }

  /** Dates are those of each place: a day more on both sides holds every zone. */
  static NookalForm days(TimeRange span) {
    return new NookalForm()
        .with("date_from", day(span.from()).minusDays(1))
        .with("date_to", day(span.to()).plusDays(1));
  }

  private static LocalDate day(Instant moment) {
    return moment.atOffset(ZoneOffset.UTC).toLocalDate();
  }

  private static boolean overlaps(TimeRange one, TimeRange other) {
    return one.from().isBefore(other.to()) && other.from().isBefore(one.to());
  }

  private static Optional<Busy> appointment(Entry row, EmrAccount account, Instant now) {
    Appointment found =
        NookalConnector.readable(row, each -> NookalMapper.appointment(each, account.zone(), now));
    if (found.status() == Appointment.Status.CANCELLED) {
      return Optional.empty();
    }
    Instant end = found.endsAt() == null ? found.startsAt().plus(AT_LEAST) : found.endsAt();
    return Optional.of(
        new Busy(
            found.ref().id().value(),
            Busy.Kind.APPOINTMENT,
            new TimeRange(found.startsAt(), end),
            null));
  }

  private static Optional<Busy> session(Entry row, ZoneId other) {
    if (Boolean.TRUE.equals(row.flag("cancelled"))) {
      return Optional.empty();
    }
    ZoneId zone = NookalTimes.zone(row, "TimeZone", other);
    return Optional.of(
        new Busy(
            NookalMapper.CLASS + NookalMapper.id(row, "ID"),
            Busy.Kind.CLASS,
            span(
                NookalTimes.local(row, "classDate", "classStartTime", zone),
                NookalTimes.local(row, "classDate", "classEndTime", zone)),
            NookalMapper.pointed(row, "classID", RecordKind.TREATMENT, NookalMapper.CLASS)));
  }

  /** The zone of an event is not told; it is taken for the clinic's. */
  private static Optional<Busy> event(Entry row, ZoneId zone) {
    if (Boolean.FALSE.equals(row.flag("IsActive"))) {
      return Optional.empty();
    }
    return Optional.of(
        new Busy(
            "event-" + NookalMapper.id(row, "EventID"),
            Busy.Kind.BLOCK,
            span(
                NookalTimes.local(row, "ApptDate", "StartTime", zone),
                NookalTimes.local(row, "ApptDate", "EndTime", zone)),
            null));
  }

  /** What ends no later than it starts goes over midnight. */
  private static TimeRange span(@Nullable Instant from, @Nullable Instant to) {
    if (from == null) {
      throw UnreadableEntry.shape("the start is missing");
    }
    if (to == null) {
      return new TimeRange(from, from.plus(AT_LEAST));
    }
    return new TimeRange(from, to.isAfter(from) ? to : to.plus(Duration.ofDays(1)));
  }

  /** A key may lack the right to see events; then breaks are known from the open times only. */
  private List<Entry> events(EmrAccount account, TimeRange span) {
    try {
      return api.all(account, "getEvents", "events", days(span));
    } catch (EmrException failure) {
      if (failure.kind() == Kind.PERMISSION_MISSING || failure.kind() == Kind.NOT_FOUND) {
        return List.of();
      }
      throw failure;
    }
  }
}
