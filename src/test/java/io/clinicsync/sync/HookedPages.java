package io.clinicsync.sync;

import io.clinicsync.canonical.EmrRecord;
import io.clinicsync.emr.spi.Page;
import io.clinicsync.emr.spi.RecordSource;

/** A page store with hooks before and after each page. */
class HookedPages extends PageStore {

  private final Runnable before;
  private final Runnable after;

  HookedPages(Engines engines, SyncStore store, Runnable before, Runnable after) {
    super(
        engines.tenancy(),
        store,
        engines.records(),
        engines.quarantine(),
        new RecentVersions(),
        engines.settings(),
        engines.jdbc());
    this.before = before;
    this.after = after;
  }

  @Override
  <T extends EmrRecord> boolean store(
      RunContext run,
      RecordSource<T> source,
      Page<T> page,
      Checkpoint at,
      Checkpoint to,
      Checkpoint.Open window) {
    before.run();
    boolean held = super.store(run, source, page, at, to, window);
    after.run();
    return held;
  }
}
