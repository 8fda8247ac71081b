package io.clinicsync.tenancy;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import org.jspecify.annotations.Nullable;

/**
 * Whether a failure means that our own database was away, full or had no session to give: nothing
 * is wrong with the work itself, and it will do as soon as the database does.
 */
public final class DatabaseAway {

  private DatabaseAway() {}

  /**
   * Whether that is the reason, however deep it lies. SQL states by <a
   * href="https://www.postgresql.org/docs/18/errcodes-appendix.html">PostgreSQL's table</a>: 08 no
   * connection, 53 no disk, memory or session, 57P shut down.
   */
  public static boolean isReasonOf(@Nullable Throwable failed) {
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
}
