package io.clinicsync.booking;

import io.clinicsync.booking.Attempt.Operation;
import io.clinicsync.booking.Attempt.State;
import io.clinicsync.booking.AttemptKeys.Begun;
import io.clinicsync.booking.BookingRequests.Asked;
import io.clinicsync.booking.BookingRequests.Book;
import io.clinicsync.booking.BookingRequests.BookHeld;
import io.clinicsync.booking.BookingRequests.Cancel;
import io.clinicsync.booking.BookingRequests.OtherId;
import io.clinicsync.booking.BookingRequests.Reschedule;
import io.clinicsync.booking.BookingRequests.Who;
import io.clinicsync.canonical.Hashes;
import io.clinicsync.clinics.Connection;
import io.clinicsync.clinics.Entitlements;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.Tenancy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Books, moves and cancels. A call that comes again joins the one under way and gets its answer; an
 * answer that was lost is looked for before anything else is done.
 */
@Component
public class Bookings {

  private static final Logger log = LoggerFactory.getLogger(Bookings.class);
  private static final Duration PATIENCE = Duration.ofSeconds(15);
  private static final Duration GLANCE = Duration.ofMillis(50);
  private static final String NOT_YET =
      "The EMR has not answered yet; this is settled within two minutes.";

  private static final UUID NOBODY = new UUID(0, 0);

  static final BookingAnswer NOT_ENABLED =
      BookingAnswer.refused(Code.NOT_ENABLED, null, "This connection is not enabled for booking.");

  private final Tenancy tenancy;
  private final AttemptKeys keys;
  private final Attempts attempts;
  private final AttemptLog past;
  private final OtherIds otherIds;
  private final Entitlements entitlements;
  private final Booker booker;
  private final Registrar registrar;
  private final Changer changer;
  private final Settling settling;
  private final Confirmations confirmations;
  private final Holds holds;
  private final ConnectionTurns turns;
  private final Clock clock;

  Bookings(
      Tenancy tenancy,
      AttemptKeys keys,
      Attempts attempts,
      AttemptLog past,
      OtherIds otherIds,
      Entitlements entitlements,
      Booker booker,
      Registrar registrar,
      Changer changer,
      Settling settling,
      Confirmations confirmations,
      Holds holds,
      ConnectionTurns turns,
      Clock clock) {
    this.tenancy = tenancy;
    this.keys = keys;
    this.attempts = attempts;
    this.past = past;
    this.otherIds = otherIds;
    this.entitlements = entitlements;
    this.booker = booker;
    this.registrar = registrar;
    this.changer = changer;
    this.settling = settling;
    this.confirmations = confirmations;
    this.holds = holds;
    this.turns = turns;
    this.clock = clock;
  }

  /** Books an appointment; the answer says whether the EMR confirmed it. */
  public BookingAnswer book(Connection connection, Book request, Asked asked) {
    return once(
        connection,
        Operation.BOOK,
        key(connection, asked, request.sameness(), request.whole(), request.otherId()),
        (attempt, trace) -> booker.book(connection, attempt, request, asked.agent(), trace));
  }

  /** Books a time that the same key holds. */
  public BookingAnswer book(Connection connection, BookHeld request, Asked asked) {
    return once(
        connection,
        Operation.BOOK,
        key(connection, asked, request.sameness(), request.whole(), request.otherId()),
        (attempt, trace) -> booker.book(connection, attempt, request, asked, trace));
  }

  /** Registers a person without an appointment; one who is there already stays as they are. */
  public BookingAnswer register(Connection connection, Who who, Asked asked) {
    BookingAnswer answer =
        once(
            connection,
            Operation.REGISTER,
            key(connection, asked, "register|" + who.sameness(), who.sameness(), null),
            (attempt, trace) -> registrar.registerAlone(connection, attempt, who, trace));
    UUID attempt = answer.attempt();
    return answer.code() == Code.UNKNOWN && attempt != null
        ? registrar.lookAgain(connection, attempt, who).orElse(answer)
        : answer;
  }

  /** Moves an appointment. */
  public BookingAnswer reschedule(Connection connection, Reschedule request, Asked asked) {
    return once(
        connection,
        Operation.RESCHEDULE,
        key(
            connection,
            asked,
            about(connection, request.appointment()) + "|" + request.whole(),
            request.whole(),
            null),
        (attempt, trace) -> changer.reschedule(connection, attempt, request, asked.agent(), trace));
  }

