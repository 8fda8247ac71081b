package io.clinicsync.tenancy;

import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Reads ids across clinics for the sweeps listed here, and for nothing else [R41]. Runs as the
 * system role, which can read the granted id columns only and can write nothing.
 */
public class CrossTenantReads {

  private static final Logger log = LoggerFactory.getLogger(CrossTenantReads.class);

  private final JdbcClient jdbc;

  CrossTenantReads(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Why somebody looks across clinics; each is one line in the audit of this process. */
  public enum Sweep {
    /** Which connections need a scheduled job. */
    CONNECTIONS_TO_SCHEDULE,
    /** Which connections have a session to keep alive. */
    SESSIONS_TO_KEEP,
    /** Which clinics have patients whose facts are due. */
    FACTS_DUE,
    /** Which clinics have patients whose facts could not be computed. */
    FACTS_PARKED,
    /** Which clinics have contacts waiting to be pushed. */
    PUSHES_WAITING,
    /** Which clinics have a sub-account whose contacts are compared every night. */
    CONTACTS_TO_COMPARE,
    /** Which GoHighLevel tokens want refreshing. */
    TOKENS_TO_REFRESH,
    /** Which clinics have vendor notices to act on. */
    NOTICES_WAITING,
    /** Which clinics have bookings whose outcome must be found out. */
    BOOKINGS_TO_SETTLE,
    /** Which clinics have bookings, ids and holds that are long past. */
    BOOKINGS_TO_FORGET,
    /** Which clinics have GoHighLevel appointments to bring into their EMR. */
    HOOKS_WAITING,
    /** Which clinics have app webhooks of GoHighLevel to act on. */
    APP_EVENTS_WAITING,
    /** Which clinics have calendars of GoHighLevel to compare with a diary. */
    CALENDARS_TO_MIRROR,
    /** Which clinics have calendars of GoHighLevel to look at. */
    CALENDARS_TO_LOOK_AT,
    /** Which clinics have old appointments and calls of GoHighLevel to forget. */
    BRIDGE_TO_FORGET,
    /** Which clinics have handed-over files to take or to forget. */
    IMPORTS_WAITING,
    /** Which keysets are still wrapped by an old master key. */
    KEYSETS_TO_REWRAP
  }

  /** Runs one listed sweep. */
  public <T> List<T> list(Sweep sweep, String sql, Map<String, ?> parameters, RowMapper<T> mapper) {
    List<T> rows = jdbc.sql(sql).params(parameters).query(mapper).list();
    log.debug("cross-tenant sweep {} found {}", sweep, rows.size());
    return rows;
  }
}
