package io.clinicsync.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.clinicsync.sync.SyncTestBed.Tenant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

@SyncTest
class RunHistoryTests {

  @Autowired private SyncTestBed bed;
  @Autowired private RunHistory history;
  @Autowired private Syncs syncs;
  @Autowired private SyncSettings settings;

  @Test
  void oldRunsAreForgottenExceptThoseThatSaySomethingStill() {
    Tenant tenant = bed.loaded(5);
    Tenant other = bed.loaded(5);
    bed.execute("DELETE FROM sync_runs WHERE connection_id = '" + tenant.connection() + "'");
    runs(tenant, "SWEEP", "SUCCEEDED", null, 1, 5);
    runs(tenant, "LIVE", "FAILED", "emr_unavailable", 6, 40);
    runs(tenant, "LIVE", "SUCCEEDED", null, 46, 300);
    runs(tenant, "BACKFILL", "FAILED", "emr_permission_missing", 10, 3);
    runs(tenant, "LIVE", "FAILED", "emr_rate_limited", 346, 4);
    runs(other, "LIVE", "SUCCEEDED", null, 1, 300);
    List<Syncs.Failure> open = syncs.failures(tenant.clinic());
    assertThat(open).hasSize(2);
    long before = count(other, "true");

    int forgotten = history.prune(tenant.clinic(), tenant.connection());

    assertThat(forgotten).isEqualTo(5 + 40 + 300 + 3 + 4 - settings.runsKept() - 3 - 1);
    assertThat(count(tenant, "true")).isEqualTo(settings.runsKept() + 3 + 1);
    assertThat(count(tenant, "lane = 'SWEEP'")).as("the last complete sweep").isEqualTo(1);
    assertThat(count(tenant, "code = 'emr_permission_missing'"))
        .as("of an open error")
        .isEqualTo(3);
    assertThat(count(tenant, "code = 'emr_unavailable'")).as("of one long closed").isZero();
    assertThat(syncs.failures(tenant.clinic())).isEqualTo(open);
    assertThat(count(other, "true")).as("another clinic's").isEqualTo(before);
    assertThat(history.prune(tenant.clinic(), tenant.connection())).isZero();
    bed.quiet(tenant);
    bed.checker().holds(tenant);
  }

  @Test
  void aConnectionThatFailsForWeeksKeepsItsLastCompleteRun() {
    Tenant tenant = bed.loaded(5);
    bed.execute("DELETE FROM sync_runs WHERE connection_id = '" + tenant.connection() + "'");
    runs(tenant, "LIVE", "SUCCEEDED", null, 1, 2);
    runs(tenant, "LIVE", "FAILED", "emr_unavailable", 3, 250);
    assertThat(history.prune(tenant.clinic(), tenant.connection())).isEqualTo(1);
    assertThat(count(tenant, "state = 'SUCCEEDED'")).isEqualTo(1);
    assertThat(syncs.failures(tenant.clinic()).getFirst().count()).isEqualTo(250);
  }

  private void runs(Tenant tenant, String lane, String state, String code, int from, int many) {
    bed.execute(
        """
        INSERT INTO sync_runs (tenant_id, id, connection_id, lane, state, code, fence, started_at, finished_at, pages, read,
          created, updated, unchanged, removed, rejected, sources)
        SELECT '%s', gen_random_uuid(), '%s', '%s', '%s', %s, n, '2026-05-01Z'::timestamptz + n * interval '5 minutes',
          '2026-05-01Z'::timestamptz + n * interval '5 minutes', 1, 0, 0, 0, 0, 0, 0, '{}'
        FROM generate_series(%d, %d) n
        """
            .formatted(
                tenant.clinic(),
                tenant.connection(),
                lane,
                state,
                code == null ? "NULL" : "'" + code + "'",
                from,
                from + many - 1));
  }

  private long count(Tenant tenant, String where) {
    return bed.number(
        "SELECT count(*) FROM sync_runs WHERE connection_id = '"
            + tenant.connection()
            + "' AND "
            + where);
  }
}
