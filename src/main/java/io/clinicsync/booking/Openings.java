package io.clinicsync.booking;

import com.github.benmanes.caffeine.cache.AsyncLoadingCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.clinicsync.canonical.Catalogue;
import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.Slot;
import io.clinicsync.canonical.TimeRange;
import io.clinicsync.clinics.Connection;
import io.clinicsync.emr.Connectors;
import io.clinicsync.emr.spi.AvailabilityProvider;
import io.clinicsync.emr.spi.AvailabilityProvider.SlotQuery;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.emr.spi.Urgency;
import io.clinicsync.tenancy.Tenancy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Open times as the EMR says, at most a minute old, less what we are booking at this moment and
 * what the clinic's policy rules out. Weeks are asked for side by side and once, however many
 * callers want them.
 */
@Component
class Openings {

  private static final Duration FRESH = Duration.ofSeconds(60);
  private static final int MOST_QUESTIONS = 60;

  /** Of one connection; leaves room for the bookings themselves where the EMR takes few calls. */
  private static final int AT_ONCE = 3;

  private static final int ALTERNATIVES = 3;

  private final Connectors connectors;
  private final Policies policies;
  private final Holds holds;
  private final Tenancy tenancy;
  private final Clock clock;

  private final Map<ConnectionId, Semaphore> turns = new ConcurrentHashMap<>();

  /** Asynchronous, since a cache that waits within itself makes unrelated clinics wait as well. */
  private final AsyncLoadingCache<Question, List<Slot>> asked =
      Caffeine.newBuilder()
          .maximumSize(20_000)
          .expireAfterWrite(FRESH)
          .executor(Executors.newVirtualThreadPerTaskExecutor())
          .buildAsync(Question::ask);

  Openings(Connectors connectors, Policies policies, Holds holds, Tenancy tenancy, Clock clock) {
    this.connectors = connectors;
    this.policies = policies;
    this.holds = holds;
    this.tenancy = tenancy;
    this.clock = clock;
  }

  /** One practitioner, treatment, site and week; who asks does not make it another. */
  private static final class Question {
    private final ConnectionId connection;
    private final SlotQuery query;
    private final AvailabilityProvider provider;
    private final EmrAccount account;
    private final Semaphore turns;

    Question(AvailabilityProvider provider, EmrAccount account, SlotQuery query, Semaphore turns) {
      this.turns = turns;
      this.connection = account.id();
      this.provider = provider;
      this.account = account.with(Urgency.BOOKING);
      this.query = query;
    }

    /** A call's deadline runs from when it is made, so whoever asks for many makes few at once. */
    List<Slot> ask() {
      turns.acquireUninterruptibly();
      try {
        return List.copyOf(provider.openSlots(account, query));
      } finally {
        turns.release();
      }
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Question that
          && connection.equals(that.connection)
          && query.equals(that.query);
    }

    @Override
    public int hashCode() {
      return connection.hashCode() * 31 + query.hashCode();
    }
  }

  /** Whether this EMR tells its open times on this way in. */
  boolean known(Connection connection, EmrAccount account) {
    return provider(connection, account).isPresent();
  }

  /**
   * Whose calendar is looked at.
   *
   * @param length of the treatment; null where the catalogue does not say
   */
  record Calendar(EmrRef practitioner, EmrRef treatment, EmrRef site, @Nullable Duration length) {

    static List<Calendar> of(References.Found wished) {
      Catalogue.Treatment treatment = wished.treatment();
      return wished.practitioners().stream()
          .map(
              each ->
                  new Calendar(
                      each.ref(), treatment.ref(), wished.site().ref(), treatment.duration()))
          .toList();
    }
  }

  /**
   * Open times in these calendars within a range, in time order.
   *
   * @throws EmrException as the EMR fails
   */
  List<Slot> find(
      Connection connection, EmrAccount account, List<Calendar> calendars, TimeRange range) {
    AvailabilityProvider provider = provider(connection, account).orElse(null);
    if (provider == null) {
      return List.of();
    }
    Semaphore turn = turns.computeIfAbsent(connection.id(), id -> new Semaphore(AT_ONCE, true));
    List<Question> questions = new ArrayList<>();
    for (Calendar each : calendars) {
      for (TimeRange week : weeks(range, connection.zone())) {
        questions.add(
            new Question(
                provider,
                account,
                new SlotQuery(
                    each.practitioner(), each.treatment(), each.site(), week, each.length()),
                turn));
      }
    }
    if (questions.size() > MOST_QUESTIONS) {
      throw Stopped.because(
          Code.NEEDS_CHOICE,
          "This asks for too many calendars at once; name a practitioner, treatment or site, or a shorter range.");
    }
    List<Slot> open =
        together(questions).stream().filter(slot -> range.contains(slot.startsAt())).toList();
    if (open.isEmpty()) {
      return List.of();
    }
    // Asked once for all slots: a week has dozens, and a query for each would outlast the EMR's
    // answer.
    Ours ours =
        tenancy.inClinic(
            connection.clinic(),
            () ->
                new Ours(
                    policies.all(connection.clinic(), connection.id()), held(connection, open)));
    return open.stream()
        .filter(slot -> isAllowed(Policies.of(ours.rules(), slot.treatment().id().value()), slot))
        .filter(slot -> isFree(ours.held().getOrDefault(slot.practitioner(), List.of()), slot))
        .distinct()
        .sorted(
            Comparator.comparing(Slot::startsAt)
                .thenComparing(slot -> slot.practitioner().id().value()))
        .toList();
  }

