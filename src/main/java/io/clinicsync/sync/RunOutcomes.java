package io.clinicsync.sync;

import io.clinicsync.canonical.RecordKind;
import io.clinicsync.clinics.Connection;
import io.clinicsync.clinics.ConnectionState;
import io.clinicsync.clinics.Connections;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.sync.SyncStore.Claim;
import io.clinicsync.tenancy.DatabaseAway;
import io.clinicsync.tenancy.Tenancy;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Closes runs: what is written down about them, what it says about the connection, and when the
 * next one is due.
 */
@Component
class RunOutcomes {

  /** The run made room for others and is continued at once. */
  static final String GOES_ON = "goes_on";

  /** A database that was away is back within seconds, as a rule, or answers nothing anyway. */
  static final Duration AFTER_DATABASE = Duration.ofSeconds(10);

  private final Tenancy tenancy;
  private final SyncStore store;
  private final Connections connections;
  private final SyncSettings settings;
  private final Clock clock;

  RunOutcomes(
      Tenancy tenancy,
      SyncStore store,
      Connections connections,
      SyncSettings settings,
      Clock clock) {
    this.tenancy = tenancy;
    this.store = store;
    this.connections = connections;
    this.settings = settings;
    this.clock = clock;
  }

  RunResult close(Connection connection, Claim claim, RunCounts counts, Runs.Failures failures) {
    EmrException stopping = failures.stopping;
    RunState state =
        stopping != null
            // To be asked to slow down is no failure; the rest comes with the next run [R16].
            ? stopping.kind() == EmrException.Kind.RATE_LIMITED ? RunState.PARTIAL : RunState.FAILED
            : failures.all().isEmpty() && !failures.goesOn ? RunState.SUCCEEDED : RunState.PARTIAL;
    EmrException worst =
        stopping != null
            ? stopping
            : failures.all().stream().min(Comparator.comparing(this::severity)).orElse(null);
    String code = worst != null ? code(worst) : failures.goesOn ? GOES_ON : null;
    Duration wait =
        Stream.concat(Stream.ofNullable(stopping), failures.all().stream())
            .map(failed -> failed.retryAfter().orElse(null))
            .filter(Objects::nonNull)
            .max(Comparator.naturalOrder())
            .orElse(null);
    boolean atOnce = failures.goesOn && worst == null;
    return finish(
        connection,
        claim,
        counts,
        true,
        state,
        code,
        atOnce ? Duration.ZERO : null,
        wait,
        connectionState(connection, worst, failures),
        List.copyOf(failures.bySource.keySet()));
  }

  RunResult superseded(Connection connection, Claim claim, RunCounts counts) {
    return finish(
        connection, claim, counts, true, RunState.SUPERSEDED, null, null, null, null, List.of());
  }

  /** A run that failed for a reason of our own; one whose database went away comes back soon. */
  RunResult broken(Connection connection, Claim claim, RunCounts counts, RuntimeException why) {
    return finish(
        connection,
        claim,
        counts,
        !DatabaseAway.isReasonOf(why),
        RunState.FAILED,
        Failure.code(why),
        DatabaseAway.isReasonOf(why) ? AFTER_DATABASE : null,
        null,
        ConnectionState.DEGRADED,
        List.of());
  }

  private RunResult finish(
      Connection connection,
      Claim claim,
      RunCounts counts,
      boolean counted,
      RunState state,
      @Nullable String code,
      @Nullable Duration planned,
      @Nullable Duration wait,
      @Nullable ConnectionState says,
      List<RecordKind> failed) {
    Duration next =
        planned != null
            ? planned
            : Pacing.next(settings, state, counts.changedAnything(), claim.lastInterval(), wait);
    boolean held =
        tenancy.inClinic(
            connection.clinic(),
            () -> {
              boolean stillHeld =
                  store.finish(
                      connection.clinic(),
                      connection.id(),
                      Lane.LIVE,
                      claim,
                      counted ? counts : null,
                      state,
                      code,
                      clock.instant().plus(next));
              if (stillHeld
                  && says != null
                  && (says != connection.state()
                      || !Objects.equals(code, connection.stateCode()))) {
                connections.report(connection.clinic(), connection.id(), says, code);
              }
              return stillHeld;
            });
    return new RunResult(
        claim.run(),
        held ? state : RunState.SUPERSEDED,
        code,
        counts.pages(),
        counts.read(),
        counts.created(),
        counts.updated(),
        counts.removed(),
        counts.rejected(),
        failed,
        next);
  }

  private @Nullable ConnectionState connectionState(
      Connection connection, @Nullable EmrException worst, Runs.Failures failures) {
    if (worst == null) {
      return failures.goesOn
          ? connection.quietUntilLoaded() ? ConnectionState.CONNECTING : ConnectionState.CATCHING_UP
          : ConnectionState.HEALTHY;
    }
    return switch (worst.kind()) {
      case CREDENTIALS_REJECTED, PERMISSION_MISSING, PERSON_NEEDED -> ConnectionState.ACTION_NEEDED;
      case RATE_LIMITED ->
          connection.quietUntilLoaded() ? ConnectionState.CONNECTING : ConnectionState.CATCHING_UP;
      case UNAVAILABLE, NOT_FOUND, REQUEST_REJECTED, CONTRACT_BROKEN, SLOT_TAKEN, OUTCOME_UNKNOWN ->
          ConnectionState.DEGRADED;
    };
  }

  /** What needs a person comes first. */
  private int severity(EmrException failed) {
    return switch (failed.kind()) {
      case CREDENTIALS_REJECTED -> 0;
      case PERSON_NEEDED -> 1;
      case PERMISSION_MISSING -> 2;
      case CONTRACT_BROKEN -> 3;
      case REQUEST_REJECTED -> 4;
      case UNAVAILABLE -> 5;
      case RATE_LIMITED -> 6;
      case NOT_FOUND, SLOT_TAKEN, OUTCOME_UNKNOWN -> 7;
    };
  }

  /** The stable code of an EMR failure [ER-3]. */
  static String code(EmrException failed) {
    return "emr_" + failed.kind().name().toLowerCase(Locale.ROOT);
  }
}
