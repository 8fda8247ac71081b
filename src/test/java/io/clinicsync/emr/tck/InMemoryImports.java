package io.clinicsync.emr.tck;

import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.FileIntake.Reading;
import io.clinicsync.emr.spi.FileIntake.StagedRow;
import io.clinicsync.emr.spi.ImportedRows;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Rows of one process, for connectors under test; what is handed over is complete. */
public final class InMemoryImports implements ImportedRows {

  private record Place(UUID tenant, ConnectionId connection, EmrRef ref) {}

  private final Map<Place, Row> rows = new ConcurrentHashMap<>();
  private final Set<Map<RecordKind, String>> named = ConcurrentHashMap.newKeySet();
  private final InstantSource clock;
  private long position;

  /**
   * @param clock its now is later than any moment handed over
   */
  public InMemoryImports(InstantSource clock) {
    this.clock = clock;
  }

  /** Takes the readings of a whole file of this kind; what it lacks is gone. */
  public synchronized void handOver(
      EmrAccount account, RecordKind kind, List<Reading> readings, Instant asOf) {
    Set<EmrRef> met = new HashSet<>();
    for (Reading reading : readings) {
      switch (reading) {
        case Reading.Taken taken ->
            taken
                .rows()
                .forEach(
                    row -> {
                      met.add(row.ref());
                      if (!row.named().isEmpty()) {
                        named.add(row.named());
                      }
                      put(account, row, asOf);
                    });
        case Reading.Refused refused -> {
          if (refused.what() != null) {
            met.add(refused.what());
            change(account, refused.what(), row -> with(row, asOf, null, refused.flaw().code()));
          }
        }
      }
    }
    for (Place place : List.copyOf(rows.keySet())) {
      if (isOf(place, account, kind)
          && !met.contains(place.ref())
          && rows.get(place).removedAt() == null) {
        change(account, place.ref(), row -> with(row, asOf, asOf, row.problem()));
      }
    }
  }

  private void put(EmrAccount account, StagedRow told, Instant asOf) {
    Place place = new Place(account.tenant(), account.id(), told.ref());
    Row before = rows.get(place);
    Map<String, String> fields = new HashMap<>(before == null ? Map.of() : before.fields());
    fields.putAll(told.fields());
    fields.values().removeIf(String::isBlank);
    if (before == null
        || before.removedAt() != null
        || before.problem() != null
        || !before.fields().equals(fields)) {
      rows.put(
          place, new Row(told.ref(), ++position, asOf, asOf, null, null, null, Map.copyOf(fields)));
    }
  }

  /** Makes something else of every row of a kind. */
  public synchronized void spoil(
      EmrAccount account, RecordKind kind, UnaryOperator<Map<String, String>> spoiling) {
    for (Place place : List.copyOf(rows.keySet())) {
      if (isOf(place, account, kind)) {
        Row row = rows.get(place);
        rows.put(
            place,
            new Row(
                row.ref(),
                ++position,
                row.learntAt(),
                row.asOf(),
                row.removedAt(),
                row.movedFrom(),
                row.problem(),
                spoiling.apply(row.fields())));
      }
    }
  }

  private void change(EmrAccount account, EmrRef ref, UnaryOperator<Row> change) {
    rows.computeIfPresent(
        new Place(account.tenant(), account.id(), ref), (place, row) -> change.apply(row));
  }

  private Row with(Row row, Instant asOf, @Nullable Instant removedAt, @Nullable String problem) {
    return new Row(
        row.ref(), ++position, asOf, asOf, removedAt, row.movedFrom(), problem, row.fields());
  }

  private static boolean isOf(Place place, EmrAccount account, RecordKind kind) {
    return place.tenant().equals(account.tenant())
        && place.connection().equals(account.id())
        && place.ref().kind() == kind;
  }

  @Override
  public Optional<Instant> asOf(UUID tenant, ConnectionId connection, RecordKind kind) {
    return rows.entrySet().stream()
        .filter(
            each ->
                each.getKey().tenant().equals(tenant)
                    && each.getKey().connection().equals(connection)
                    && each.getKey().ref().kind() == kind)
        .map(each -> each.getValue().asOf())
        .max(Comparator.naturalOrder());
  }

  @Override
  public Stretch read(
      EmrAccount account, RecordKind kind, @Nullable Instant since, long after, int most) {
    List<Row> read =
        rows.entrySet().stream()
            .filter(each -> isOf(each.getKey(), account, kind))
            .map(Map.Entry::getValue)
            .filter(row -> row.position() > after)
            .filter(row -> since == null || !row.learntAt().isBefore(since))
            .sorted(Comparator.comparing(Row::position))
            .limit(most)
            .toList();
    return new Stretch(read, clock.instant(), false);
  }

  @Override
  public Optional<Row> find(EmrAccount account, EmrRef ref) {
    return Optional.ofNullable(rows.get(new Place(account.tenant(), account.id(), ref)));
  }

  @Override
  public Set<Map<RecordKind, String>> named(EmrAccount account) {
    return Set.copyOf(named);
  }
}
