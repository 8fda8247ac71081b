package io.clinicsync.sync;

import io.clinicsync.canonical.EmrRecord;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.emr.spi.Page;
import io.clinicsync.emr.spi.RecordSource;
import io.clinicsync.records.Quarantine;
import io.clinicsync.records.Records;
import io.clinicsync.records.Records.Stored;
import io.clinicsync.tenancy.Tenancy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Stores a page with its transitions, its due markers and the place after it, all in one
 * transaction under the fence.
 */
@Component
class PageStore {

  private final Tenancy tenancy;
  private final SyncStore store;
  private final Records records;
  private final Quarantine quarantine;
  private final RecentVersions recent;
  private final SyncSettings settings;
  private final JdbcClient jdbc;

  PageStore(
      Tenancy tenancy,
      SyncStore store,
      Records records,
      Quarantine quarantine,
      RecentVersions recent,
      SyncSettings settings,
      JdbcClient jdbc) {
    this.tenancy = tenancy;
    this.store = store;
    this.records = records;
    this.quarantine = quarantine;
    this.recent = recent;
    this.settings = settings;
    this.jdbc = jdbc;
  }

  /**
   * Stores the page, or finds that there is nothing to say.
   *
   * @param held the checkpoint as the database holds it
   * @param to the checkpoint after this page
   * @param window the window after this page, also where the checkpoint closes it
   * @return whether the database holds {@code to} now
   */
  <T extends EmrRecord> boolean store(
      RunContext run,
      RecordSource<T> source,
      Page<T> page,
      Checkpoint held,
      Checkpoint to,
      Checkpoint.Open window) {
    boolean placeStands = held.open() == null || held.open().cursor() == null;
    boolean nothingToSay =
        page.rejected().isEmpty()
            && page.removed().isEmpty()
            && window.generation() == null
            && !window.isPart()
            && placeStands
            && Objects.equals(held.mark(), to.mark())
            && recent.knowsAll(run.connection(), page.records());
    if (nothingToSay) {
      run.counts()
          .page(to.source(), page.records().size(), new Stored(0, 0, page.records().size()), 0, 0);
      return false;
    }
    if (run.dryRun()) {
      compare(run, page, to);
      return true;
    }
    Stored stored = tenancy.inClinic(run.clinic(), () -> write(run, page, to, window));
    if (stored.created() + stored.updated() > 0) {
      run.touched().by(recent.unknown(run.connection(), page.records()));
      recent.stored(run.connection(), page.records());
    } else {
      recent.compared(run.connection(), page.records());
    }
    // What was understood before and is not now must not pass as known once it is whole again.
    recent.forget(run.connection(), identified(page));
    recent.forget(run.connection(), page.removed());
    return true;
  }

  private <T extends EmrRecord> Stored write(
      RunContext run, Page<T> page, Checkpoint to, Checkpoint.Open window) {
    store.hold(run.clinic(), run.connection(), run.lane(), run.fence(), settings.lease());
    Stored stored =
        records.store(
            run.clinic(), run.connection(), page.records(), run.mode(), run.lateNotice().get());
    List<String> understood =
        new ArrayList<>(page.records().stream().map(record -> record.ref().id().value()).toList());
    RunCounts.SourceCounts before =
        run.counts().bySource().getOrDefault(to.source(), RunCounts.SourceCounts.NONE);
    if (to.open() == null && page.rejected().isEmpty() && before.rejected() == 0) {
      understood.add(WindowReader.rejectedId(null)); // a whole window without a problem
    }
    quarantine.release(run.clinic(), run.connection(), to.source(), understood);
    int removed =
        records.remove(
            run.clinic(),
            run.connection(),
            page.removed(),
            page.vendorNow(),
            run.mode(),
            run.lateNotice().get());
    quarantine.add(run.clinic(), run.connection(), to.source(), problems(page));
    if (window.generation() != null) {
      seen(run, to.source(), window.generation(), page);
    }
    store.save(run.clinic(), run.connection(), run.lane(), to);
    run.counts()
        .page(
            to.source(),
            page.records().size() + page.rejected().size(),
            stored,
            removed,
            page.rejected().size());
    store.progress(run.clinic(), run.run(), run.counts());
    return stored;
  }

  private static List<EmrRef> identified(Page<?> page) {
    return page.rejected().stream().map(Page.Rejected::id).filter(Objects::nonNull).toList();
  }

  /**
   * A dry run stores for real and takes it all back, so that it counts exactly what a real run
   * would.
   */
  private <T extends EmrRecord> void compare(RunContext run, Page<T> page, Checkpoint to) {
    Stored stored =
        tenancy.inClinic(
            run.clinic(),
            () -> {
              Stored would =
                  records.store(
                      run.clinic(),
                      run.connection(),
                      page.records(),
                      Records.Mode.FIRST_LOAD,
                      run.lateNotice().get());
              tenancy.rollBack();
              return would;
            });
    run.counts()
        .page(
            to.source(),
            page.records().size() + page.rejected().size(),
            stored,
            0,
            page.rejected().size());
    tenancy.inClinic(
        run.clinic(),
        () -> {
          store.hold(run.clinic(), run.connection(), run.lane(), run.fence(), settings.lease());
          store.save(run.clinic(), run.connection(), run.lane(), to);
          store.progress(run.clinic(), run.run(), run.counts());
        });
  }

  private <T extends EmrRecord> void seen(
      RunContext run, RecordKind source, long generation, Page<T> page) {
    List<EmrRef> met =
        java.util.stream.Stream.concat(
                page.records().stream().map(EmrRecord::ref),
                page.rejected().stream().map(Page.Rejected::id).filter(Objects::nonNull))
            .toList();
    jdbc.sql(
            """
            INSERT INTO sync_sweep_seen (tenant_id, connection_id, source, generation, id)
            SELECT :tenant, :connection, :source, :generation, id FROM unnest(:ids::text[]) AS id ON CONFLICT DO NOTHING
            """)
        .param("tenant", run.clinic().value())
        .param("connection", run.connection().value())
        .param("source", source.name())
        .param("generation", generation)
        .param("ids", met.stream().map(ref -> ref.id().value()).distinct().toArray(String[]::new))
        .update();
  }

  private static Map<String, String> problems(Page<?> page) {
    Map<String, String> problems = new LinkedHashMap<>();
    page.rejected()
        .forEach(
            rejected -> problems.put(WindowReader.rejectedId(rejected.id()), rejected.problem()));
    return problems;
  }
}
