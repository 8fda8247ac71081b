package io.clinicsync.sync;

import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.canonical.TimeRange;
import io.clinicsync.clinics.Connection;
import io.clinicsync.clinics.ConnectionState;
import io.clinicsync.clinics.Connections;
import io.clinicsync.emr.Connectors;
import io.clinicsync.emr.spi.ChangeListener.ReRead;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.emr.spi.RecordSource;
import io.clinicsync.emr.spi.Urgency;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.Tenancy;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Acts on what vendors' webhooks said: reads the records named again, as they stand now, so that
 * order and repetition of deliveries do not matter [R8]. A notice that cannot be acted on is given
 * up after a while; polling brings the change anyway.
 */
@Component
class Notices {

  private static final Logger log = LoggerFactory.getLogger(Notices.class);

  private static final int BATCH = 20;
  private static final int MOST_ATTEMPTS = 6;
  private static final Duration FIRST_WAIT = Duration.ofSeconds(15);

  private final Tenancy tenancy;
  private final Connections connections;
  private final Connectors connectors;
  private final NoticeStore store;
  private final SingleReads reads;

  Notices(
      Tenancy tenancy,
      Connections connections,
      Connectors connectors,
      NoticeStore store,
      SingleReads reads) {
    this.tenancy = tenancy;
    this.connections = connections;
    this.connectors = connectors;
    this.store = store;
    this.reads = reads;
  }

  /** Works off what waits for this clinic. */
  void work(ClinicId clinic) {
    List<NoticeStore.Notice> taken;
    do {
      taken = tenancy.inClinic(clinic, () -> store.claim(clinic, BATCH));
      taken.forEach(notice -> act(clinic, notice));
    } while (taken.size() == BATCH);
    tenancy.inClinic(clinic, () -> store.prune(clinic));
  }

  private void act(ClinicId clinic, NoticeStore.Notice notice) {
    Connection connection = connections.find(clinic, notice.connection()).orElse(null);
    if (connection == null
        || connection.quietUntilLoaded()
        || connection.state() == ConnectionState.REVOKED
        || connection.paused()) {
      // The first load, or the first run after the pause, reads what this would.
      tenancy.inClinic(clinic, () -> store.done(clinic, notice, null));
      return;
    }
    try {
      EmrAccount account = connections.account(connection, Urgency.SYNC);
      for (ReRead each : notice.what()) {
        reRead(connection, account, each);
      }
      tenancy.inClinic(clinic, () -> store.done(clinic, notice, null));
    } catch (EmrException failed) {
      log.info(
          "a notice of connection {} could not be acted on: {}", connection.id(), failed.kind());
      failed(clinic, notice, failed);
    } catch (RuntimeException unexpected) {
      // One notice's trouble holds up nobody else. The message may quote values.
      log.error(
          "a notice of connection {} failed: {}", connection.id(), unexpected.getClass().getName());
      again(clinic, notice, notice.attempts() < MOST_ATTEMPTS, Duration.ZERO, "internal_error");
    }
  }

  private void failed(ClinicId clinic, NoticeStore.Notice notice, EmrException failed) {
    boolean mayPass =
        switch (failed.kind()) {
          case RATE_LIMITED, UNAVAILABLE -> notice.attempts() < MOST_ATTEMPTS;
          case CREDENTIALS_REJECTED,
              PERMISSION_MISSING,
              PERSON_NEEDED,
              NOT_FOUND,
              SLOT_TAKEN,
              REQUEST_REJECTED,
              CONTRACT_BROKEN,
              OUTCOME_UNKNOWN ->
              false;
        };
    again(
        clinic,
        notice,
        mayPass,
        failed.retryAfter().orElse(Duration.ZERO),
        RunOutcomes.code(failed));
  }

  private void again(
      ClinicId clinic, NoticeStore.Notice notice, boolean mayPass, Duration asked, String code) {
    Duration growing = FIRST_WAIT.multipliedBy(1L << Math.min(notice.attempts(), 8));
    tenancy.inClinic(
        clinic,
        () -> {
          if (mayPass) {
            store.later(clinic, notice, asked.compareTo(growing) > 0 ? asked : growing);
          } else {
            store.done(clinic, notice, code);
          }
        });
  }

  private void reRead(Connection connection, EmrAccount account, ReRead what) {
    RecordKind kind =
        switch (what) {
          case ReRead.One(EmrRef ref) -> ref.kind();
          case ReRead.Span(RecordKind of, TimeRange range) -> of;
        };
    connectors.require(connection.emr()).capabilities(account).stream()
        .filter(RecordSource.class::isInstance)
        .<RecordSource<?>>map(RecordSource.class::cast)
        .filter(source -> Sources.kindOf(source) == kind)
        .findFirst()
        .ifPresent(
            source -> {
              switch (what) {
                case ReRead.One(EmrRef ref) -> reads.one(connection, account, source, List.of(ref));
                case ReRead.Span(RecordKind of, TimeRange range) ->
                    reads.span(connection, account, source, range);
              }
            });
  }
}
