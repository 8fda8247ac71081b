package io.clinicsync.bridge;

import io.clinicsync.booking.Code;
import io.clinicsync.bridge.Bridged.Stage;
import io.clinicsync.clinics.Connection;
import io.clinicsync.clinics.Connections;
import io.clinicsync.clinics.GhlAccounts;
import io.clinicsync.ghl.GhlAccount;
import io.clinicsync.ghl.GhlApi;
import io.clinicsync.ghl.GhlEvent;
import io.clinicsync.ghl.GhlException;
import io.clinicsync.tenancy.ClinicId;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Carries an appointment of GoHighLevel through to its end: into the EMR, and back to GoHighLevel
 * where the EMR refuses it. What a failure or a crash left is taken up by a sweep.
 */
@Component
class BridgeWork {

  private static final Logger log = LoggerFactory.getLogger(BridgeWork.class);
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final Duration RARELY = Duration.ofMinutes(5);

  /** Until the clinic may be back in the sub-account that showed an appointment. */
  private static final Duration STANDS_BY = Duration.ofHours(1);

  private static final HookAnswer NOT_SHOWN =
      HookAnswer.refused(
          500,
          "not_confirmed",
          "The sub-account that is connected now is not known to have shown this appointment.");

  private static final HookAnswer NOT_CONNECTED =
      HookAnswer.refused(
          500, "ghl_unavailable", "The clinic has no sub-account now; it is tried again.");

  /**
   * Ten minutes of trying; then a booking is refused, for GoHighLevel shows what nobody has booked.
   * What stands in the EMR is never given up.
   */
  private static final int MOST_TRIES = 30;

  /** Between two tries to tell what GoHighLevel did not take. */
  private static final Duration UNTOLD = Duration.ofMinutes(15);

  private static final HookAnswer GIVEN_UP =
      HookAnswer.refused(
          422, "emr_unavailable", "The EMR did not answer for ten minutes; book it again.");

  private final BridgedRows rows;
  private final Bringer bringer;
  private final RefusalReports reports;
  private final Connections connections;
  private final GhlAccounts accounts;
  private final GhlApi ghl;

  BridgeWork(
      BridgedRows rows,
      Bringer bringer,
      RefusalReports reports,
      Connections connections,
      GhlAccounts accounts,
      GhlApi ghl) {
    this.rows = rows;
    this.bringer = bringer;
    this.reports = reports;
    this.connections = connections;
    this.accounts = accounts;
    this.ghl = ghl;
  }

  /** Works on what is due of a clinic; one that fails holds up no other. */
  void work(ClinicId clinic) {
    for (Optional<Bridged> due = rows.claim(clinic); due.isPresent(); due = rows.claim(clinic)) {
      Bridged row = due.get();
      Connection connection = connections.find(clinic, row.connection()).orElse(null);
      if (connection != null) {
        work(connection, row);
      }
    }
  }

  /** Works on one that is the caller's. The answer for whoever told us. */
  HookAnswer work(Connection connection, Bridged row) {
    try {
      return tried(connection, row);
    } catch (GhlException away) {
      log.warn("GoHighLevel fails for an appointment that is bridged: {}", away.kind());
      rows.later(row, pause(row));
      return HookAnswer.refused(
          500, "ghl_unavailable", "GoHighLevel does not answer now; it is tried again.");
    } catch (RuntimeException unexpected) {
      log.error("bridging an appointment failed: {}", unexpected.getClass().getName());
      rows.later(row, pause(row));
      throw unexpected;
    }
  }

  /** Nothing is given up by waiting; it only asks less often. */
  private static Duration pause(Bridged row) {
    return row.tries() < MOST_TRIES ? SOON : RARELY;
  }