  /**
   * The open times nearest to a wished one; empty rather than an error where they are not known.
   */
  List<BookingAnswer.Offer> near(
      Connection connection, EmrAccount account, References.Found wished, Instant startsAt) {
    try {
      ZoneId zone = connection.zone();
      LocalDate day = startsAt.atZone(zone).toLocalDate();
      TimeRange range =
          new TimeRange(
              day.atStartOfDay(zone).toInstant(), day.plusDays(7).atStartOfDay(zone).toInstant());
      return find(connection, account, Calendar.of(wished), range).stream()
          .filter(slot -> !slot.startsAt().equals(startsAt))
          .sorted(Comparator.comparing(slot -> Duration.between(startsAt, slot.startsAt()).abs()))
          .limit(ALTERNATIVES)
          .map(BookingAnswer.Offer::of)
          .toList();
    } catch (EmrException | Stopped unknown) {
      return List.of();
    }
  }

  /** What was booked or freed a moment ago must not be offered from memory. */
  void forget(ConnectionId connection) {
    asked.asMap().keySet().removeIf(each -> each.connection.equals(connection));
  }

  private List<Slot> together(List<Question> questions) {
    List<CompletableFuture<List<Slot>>> answers = questions.stream().map(asked::get).toList();
    List<Slot> slots = new ArrayList<>();
    try {
      for (CompletableFuture<List<Slot>> answer : answers) {
        slots.addAll(answer.get());
      }
    } catch (ExecutionException failed) {
      throw unwrapped(failed.getCause());
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      throw new EmrException(EmrException.Kind.UNAVAILABLE, "Interrupted");
    }
    return slots;
  }

  private static RuntimeException unwrapped(@Nullable Throwable cause) {
    if (cause instanceof CompletionException
        && cause.getCause() instanceof RuntimeException inner) {
      return inner;
    }
    return cause instanceof RuntimeException unchecked
        ? unchecked
        : new IllegalStateException(cause);
  }

  /** Whole local weeks, so that different callers ask the same. */
  private static List<TimeRange> weeks(TimeRange range, ZoneId zone) {
    List<TimeRange> weeks = new ArrayList<>();
    LocalDate first = range.from().atZone(zone).toLocalDate();
    LocalDate day = LocalDate.ofEpochDay(Math.floorDiv(first.toEpochDay(), 7) * 7);
    while (day.atStartOfDay(zone).toInstant().isBefore(range.to())) {
      weeks.add(
          new TimeRange(
              day.atStartOfDay(zone).toInstant(), day.plusDays(7).atStartOfDay(zone).toInstant()));
      day = day.plusDays(7);
    }
    return weeks;
  }

  /** What the clinic allows, by treatment, and what we are booking, by practitioner. */
  private record Ours(Map<String, BookingPolicy> rules, Map<EmrRef, List<TimeRange>> held) {}

  /** What is being booked at this moment with those who have exclusive times among these. */
  private Map<EmrRef, List<TimeRange>> held(Connection connection, List<Slot> open) {
    Map<EmrRef, List<TimeRange>> held = new HashMap<>();
    for (Slot slot : open) {
      if (slot.seatsLeft() == null) {
        held.computeIfAbsent(
            slot.practitioner(), who -> holds.of(connection.clinic(), connection.id(), who));
      }
    }
    return held;
  }

  private boolean isAllowed(BookingPolicy policy, Slot slot) {
    Instant now = clock.instant();
    return policy.bookable()
        && !slot.startsAt().isBefore(now.plus(Duration.ofMinutes(policy.noticeMinutes())))
        && !slot.startsAt().isAfter(now.plus(Duration.ofDays(policy.horizonDays())));
  }

  private static boolean isFree(List<TimeRange> held, Slot slot) {
    if (slot.seatsLeft() != null) {
      return slot.seatsLeft() > 0;
    }
    return held.stream()
        .noneMatch(
            each -> each.from().isBefore(slot.endsAt()) && slot.startsAt().isBefore(each.to()));
  }

  private Optional<AvailabilityProvider> provider(Connection connection, EmrAccount account) {
    return connectors.capability(connection.emr(), account, AvailabilityProvider.class);
  }
}
