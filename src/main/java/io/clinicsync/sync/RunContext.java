package io.clinicsync.sync;

import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.records.Records;
import io.clinicsync.tenancy.ClinicId;
import java.time.Duration;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * What one run works with.
 *
 * @param account opens the account anew for each call [R25]
 * @param dryRun counts what would be stored and stores nothing
 */
record RunContext(
    ClinicId clinic,
    ConnectionId connection,
    Lane lane,
    UUID run,
    long fence,
    Supplier<EmrAccount> account,
    Records.Mode mode,
    Supplier<Duration> lateNotice,
    boolean dryRun,
    RunCounts counts,
    Touched touched,
    Supplier<Boolean> stopped) {

  /** The same run, storing with other consequences. */
  RunContext with(Records.Mode other) {
    return new RunContext(
        clinic,
        connection,
        lane,
        run,
        fence,
        account,
        other,
        lateNotice,
        dryRun,
        counts,
        touched,
        stopped);
  }
}
