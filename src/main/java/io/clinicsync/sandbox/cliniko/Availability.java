package io.clinicsync.sandbox.cliniko;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Computes {@code available_times} the way Cliniko's online booking sees the diary. Callers hold
 * the account's lock.
 */
final class Availability {

  private final ClinikoAccount account;

  Availability(ClinikoAccount account) {
    this.account = account;
  }

  /** Free starts in order; throws {@link BadRequest} for a range Cliniko refuses. */
  List<Instant> times(
      long business, long practitioner, long type, @Nullable String from, @Nullable String to) {
    LocalDate first = date(from, "from");
    LocalDate last = date(to, "to");
    LocalDate today = account.now().atZone(account.zone()).toLocalDate();
    if (last.isBefore(first)) {
      throw new BadRequest(400, "The to date must be after the from date");
    }
    if (first.plusDays(7).isBefore(last)) {
      throw new BadRequest(400, "The date range cannot be more than 7 days");
    }
    if (first.isBefore(today)) {
      throw new BadRequest(400, "The from date cannot be in the past");
    }
    return free(business, practitioner, type, first, last);
  }

  private static LocalDate date(@Nullable String text, String name) {
    try {
      if (text != null) {
        return LocalDate.parse(text);
      }
    } catch (DateTimeParseException unreadable) {
      throw new BadRequest(400, name + " is not a date");
    }
    throw new BadRequest(400, name + " is required");
  }

  private List<Instant> free(
      long business, long practitioner, long type, LocalDate first, LocalDate last) {
    Row site = account.must(Shapes.BUSINESSES, business);
    Row worker = account.must(Shapes.PRACTITIONERS, practitioner);
    Row service = account.must(Shapes.TYPES, type);
    OnlineBooking rules = account.online();
    boolean shown =
        rules.enabled()
            && site.live()
            && service.live()
            && worker.is("active")
            && site.is("show_in_online_bookings")
            && worker.is("show_in_online_bookings")
            && service.is("show_in_online_bookings")
            && account.offers().getOrDefault(practitioner, List.of()).contains(type);
    if (!shown) {
      return List.of();
    }
    Instant from = first.atStartOfDay(account.zone()).toInstant();
    Instant until = last.plusDays(1).atStartOfDay(account.zone()).toInstant();
    Instant earliest = account.now().plus(Duration.ofHours(rules.noticeHours()));
    Instant latest = account.now().plus(Duration.ofDays(rules.horizonDays()));
    Duration length =
        Duration.ofMinutes(service.get("duration_in_minutes") instanceof Integer m ? m : 30);
    List<Instant[]> busy =
        busy(practitioner, from.minus(Duration.ofDays(1)), until.plus(Duration.ofDays(1)));
    List<Instant> starts = new ArrayList<>();
    for (Instant[] open : open(business, practitioner, first, last)) {
      for (Instant start = open[0];
          !start.plus(length).isAfter(open[1]);
          start = start.plus(Duration.ofMinutes(rules.minutesBetweenStarts()))) {
        boolean inRange =
            !start.isBefore(from)
                && start.isBefore(until)
                && !start.isBefore(earliest)
                && !start.isAfter(latest);
        if (inRange && isFree(busy, start, start.plus(length))) {
          starts.add(start);
        }
      }
    }
    starts.sort(null);
    return rules.startsPerSegment() == 0 ? starts : thinned(starts, rules.startsPerSegment());
  }

  private List<Instant[]> open(long business, long practitioner, LocalDate first, LocalDate last) {
    List<Instant[]> open = new ArrayList<>();
    for (Row day : account.table(Shapes.DAILY).byRef("practitioner", practitioner)) {
      if (day.ref("business") != business || !(day.get("day_of_week") instanceof Integer weekday)) {
        continue;
      }
      ZoneId zone = ZoneId.of(day.text("time_zone_identifier"));
      // The clinic's days are local to the site; the asked days are the account's: look one day
      // around.
      for (LocalDate date = first.minusDays(1);
          !date.isAfter(last.plusDays(1));
          date = date.plusDays(1)) {
        if (date.getDayOfWeek().getValue() == weekday) {
          for (JsonNode span : spans(day)) {
            open.add(
                new Instant[] {
                  LocalDateTime.of(date, LocalTime.parse(span.path("starts_at").asText()))
                      .atZone(zone)
                      .toInstant(),
                  LocalDateTime.of(date, LocalTime.parse(span.path("ends_at").asText()))
                      .atZone(zone)
                      .toInstant()
                });
          }
        }
      }
    }
    return open;
  }

  private static JsonNode spans(Row day) {
    try {
      return BodyReader.JSON.readTree(day.text("availabilities"));
    } catch (JsonProcessingException ours) {
      throw new IllegalStateException(ours);
    }
  }

  /** Live bookings of a practitioner at any site that touch a span. */
  List<Instant[]> busy(long practitioner, Instant from, Instant until) {
    List<Instant[]> busy = new ArrayList<>();
    for (Schema schema : List.of(Shapes.APPOINTMENTS, Shapes.GROUPS, Shapes.BLOCKS)) {
      Table table = account.table(schema);
      for (Row seen : table.byRef("practitioner", practitioner)) {
        Row row = table.truth(seen.id);
        if (row != null
            && row.live()
            && row.must("starts_at").isBefore(until)
            && row.must("ends_at").isAfter(from)) {
          busy.add(new Instant[] {row.must("starts_at"), row.must("ends_at")});
        }
      }
    }
    return busy;
  }

  private static boolean isFree(List<Instant[]> busy, Instant start, Instant end) {
    for (Instant[] span : busy) {
      if (span[0].isBefore(end) && span[1].isAfter(start)) {
        return false;
      }
    }
    return true;
  }

  private List<Instant> thinned(List<Instant> starts, int most) {
    Map<String, Integer> taken = new HashMap<>();
    List<Instant> left = new ArrayList<>();
    for (Instant start : starts) {
      LocalDateTime local = LocalDateTime.ofInstant(start, account.zone());
      String segment =
          local.toLocalDate() + (local.getHour() < 12 ? "m" : local.getHour() < 17 ? "a" : "e");
      if (taken.merge(segment, 1, Integer::sum) <= most) {
        left.add(start);
      }
    }
    return left;
  }

  /** Whether another live booking of the same practitioner overlaps. */
  boolean conflicts(Row booking) {
    return busy(booking.ref("practitioner"), booking.must("starts_at"), booking.must("ends_at"))
            .size()
        > (booking.live() ? 1 : 0);
  }
}
