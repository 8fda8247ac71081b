package io.clinicsync.sync;

import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.canonical.EmrRecord;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.TimeRange;
import io.clinicsync.clinics.Clinics;
import io.clinicsync.clinics.Connection;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.ReadWindow;
import io.clinicsync.emr.spi.RecordSource;
import io.clinicsync.records.Records;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.Tenancy;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.springframework.stereotype.Component;

/**
 * Reads named records again, outside the runs. An older version never replaces a newer one, so this
 * needs no lease; what the EMR denies when asked for by id is removed [R7].
 */
@Component
class SingleReads {

  private final Tenancy tenancy;
  private final Clinics clinics;
  private final Records records;
  private final RecentVersions recent;
  private final Clock clock;

  SingleReads(
      Tenancy tenancy, Clinics clinics, Records records, RecentVersions recent, Clock clock) {
    this.tenancy = tenancy;
    this.clinics = clinics;
    this.records = records;
    this.recent = recent;
    this.clock = clock;
  }

  /** What re-reading came to. */
  record Result(int read, int created, int updated, int removed) {

    static final Result NOTHING = new Result(0, 0, 0, 0);

    Result plus(Result other) {
      return new Result(
          read + other.read,
          created + other.created,
          updated + other.updated,
          removed + other.removed);
    }
  }

  /** Reads these records one by one. */
  <T extends EmrRecord> Result one(
      Connection connection, EmrAccount account, RecordSource<T> source, List<EmrRef> refs) {
    List<T> found = new ArrayList<>();
    List<EmrRef> gone = new ArrayList<>();
    for (EmrRef ref : refs) {
      source.get(account, ref).ifPresentOrElse(found::add, () -> gone.add(ref));
    }
    return store(connection, found, gone, refs.size());
  }

  /** Reads what starts in a span; what is missing there is left for the nightly comparison. */
  <T extends EmrRecord> Result span(
      Connection connection, EmrAccount account, RecordSource<T> source, TimeRange range) {
    List<Result> pages = new ArrayList<>();
    Pages.each(
        source,
        () -> account,
        new ReadWindow.StartingIn(range),
        page ->
            pages.add(store(connection, page.records(), page.removed(), page.records().size())));
    return pages.stream().reduce(Result.NOTHING, Result::plus);
  }

  private <T extends EmrRecord> Result store(
      Connection connection, List<T> found, List<EmrRef> gone, int read) {
    ClinicId clinic = connection.clinic();
    ConnectionId id = connection.id();
    Duration lateNotice = Duration.ofHours(clinics.require(clinic).settings().lateCancelHours());
    Result result =
        tenancy.inClinic(
            clinic,
            () -> {
              Records.Stored stored =
                  records.store(clinic, id, found, Records.Mode.LIVE, lateNotice);
              int removed =
                  records.remove(clinic, id, gone, clock.instant(), Records.Mode.LIVE, lateNotice);
              return new Result(read, stored.created(), stored.updated(), removed);
            });
    // A page prefetched meanwhile may carry what these records were before.
    recent.forget(id, gone);
    recent.forget(id, found.stream().map(EmrRecord::ref).toList());
    return result;
  }
}
