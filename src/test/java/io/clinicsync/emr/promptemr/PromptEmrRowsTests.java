package io.clinicsync.emr.promptemr;

import static org.assertj.core.api.Assertions.assertThat;

import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.Patient;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.emr.spi.Credentials;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.ImportedRows;
import io.clinicsync.emr.spi.Page;
import io.clinicsync.emr.spi.ReadWindow;
import io.clinicsync.emr.spi.Urgency;
import java.net.URI;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Up to when files are read once a page of their rows was. */
class PromptEmrRowsTests {

  private static final Instant NOW = Instant.parse("2026-03-01T18:00:00Z");
  private static final Instant SINCE = NOW.minusSeconds(7_200);
  private static final EmrAccount ACCOUNT =
      new EmrAccount(
          new UUID(1, 1),
          new ConnectionId(new UUID(1, 2)),
          PromptEmrConnector.WAY,
          URI.create("https://go.promptemr.com"),
          ZoneId.of("America/Chicago"),
          "USD",
          new Credentials(Map.of()),
          Urgency.SYNC);

  private static ImportedRows.Row row(int id, Instant learntAt) {
    return new ImportedRows.Row(
        EmrRef.patient(id + "-ABK"),
        id,
        learntAt,
        learntAt,
        null,
        null,
        null,
        Map.of("firstName", "Ava", "lastName", "Reed"));
  }

  private static Page<Patient> read(boolean complete, ImportedRows.Row... rows) {
    ImportedRows told = new Told(new ImportedRows.Stretch(List.of(rows), NOW, complete));
    return new PromptEmrRows(told)
        .page(
            ACCOUNT,
            RecordKind.PATIENT,
            new ReadWindow.ChangedSince(SINCE),
            null,
            PromptEmrMapper::patient);
  }

  @Test
  void whatWasReadIsReadUpToNowWhileNoFileIsOnItsWay() {
    Page<Patient> page = read(true, row(1, SINCE.plusSeconds(60)), row(2, SINCE.plusSeconds(30)));
    assertThat(page.records()).hasSize(2);
    assertThat(page.changedUpTo()).isEqualTo(NOW);
  }

  @Test
  void whileAFileIsOnItsWayItIsReadUpToTheNewestRow() {
    Page<Patient> page = read(false, row(1, SINCE.plusSeconds(60)), row(2, SINCE.plusSeconds(30)));
    assertThat(page.changedUpTo()).isEqualTo(SINCE.plusSeconds(60));
  }

  @Test
  void whereNothingIsNewTheMarkStays() {
    assertThat(read(true).changedUpTo()).isNull();
    assertThat(read(false).changedUpTo()).isNull();
  }

  /** Says one thing. */
  private record Told(Stretch stretch) implements ImportedRows {

    @Override
    public Optional<Instant> asOf(UUID tenant, ConnectionId connection, RecordKind kind) {
      return Optional.of(NOW);
    }

    @Override
    public Stretch read(
        EmrAccount account, RecordKind kind, @Nullable Instant since, long after, int most) {
      return stretch;
    }

    @Override
    public Optional<Row> find(EmrAccount account, EmrRef ref) {
      return Optional.empty();
    }

    @Override
    public Set<Map<RecordKind, String>> named(EmrAccount account) {
      return Set.of();
    }
  }
}
