package io.clinicsync.sync;

import io.clinicsync.canonical.EmrRecord;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.emr.spi.Page;
import io.clinicsync.records.Quarantine;
import io.clinicsync.records.Records;
import io.clinicsync.tenancy.Tenancy;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/**
 * Stores what a run reads beside its windows, under the same fence and with the same care for what
 * is gone or not understood; no place moves.
 */
@Component
class PagesBeside {

  private final Tenancy tenancy;
  private final SyncStore store;
  private final Records records;
  private final Quarantine quarantine;
  private final RecentVersions recent;
  private final SyncSettings settings;

  PagesBeside(
      Tenancy tenancy,
      SyncStore store,
      Records records,
      Quarantine quarantine,
      RecentVersions recent,
      SyncSettings settings) {
    this.tenancy = tenancy;
    this.store = store;
    this.records = records;
    this.quarantine = quarantine;
    this.recent = recent;
    this.settings = settings;
  }

  /** Stores a page of a kind in the given mode. */
  void store(RunContext run, RecordKind kind, Page<? extends EmrRecord> page, Records.Mode mode) {
    tenancy.inClinic(run.clinic(), () -> write(run, kind, page, mode));
    recent.forget(
        run.connection(),
        Stream.of(
                page.records().stream().map(EmrRecord::ref),
                page.removed().stream(),
                page.rejected().stream().flatMap(each -> Stream.ofNullable(each.id())))
            .flatMap(refs -> refs)
            .toList());
  }

  private void write(
      RunContext run, RecordKind kind, Page<? extends EmrRecord> page, Records.Mode mode) {
    store.hold(run.clinic(), run.connection(), run.lane(), run.fence(), settings.lease());
    records.store(run.clinic(), run.connection(), page.records(), mode, run.lateNotice().get());
    List<String> understood = page.records().stream().map(each -> each.ref().id().value()).toList();
    quarantine.release(run.clinic(), run.connection(), kind, understood);
    List<EmrRef> removed = page.removed();
    records.remove(
        run.clinic(), run.connection(), removed, page.vendorNow(), mode, run.lateNotice().get());
    Map<String, String> problems = new LinkedHashMap<>();
    page.rejected()
        .forEach(each -> problems.put(WindowReader.rejectedId(each.id()), each.problem()));
    quarantine.add(run.clinic(), run.connection(), kind, problems);
  }
}