  /** Cancels an appointment; one that is cancelled already stays so. */
  public BookingAnswer cancel(Connection connection, Cancel request, Asked asked) {
    return once(
        connection,
        Operation.CANCEL,
        key(
            connection,
            asked,
            about(connection, request.appointment()) + "|" + request.whole(),
            request.whole(),
            null),
        (attempt, trace) -> changer.cancel(connection, attempt, request, asked.agent(), trace));
  }

  /** The EMR's id of the appointment that is known by another one; empty when none is. */
  public Optional<String> known(Connection connection, OtherId other) {
    return otherIds.appointment(connection.clinic(), connection.id(), other);
  }

  /** The ids GoHighLevel knows some of the EMR's appointments by; others are left out. */
  public Map<String, List<String>> knownInGhl(
      Connection connection, Collection<String> appointments) {
    return otherIds.inGhl(connection.clinic(), connection.id(), appointments);
  }

  /**
   * An attempt as it stands.
   *
   * @param answer null while it is open
   */
  public record Seen(
      UUID id,
      UUID connection,
      String operation,
      String state,
      @Nullable BookingAnswer answer,
      List<Passed> trace,
      Instant createdAt) {}

  /** A step of an attempt and how long it took. */
  public record Passed(String step, String found, long millis) {}

  /**
   * One attempt of a clinic.
   *
   * @param ofKey only if this key made it; null for whoever did
   */
  public Optional<Seen> find(ClinicId clinic, UUID attempt, @Nullable UUID ofKey) {
    return past.find(clinic, attempt, ofKey).map(Bookings::seen);
  }

  /** Attempts of a clinic that have been open for ten minutes: a person must look [R29]. */
  public List<Seen> stuck(ClinicId clinic) {
    return past.stuck(clinic, clock.instant().minus(Duration.ofMinutes(10))).stream()
        .map(Bookings::seen)
        .toList();
  }

  /**
   * A connection's latest attempts, latest first.
   *
   * @param ofKey only what this key made; null for whoever did
   */
  public List<Seen> latest(Connection connection, @Nullable UUID ofKey, int limit) {
    return past.latest(connection.clinic(), connection.id(), ofKey, limit).stream()
        .map(Bookings::seen)
        .toList();
  }

  private static Seen seen(AttemptLog.Shown shown) {
    return new Seen(
        shown.id(),
        shown.connection().value(),
        shown.operation().name().toLowerCase(java.util.Locale.ROOT),
        shown.state().name().toLowerCase(java.util.Locale.ROOT),
        shown.answer(),
        shown.trace().stream()
            .map(each -> new Passed(each.step(), each.found(), each.millis()))
            .toList(),
        shown.createdAt());
  }

  /**
   * The appointment an id means at this moment: the same words about another one are another
   * intent.
   */
  private String about(Connection connection, String id) {
    try {
      return otherIds.meant(connection, id);
    } catch (Stopped notOne) {
      return id;
    }
  }

  /** Whether a booking of this id was sent to the EMR and is not settled. */
  public boolean isUnsettled(Connection connection, OtherId other) {
    return otherIds.isUnsettled(connection.clinic(), connection.id(), other, NOBODY);
  }

  /** The same words for the same intent; what is asked under it must not change [R26]. */
  private static AttemptKeys.Key key(
      Connection connection,
      Asked asked,
      String sameness,
      String whole,
      @Nullable OtherId otherId) {
    String given = asked.idempotencyKey();
    // An agent may not see what people asked for, so it never gets the answer they got.
    String where = connection.id() + (asked.agent() ? "|agent" : "");
    String hashed = HexFormat.of().formatHex(Hashes.sha256(where + "|" + sameness));
    return given == null
        ? new AttemptKeys.Key(
            "derived:" + hashed,
            true,
            Hashes.sha256(where + "|" + sameness),
            asked.keyId(),
            otherId)
        : new AttemptKeys.Key(
            (asked.keyId() == null ? "ours:" : "given:") + given,
            false,
            Hashes.sha256(where + "|" + whole),
            asked.keyId(),
            otherId);
  }