  private HookAnswer tried(Connection connection, Bridged row) {
    GhlAccount account =
        accounts.find(connection.clinic()).map(each -> each.urgent(true)).orElse(null);
    if (account == null) {
      rows.standBy(row, pause(row));
      return NOT_CONNECTED;
    }
    if (row.isOfAnother(account)) {
      rows.standBy(row, STANDS_BY);
      return NOT_SHOWN;
    }
    if (row.stage() == Stage.DONE) {
      lookAgain(connection, account, row);
      return HookAnswer.done("nothing_to_do", "It was looked at again.", row.appointment());
    }
    if (row.stage() == Stage.REPORTING) {
      report(connection, account, row);
      lookAgain(connection, account, row);
      return HookAnswer.refused(422, String.valueOf(row.code()), String.valueOf(row.says()));
    }
    Optional<GhlEvent> event = ghl.appointment(account, row.ghlAppointment());
    if (event.isEmpty() && !row.isOf(account)) {
      rows.standBy(row, STANDS_BY);
      return NOT_SHOWN;
    }
    Bridged current = asShown(row, Shown.of(account, event)).orElse(null);
    if (current == null) {
      return HookAnswer.refused(500, "in_progress", "This appointment is being worked on.");
    }
    HookAnswer answer = bringer.bring(connection, account, current, event);
    if (answer.status() == 403 && bringer.stands(connection, current.ghlAppointment())) {
      // What stands in the EMR follows as soon as the clinic may book again.
      rows.standBy(current, STANDS_BY);
      return answer;
    }
    if (answer.status() != 500) {
      return ended(connection, account, current, answer);
    }
    if (isGivenUp(connection, current, answer)) {
      return ended(connection, account, current, GIVEN_UP);
    }
    if (isOurs(answer)) {
      rows.later(current, pause(current));
    } else {
      rows.unanswered(current, pause(current));
    }
    return answer;
  }

  private boolean isGivenUp(Connection connection, Bridged row, HookAnswer answer) {
    return row.emrTries() >= MOST_TRIES
        && !isOurs(answer)
        && !bringer.stands(connection, row.ghlAppointment());
  }

  /** Whether it waits for us and not for the EMR. */
  private static boolean isOurs(HookAnswer answer) {
    return answer.code().equals(Code.UNKNOWN.word())
        || answer.code().equals(Code.RATE_LIMITED.word());
  }

  /** What GoHighLevel shows now is what counts. Empty when somebody else has it. */
  private Optional<Bridged> asShown(Bridged row, Shown shown) {
    return row.ghlState().equals(shown.state()) ? Optional.of(row) : rows.overtaken(row, shown);
  }

  private HookAnswer ended(
      Connection connection, GhlAccount account, Bridged row, HookAnswer answer) {
    if (answer.status() >= 400 && !RefusalReports.isOfTheEmr(answer) && row.appointment() == null) {
      rows.forget(row);
      return answer;
    }
    Bridged ended = rows.finish(row, RefusalReports.next(answer), answer).orElse(null);
    if (ended != null && ended.stage() == Stage.REPORTING) {
      try {
        report(connection, account, ended);
      } catch (GhlException away) {
        log.warn("a refusal could not be reported yet: {}", away.kind());
        rows.later(ended, SOON);
      }
    }
    if (ended != null) {
      try {
        lookAgain(connection, account, ended);
      } catch (GhlException away) {
        log.warn("an appointment could not be looked at again yet: {}", away.kind());
        rows.later(ended, SOON);
      }
    }
    return answer;
  }

  /**
   * What GoHighLevel refuses, or does not take for ten minutes, is an open error and told again now
   * and then: it ends when it is told, changes in GoHighLevel, or has passed.
   */
  private void report(Connection connection, GhlAccount account, Bridged row) {
    try {
      reports.report(connection, account, row);
    } catch (GhlException refused) {
      if (refused.kind() == GhlException.Kind.NOT_FOUND) {
        // Nobody is there any more who could be told.
        rows.reported(row, row.ghlState());
        return;
      }
      if (refused.kind() != GhlException.Kind.INVALID && row.tries() < MOST_TRIES) {
        throw refused;
      }
      log.warn("a refusal cannot be told to GoHighLevel: {}", refused.kind());
      rows.untold(row, UNTOLD);
    }
  }

  /** Somebody told of it while it was worked on: it may have changed since it was read. */
  private void lookAgain(Connection connection, GhlAccount account, Bridged row) {
    if (!rows.toldAgain(row)) {
      return;
    }
    Optional<GhlEvent> event = ghl.appointment(account, row.ghlAppointment());
    Shown shown =
        event.isEmpty() && !row.isOf(account)
            ? new Shown(row.ghlState(), null, null) // says nothing, so it stays as it is
            : Shown.of(account, event);
    if (rows.tell(connection, row.ghlAppointment(), shown, row.choice())
        instanceof BridgedRows.Told.Ours(Bridged next)) {
      work(connection, next);
    }
  }
}
