package io.clinicsync.emr.cliniko;

import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Steps through a list by a time column instead of by page number, since rows move between pages
 * while they are edited. Asks from the last time seen, inclusively, and leaves out what was given.
 * Only where one second fills a page, as after a bulk edit, pages of that second are turned, and
 * begun anew when its row count changes on the way.
 */
final class ClinikoWalk {

  private static final int MOST_ROUNDS = 20;

  private final ClinikoApi api;

  ClinikoWalk(ClinikoApi api) {
    this.api = api;
  }

  /**
   * What to walk.
   *
   * @param column the time column to step by
   * @param from inclusive; null for the beginning
   * @param to exclusive; null for the end
   * @param hidden columns whose rows lists leave out by default
   * @param only a further filter; null for none
   */
  record Listing(
      String path,
      String member,
      String column,
      @Nullable Instant from,
      @Nullable Instant to,
      List<String> hidden,
      @Nullable String only) {

    Listing(
        String path,
        String member,
        String column,
        @Nullable Instant from,
        @Nullable Instant to,
        List<String> hidden) {
      this(path, member, column, from, to, hidden, null);
    }
  }

  /**
   * One step.
   *
   * @param fresh entries not given before
   * @param next null at the end of the list
   * @param changedUpTo greatest change time of all entries of the step
   */
  record Step(
      List<ClinikoEntry> fresh,
      @Nullable ClinikoPlace next,
      @Nullable Instant changedUpTo,
      Instant vendorNow) {}

  Step step(EmrAccount account, Listing listing, ClinikoPlace place) {
    ClinikoList list = api.list(account, listing.path(), listing.member(), query(listing, place));
    List<ClinikoEntry> fresh =
        list.entries().stream()
            .filter(entry -> entry.id().filter(place.seen()::contains).isEmpty())
            .toList();
    ClinikoPlace next =
        place.page() == 0 ? byTime(listing, place, list) : bySecond(listing, place, list);
    Instant changedUpTo =
        list.entries().stream()
            .flatMap(entry -> entry.time("updated_at").stream())
            .max(Instant::compareTo)
            .orElse(null);
    return new Step(fresh, next, changedUpTo, list.vendorNow());
  }

  private static ClinikoQuery query(Listing listing, ClinikoPlace place) {
    String column = listing.column();
    Instant from = place.from() == null ? listing.from() : place.from();
    ClinikoQuery query = ClinikoQuery.list();
    if (listing.only() != null) {
      query.filter(listing.only());
    }
    if (from != null) {
      query.filter(column + ":>=" + ClinikoQuery.second(from));
    }
    Instant second = place.from();
    if (place.page() > 0 && second != null) {
      query.filter(column + ":<" + ClinikoQuery.second(second.plusSeconds(1)));
    } else if (listing.to() != null) {
      query.filter(column + ":<" + ClinikoQuery.second(ceiling(listing.to())));
    }
    return query.including(listing.hidden()).with("sort", column).page(place.page());
  }

  private static Instant ceiling(Instant moment) {
    Instant second = moment.truncatedTo(ChronoUnit.SECONDS);
    return second.equals(moment) ? second : second.plusSeconds(1);
  }

  private static @Nullable ClinikoPlace byTime(
      Listing listing, ClinikoPlace place, ClinikoList list) {
    if (!list.more()) {
      return null;
    }
    List<Instant> seconds =
        list.entries().stream().flatMap(entry -> second(entry, listing).stream()).sorted().toList();
    if (seconds.isEmpty()) {
      throw ClinikoApi.broken(listing.member());
    }
    Instant last = seconds.getLast();
    if (place.from() != null && last.isBefore(place.from())) {
      throw ClinikoApi.broken(listing.member());
    }
    Set<String> given =
        list.entries().stream()
            .filter(entry -> second(entry, listing).filter(last::equals).isPresent())
            .flatMap(entry -> entry.id().stream())
            .collect(Collectors.toCollection(LinkedHashSet::new));
    boolean stuck = seconds.getFirst().equals(last) || last.equals(place.from());
    if (!stuck) {
      return place.stepTo(last, given);
    }
    if (last.equals(place.from())) {
      given.addAll(place.seen());
    }
    return place.within(last, 1, -1, 0, given);
  }

  private static @Nullable ClinikoPlace bySecond(
      Listing listing, ClinikoPlace place, ClinikoList list) {
    Instant second = place.from();
    if (second == null) {
      throw ClinikoApi.broken(listing.member());
    }
    if (place.page() > 1 && list.total() != place.total()) {
      if (place.round() >= MOST_ROUNDS) {
        throw new EmrException(
            EmrException.Kind.UNAVAILABLE,
            "A Cliniko list kept changing while it was read",
            Duration.ofSeconds(10),
            null);
      }
      return place.within(second, 1, -1, place.round() + 1, place.seen());
    }
    if (list.more()) {
      return place.within(second, place.page() + 1, list.total(), place.round(), place.seen());
    }
    Instant after = second.plusSeconds(1);
    boolean over = listing.to() != null && !after.isBefore(listing.to());
    return over ? null : place.stepTo(after, Set.of());
  }

  private static Optional<Instant> second(ClinikoEntry entry, Listing listing) {
    return entry.time(listing.column()).map(time -> time.truncatedTo(ChronoUnit.SECONDS));
  }
}
