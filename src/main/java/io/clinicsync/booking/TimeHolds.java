package io.clinicsync.booking;

import io.clinicsync.booking.BookingRequests.Book;
import io.clinicsync.booking.BookingRequests.Who;
import io.clinicsync.clinics.Connection;
import io.clinicsync.clinics.Entitlements;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.tenancy.ClinicId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Holds a time for a caller that does not know the patient yet, and lets it go [R28]. */
@Component
public class TimeHolds {

  private static final Who NOBODY = new Who(null, null, null, null, null, null, false);

  private final Entitlements entitlements;
  private final Booker booker;
  private final Holds holds;
  private final CallerHolds callerHolds;
  private final ConnectionTurns turns;
  private final Clock clock;

  TimeHolds(
      Entitlements entitlements,
      Booker booker,
      Holds holds,
      CallerHolds callerHolds,
      ConnectionTurns turns,
      Clock clock) {
    this.entitlements = entitlements;
    this.booker = booker;
    this.holds = holds;
    this.callerHolds = callerHolds;
    this.turns = turns;
    this.clock = clock;
  }

  /**
   * A time to hold.
   *
   * @param practitioner id, e-mail or name; null takes one who is free
   * @param treatment id or name
   * @param site id or name; null where only one is possible
   * @param endsAt null takes the treatment's duration
   * @param life how long to hold it
   */
  public record Wish(
      @Nullable String practitioner,
      String treatment,
      @Nullable String site,
      Instant startsAt,
      @Nullable Instant endsAt,
      Duration life) {}

  /** What became of a wish. */
  public sealed interface Outcome {
    /** It is held, by the EMR's ids. */
    record Held(
        UUID hold,
        Instant expiresAt,
        String practitioner,
        String treatment,
        String site,
        Instant startsAt,
        Instant endsAt)
        implements Outcome {}

    /** It is not, and nothing is kept. */
    record Refused(BookingAnswer answer) implements Outcome {}
  }

  /**
   * Holds a time, checked as a booking is up to the practitioner's diary.
   *
   * @param key whose hold it is; nobody else can book or end it
   * @param agent whether a voice or chat agent asks
   */
  public Outcome hold(Connection connection, Wish wish, UUID key, boolean agent) {
    if (!entitlements.allows(connection.clinic(), connection.id(), Entitlements.Feature.BOOKING)) {
      return new Outcome.Refused(Bookings.NOT_ENABLED);
    }
    Attempt holder = Attempt.holding(UUID.randomUUID(), connection.clinic(), connection.id());
    boolean kept = false;
    try {
      Outcome.Held held = held(connection, wish, key, agent, holder);
      kept = true;
      return held;
    } catch (Stopped stopped) {
      return new Outcome.Refused(stopped.answer());
    } catch (EmrException failed) {
      return new Outcome.Refused(EmrFailures.answer(failed));
    } catch (Overtaken tooSlow) {
      return new Outcome.Refused(
          BookingAnswer.refused(
              Code.EMR_UNAVAILABLE, null, "The EMR took too long; nothing is held."));
    } finally {
      if (!kept) {
        holds.release(holder);
      }
    }
  }

  private Outcome.Held held(
      Connection connection, Wish wish, UUID key, boolean agent, Attempt holder) {
    if (callerHolds.isFull(connection.clinic(), key)) {
      throw tooMany();
    }
    Book asked =
        new Book(
            NOBODY,
            wish.practitioner(),
            wish.treatment(),
            wish.site(),
            null,
            null,
            null,
            wish.startsAt(),
            wish.endsAt(),
            null);
    Booker.Free free =
        turns.inTurn(
            connection.id(), () -> booker.hold(connection, holder, asked, agent, new Trace()));
    CallerHolds.Kept kept =
        new CallerHolds.Kept(
            holder.id(),
            free.practitioner().id().value(),
            free.treatment().id().value(),
            free.site().id().value(),
            free.startsAt(),
            free.endsAt(),
            clock.instant().plus(wish.life()));
    if (!callerHolds.keep(connection.clinic(), connection.id(), key, kept)) {
      throw tooMany();
    }
    return new Outcome.Held(
        kept.id(),
        kept.expiresAt(),
        kept.practitioner(),
        kept.treatment(),
        kept.site(),
        kept.startsAt(),
        kept.endsAt());
  }

  private static Stopped tooMany() {
    return Stopped.because(
        Code.TOO_MANY_HOLDS, "This key holds " + CallerHolds.MOST + " times already.");
  }

  /**
   * Lets a time go; one that is over already is fine.
   *
   * @return false when it is no hold of this key
   */
  public boolean letGo(ClinicId clinic, UUID key, UUID hold) {
    return callerHolds.letGo(clinic, key, hold);
  }
}
