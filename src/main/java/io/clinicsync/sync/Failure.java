package io.clinicsync.sync;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;

/**
 * An unexpected failure as it may be logged: type and place, since messages may quote a patient's
 * values.
 */
final class Failure {

  static final String DATABASE = "database_unavailable";

  private Failure() {}

  /**
   * Whether the database was away, full or had no session to give: nothing is wrong with the work
   * itself, and it goes on as soon as the database does. SQL states by <a
   * href="https://www.postgresql.org/docs/18/errcodes-appendix.html">PostgreSQL's table</a>: 08 no
   * connection, 53 no disk, memory or session, 57P shut down.
   */
  static boolean isOfDatabase(Throwable failed) {
    for (Throwable each = failed; each != null; each = each.getCause()) {
      if (each instanceof SQLTransientConnectionException) {
        return true;
      }
      if (each instanceof SQLException sql && sql.getSQLState() != null) {
        String state = sql.getSQLState();
        if (state.startsWith("08") || state.startsWith("53") || state.startsWith("57P")) {
          return true;
        }
      }
    }
    return false;
  }

  /** The stable code of an unexpected failure [ER-3]. */
  static String code(Throwable failed) {
    return isOfDatabase(failed) ? DATABASE : "internal_error";
  }

  static String of(Throwable failed) {
    StringBuilder text = new StringBuilder();
    for (Throwable each = failed; each != null; each = each.getCause()) {
      text.append(text.isEmpty() ? "" : " caused by ").append(each.getClass().getName());
      if (each.getStackTrace().length > 0) {
        text.append(" at ").append(each.getStackTrace()[0]);
      }
    }
    return text.toString();
  }
}