  private BookingAnswer once(
      Connection connection,
      Operation operation,
      AttemptKeys.Key key,
      BiFunction<Attempt, Trace, BookingAnswer> work) {
    if (turns.isFull(connection.id())) {
      return ConnectionTurns.TOO_MANY;
    }
    long end = System.nanoTime() + PATIENCE.toNanos();
    UUID joined = null;
    while (true) {
      Optional<BookingAnswer> ended = joined == null ? Optional.empty() : ended(connection, joined);
      if (ended.isPresent()) {
        return ended.get();
      }
      switch (begin(connection, operation, key)) {
        case Begun.NotEnabled() -> {
          return NOT_ENABLED;
        }
        case Begun.Ours(Attempt attempt) -> {
          return worked(attempt, work);
        }
        case Begun.Answered(BookingAnswer answer) -> {
          return answer;
        }
        case Begun.Mismatch() -> {
          return BookingAnswer.refused(
              Code.IDEMPOTENCY_MISMATCH,
              "Idempotency-Key",
              "This key was used for another request.");
        }
        case Begun.JustEnded() -> {}
        case Begun.Elsewhere(Attempt attempt) -> {
          joined = attempt.id();
          if (attempt.state() == State.UNKNOWN || attempt.state() == State.UNDOING) {
            return BookingAnswer.refused(Code.UNKNOWN, null, NOT_YET).of(attempt.id());
          }
          if (System.nanoTime() > end) {
            return BookingAnswer.refused(
                    Code.IN_PROGRESS, null, "The same call is still being worked on.")
                .of(attempt.id());
          }
        }
      }
      LockSupport.parkNanos(GLANCE.toNanos());
    }
  }

  /** Whether it is a new intent, once it is known that the clinic may book here at all. */
  private Begun begin(Connection connection, Operation operation, AttemptKeys.Key key) {
    return tenancy.inClinic(
        connection.clinic(),
        () ->
            entitlements.allows(connection.clinic(), connection.id(), Entitlements.Feature.BOOKING)
                ? keys.begin(connection.clinic(), connection.id(), operation, key)
                : new Begun.NotEnabled());
  }

  /** The answer of the call that was joined, also where its key is free again. */
  private Optional<BookingAnswer> ended(Connection connection, UUID attempt) {
    return past.find(connection.clinic(), attempt, null)
        .flatMap(each -> Optional.ofNullable(each.answer()))
        .map(BookingAnswer::again);
  }

  private BookingAnswer worked(Attempt attempt, BiFunction<Attempt, Trace, BookingAnswer> work) {
    Trace trace = new Trace();
    try {
      return ending(attempt, work, trace);
    } catch (Overtaken past) {
      // Whoever looks after it now finds out what became of it.
      return BookingAnswer.refused(Code.UNKNOWN, null, NOT_YET).of(attempt.id());
    } catch (RuntimeException unexpected) {
      log.error("attempt {} failed: {}", attempt.id(), unexpected.getClass().getName());
      // Where a write may have been sent its row says so, and it is settled; else its key is freed.
      if (attempts.giveUp(attempt)) {
        holds.release(attempt);
      }
      throw unexpected;
    }
  }

  private BookingAnswer ending(
      Attempt attempt, BiFunction<Attempt, Trace, BookingAnswer> work, Trace trace) {
    try {
      return turns.inTurn(attempt.connection(), () -> work.apply(attempt, trace));
    } catch (Stopped stopped) {
      Attempt as = stopped.attempt();
      return confirmations.end(as == null ? attempt : as, stopped.answer(), trace);
    } catch (Unanswered lost) {
      return lookedFor(lost.attempt(), trace);
    } catch (EmrException failed) {
      // Before any write, or this is refused: the row then says that something was sent.
      trace.step("the EMR failed", failed.kind().name());
      return confirmations.end(attempt, EmrFailures.answer(failed), trace);
    }
  }

  /** Looks once at once, since most lost answers are of writes that succeeded. */
  private BookingAnswer lookedFor(Attempt attempt, Trace trace) {
    Attempt lost = attempts.toSettle(attempt, State.UNKNOWN, attempt.appointment());
    try {
      Optional<BookingAnswer> settled = settling.settle(lost, trace);
      if (settled.isPresent()) {
        return settled.get();
      }
    } catch (EmrException stillAway) {
      log.info("attempt {} has no answer yet: {}", attempt.id(), stillAway.kind());
    }
    return BookingAnswer.refused(Code.UNKNOWN, null, NOT_YET).of(attempt.id());
  }
}
