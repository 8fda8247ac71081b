package io.clinicsync.emr.practicebetter;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clinicsync.canonical.Appointment;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.emr.spi.EmrException.Kind;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Sees to it that a session stands at the instant it was asked for. What shows after a write is
 * compared; a known misreading is put right, once, and remembered; what still stands elsewhere is
 * not left there.
 */
final class PracticeBetterDiary {

  static final String MOVE = "practicebetter.sessions.move";
  static final String CANCEL = "practicebetter.sessions.cancel";

  private final PracticeBetterWriter writer;
  private final PracticeBetterSessions sessions;
  private final PracticeBetterHabits habits;

  PracticeBetterDiary(
      PracticeBetterWriter writer, PracticeBetterSessions sessions, PracticeBetterHabits habits) {
    this.writer = writer;
    this.sessions = sessions;
    this.habits = habits;
  }

  /** When a session is to be. */
  record When(Instant start, Instant end) {

    Duration length() {
      return Duration.between(start, end);
    }

    boolean isOf(Appointment shown) {
      return shown.startsAt().equals(start.truncatedTo(ChronoUnit.SECONDS))
          && (shown.endsAt() == null || shown.endsAt().equals(end.truncatedTo(ChronoUnit.SECONDS)));
    }
  }

  /**
   * A session as it shows now.
   *
   * @throws EmrException OUTCOME_UNKNOWN when it cannot be seen
   */
  Appointment shown(EmrAccount account, EmrRef session, String operation) {
    try {
      return sessions
          .get(account, session)
          .orElseThrow(() -> new EmrException(Kind.NOT_FOUND, "The session does not show"));
    } catch (EmrException unseen) {
      throw PracticeBetterWriter.unknown(operation, unseen);
    }
  }

  /**
   * Puts a session right that shows where it was not asked for.
   *
   * @param used how it was written
   * @return as it shows then; null when it is not where it was asked for
   * @throws EmrException SLOT_TAKEN when the time that was asked for is taken
   */
  @Nullable Appointment putRight(
      EmrAccount account, Appointment shown, When asked, PracticeBetterHabit used) {
    PracticeBetterHabit other = misread(account, shown, asked, used);
    if (other == null || other.isAmbiguous(asked.start())) {
      return null;
    }
    try {
      move(account, shown.ref(), asked, other);
      Appointment after = shown(account, shown.ref(), MOVE);
      if (!asked.isOf(after)) {
        return null;
      }
      habits.keep(account, other);
      return after;
    } catch (EmrException notDone) {
      if (notDone.kind() == Kind.SLOT_TAKEN) {
        throw notDone;
      }
      return null;
    }
  }

  /** The habit that explains where a session stands; null when none does. */
  static @Nullable PracticeBetterHabit misread(
      EmrAccount account, Appointment shown, When asked, PracticeBetterHabit used) {
    Instant end = shown.endsAt();
    return used.behind(
            asked.start(),
            asked.length(),
            shown.startsAt(),
            end == null ? null : Duration.between(shown.startsAt(), end),
            account.zone())
        .filter(habit -> !habit.equals(used))
        .orElse(null);
  }

  /** Whatever it was written with, as that may have been learned otherwise since. */
  boolean isMisread(EmrAccount account, Appointment found, When asked) {
    ZoneId learned = habits.of(account, false).wall();
    for (boolean seconds : new boolean[] {false, true}) {
      for (PracticeBetterHabit used :
          List.of(
              new PracticeBetterHabit(null, seconds), new PracticeBetterHabit(learned, seconds))) {
        if (misread(account, found, asked, used) != null) {
          return true;
        }
      }
    }
    return false;
  }

  /**
   * Moves a session.
   *
   * @see <a href="https://api-docs.practicebetter.io">PUT /consultant/sessions/{id}/date</a>
   */
  void move(EmrAccount account, EmrRef session, When to, PracticeBetterHabit habit) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.put("sessionDate", habit.date(to.start()));
    body.put("duration", habit.duration(to.length())).put("ignoreConflict", false);
    writer.send(account, MOVE, "PUT", path(session) + "/date", body, PracticeBetterWriter.TAKEN);
  }

  /**
   * Cancels a session; neither of the flags that would take others along is sent.
   *
   * @param note null for none
   * @see <a href="https://api-docs.practicebetter.io">POST /consultant/sessions/{id}/cancel</a>
   */
  void cancel(EmrAccount account, EmrRef session, boolean notify, @Nullable String note) {
    ObjectNode body = JsonNodeFactory.instance.objectNode().put("notify", notify);
    if (note != null) {
      body.put("notes", note);
    }
    writer.send(
        account,
        CANCEL,
        "POST",
        path(session) + "/cancel",
        body,
        Map.of(409, Kind.REQUEST_REJECTED));
  }

  /** Cancels what may not stand, without a word to anybody; true once it shows cancelled. */
  boolean takenBack(EmrAccount account, EmrRef session) {
    try {
      cancel(account, session, false, null);
      return shown(account, session, CANCEL).status() == Appointment.Status.CANCELLED;
    } catch (EmrException stillThere) {
      return false;
    }
  }

  /** The id becomes part of an address. */
  static String path(EmrRef session) {
    return PracticeBetterSessions.PATH + "/" + required(session);
  }

  /** The id of a reference that a write cannot do without. */
  static String required(EmrRef ref) {
    return PracticeBetterApi.id(ref.id().value())
        .orElseThrow(
            () ->
                new EmrException(
                    Kind.NOT_FOUND, "The " + ref.kind() + " is not one of Practice Better's"));
  }
}
