package io.clinicsync.http;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * The limiter's arithmetic: a generic cell rate algorithm over plain state, without clock, thread
 * or storage.
 *
 * <p>A backlog counted in calls drains at {@code calls - reserve} per window. Sync goes only on an
 * empty backlog; booking may run ahead by the burst. As the burst never exceeds the mean reserve of
 * the past window, no half-open window of {@code per} holds more than {@code calls} permits. The
 * reserve jumps to {@code keptForBooking} when booking shows up, and the burst follows over one
 * window; after {@link #IDLE_WINDOWS} windows without booking both fall back, so that sync borrows
 * what booking leaves idle.
 *
 * <p>All instants are whole microseconds, so that a {@code timestamptz} column holds them exactly.
 * Every {@code now} of one state must come from one clock (the database's, where several nodes
 * share the row); a step back of that clock counts as no time passed.
 */
public final class Gcra {

  /** Windows without a booking call after which sync may borrow booking's share. */
  static final int IDLE_WINDOWS = 10;

  private static final long DAY = Duration.ofDays(1).toNanos() / 1000;

  private Gcra() {}

  /**
   * What is remembered of a quota between calls.
   *
   * @param asOf the latest {@code now} seen
   * @param arrival theoretical arrival time: when the backlog will have drained
   * @param dayArrival the same for the daily budget
   * @param bookingSeen the latest booking request; null when there was none
   * @param reservedSince since when booking's share is kept; null while sync may borrow it
   * @param pausedUntil nothing goes before this moment
   */
  public record State(
      Instant asOf,
      Instant arrival,
      Instant dayArrival,
      @Nullable Instant bookingSeen,
      @Nullable Instant reservedSince,
      Instant pausedUntil) {

    /** The state of a quota that was never used. */
    public static State fresh(Instant now) {
      Instant moment = now.truncatedTo(ChronoUnit.MICROS);
      return new State(moment, moment, moment, null, null, moment);
    }
  }

  /**
   * The answer to one request; the state is to be stored in either case.
   *
   * @param comeBackIn zero when the permit is granted, else how long to wait at most before asking
   *     again
   */
  public record Grant(State state, Duration comeBackIn) {

    public boolean granted() {
      return comeBackIn.isZero();
    }
  }

  /** Asks for one permit. */
  public static Grant next(State before, Instant now, Lane lane, Quota quota) {
    State state = settle(before, now, quota);
    if (lane.isWaitedFor()) {
      state = bookingShowedUp(state, quota);
    }
    long at = micros(state.asOf);
    boolean reserved = state.reservedSince != null;
    long step = interval(quota, reserved);
    long ahead = lane.isWaitedFor() ? burst(quota, state) * step : 0;
    long earliest = Math.max(micros(state.pausedUntil), micros(state.arrival) - ahead);
    Integer perDay = quota.perDay();
    if (perDay != null) {
      earliest = Math.max(earliest, micros(state.dayArrival) - dayAhead(quota, perDay, lane));
    }
    if (earliest > at) {
      return new Grant(state, Duration.of(earliest - at, ChronoUnit.MICROS));
    }
    Instant arrival = instant(Math.max(at, micros(state.arrival)) + step);
    Instant dayArrival =
        perDay == null
            ? state.dayArrival
            : instant(Math.max(at, micros(state.dayArrival)) + dayInterval(perDay));
    return new Grant(
        new State(
            state.asOf,
            arrival,
            dayArrival,
            state.bookingSeen,
            state.reservedSince,
            state.pausedUntil),
        Duration.ZERO);
  }

  /**
   * The answer to one request for several permits.
   *
   * @param permits how many were granted: the first is for now, each other for some moment of its
   *     life
   * @param comeBackIn zero when one was granted, else as in {@link Grant}
   */
  public record Lease(State state, int permits, Duration comeBackIn) {}

  /**
   * Asks for a permit and for others that follow within some time, as far as they are free at once
   * and the next caller still goes at once as well. The backlog drains only after that time by what
   * they add, so that one used late shares a window with no call too many.
   *
   * @param most how many at most, above zero
   * @param life how long a permit may be used after {@code now}
   */
  public static Lease lease(State before, Instant now, int most, Duration life, Quota quota) {
    Grant first = next(before, now, Lane.BOOKING, quota);
    if (!first.granted()) {
      return new Lease(first.state(), 0, first.comeBackIn());
    }
    State state = first.state();
    State kept = state;
    int permits = 1;
    while (permits < most) {
      Grant more = next(state, now, Lane.BOOKING, quota);
      State then = backlogFor(life, permits, more.state(), quota);
      if (!more.granted() || !next(then, now, Lane.BOOKING, quota).granted()) {
        break;
      }
      state = more.state();
      kept = then;
      permits++;
    }
    return new Lease(kept, permits, Duration.ZERO);
  }

  /** A backlog that is still as long as so many permits when their life is over. */
  private static State backlogFor(Duration life, int permits, State state, Quota quota) {
    Instant least = instant(micros(state.asOf.plus(life)) + interval(quota, true) * permits);
    return least.isAfter(state.arrival)
        ? new State(
            state.asOf,
            least,
            state.dayArrival,
            state.bookingSeen,
            state.reservedSince,
            state.pausedUntil)
        : state;
  }

  /** No permit before this moment; an earlier pause that ends later stays. */
  public static State pause(State before, Instant now, Instant until, Quota quota) {
    State state = settle(before, now, quota);
    Instant end = until.truncatedTo(ChronoUnit.MICROS).plus(1, ChronoUnit.MICROS);
    Instant later = end.isAfter(state.pausedUntil) ? end : state.pausedUntil;
    return new State(
        state.asOf, state.arrival, state.dayArrival, state.bookingSeen, state.reservedSince, later);
  }

  /** Takes the vendor's own count of what is left into account; only ever makes us slower. */
  public static State observe(
      State before, Instant now, long remaining, Duration untilReset, Quota quota) {
    State state = settle(before, now, quota);
    if (remaining <= 0) {
      return pause(state, now, now.plus(untilReset), quota);
    }
    long step = interval(quota, state.reservedSince != null);
    long left = untilReset.toNanos() / 1000;
    long busyUntil =
        micros(state.asOf) + left - Math.min(remaining, Math.ceilDiv(left, step)) * step;
    Instant arrival = instant(Math.max(micros(state.arrival), busyUntil));
    return new State(
        state.asOf,
        arrival,
        state.dayArrival,
        state.bookingSeen,
        state.reservedSince,
        state.pausedUntil);
  }

  /**
   * Brings a state to {@code now}: a clock that stepped back moves everything with it; an idle
   * reserve ends.
   */
  private static State settle(State before, Instant now, Quota quota) {
    Instant moment = now.truncatedTo(ChronoUnit.MICROS);
    State state = before;
    if (moment.isBefore(before.asOf)) {
      Duration back = Duration.between(moment, before.asOf);
      state =
          new State(
              moment,
              before.arrival.minus(back),
              before.dayArrival.minus(back),
              before.bookingSeen == null ? null : before.bookingSeen.minus(back),
              before.reservedSince == null ? null : before.reservedSince.minus(back),
              before.pausedUntil.minus(back));
    }
    Instant arrival = state.arrival;
    Instant reservedSince = state.reservedSince;
    if (reservedSince != null && state.bookingSeen != null) {
      Instant ends = state.bookingSeen.plus(quota.per().multipliedBy(IDLE_WINDOWS));
      if (!ends.isAfter(moment)) {
        arrival = rescale(arrival, ends, interval(quota, true), interval(quota, false));
        reservedSince = null;
      }
    }
    return new State(
        moment, arrival, state.dayArrival, state.bookingSeen, reservedSince, state.pausedUntil);
  }

  private static State bookingShowedUp(State state, Quota quota) {
    if (state.reservedSince != null) {
      return new State(
          state.asOf,
          state.arrival,
          state.dayArrival,
          state.asOf,
          state.reservedSince,
          state.pausedUntil);
    }
    Instant arrival =
        rescale(state.arrival, state.asOf, interval(quota, false), interval(quota, true));
    return new State(
        state.asOf, arrival, state.dayArrival, state.asOf, state.asOf, state.pausedUntil);
  }

  /**
   * The backlog stays the same number of calls while the time one call takes changes; rounded up.
   */
  private static Instant rescale(Instant arrival, Instant at, long from, long to) {
    long debt = micros(arrival) - micros(at);
    if (debt <= 0) {
      return arrival;
    }
    long wholeCalls = debt / from;
    long rest = debt % from;
    return instant(micros(at) + wholeCalls * to + Math.ceilDiv(Math.multiplyExact(rest, to), from));
  }

  private static long burst(Quota quota, State state) {
    int low = lowReserve(quota);
    if (state.reservedSince == null) {
      return low;
    }
    long per = quota.per().toNanos() / 1000;
    long elapsed = Math.min(per, micros(state.asOf) - micros(state.reservedSince));
    return low + (highReserve(quota) - low) * elapsed / per;
  }

  private static long interval(Quota quota, boolean reserved) {
    int reserve = reserved ? highReserve(quota) : lowReserve(quota);
    // One microsecond more than the quotient, for clocks cut to microseconds.
    return Math.ceilDiv(quota.per().toNanos() / 1000, quota.calls() - reserve) + 1;
  }

  private static int lowReserve(Quota quota) {
    return Math.min(Math.max(1, quota.calls() / 50), quota.calls() - 1);
  }

  private static int highReserve(Quota quota) {
    return Math.clamp(
        quota.keptForBooking(), lowReserve(quota), Math.max(lowReserve(quota), quota.calls() / 2));
  }

  private static long dayInterval(int perDay) {
    return Math.ceilDiv(DAY, perDay - dayBurst(perDay)) + 1;
  }

  /**
   * Half a day's budget may go at once, the other half trickles; booking's part of it is not for
   * sync.
   */
  private static long dayAhead(Quota quota, int perDay, Lane lane) {
    long burst = dayBurst(perDay);
    if (lane == Lane.SYNC) {
      burst -= burst * highReserve(quota) / quota.calls();
    }
    return burst * dayInterval(perDay);
  }

  private static int dayBurst(int perDay) {
    return perDay / 2;
  }

  private static long micros(Instant instant) {
    return instant.getEpochSecond() * 1_000_000 + instant.getNano() / 1000;
  }

  private static Instant instant(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }
}
