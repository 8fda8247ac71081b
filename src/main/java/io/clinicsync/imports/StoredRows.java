package io.clinicsync.imports;

import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.ImportedRows;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.Tenancy;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** The rows of a clinic's files, for the connector that understands them. */
@Component
class StoredRows implements ImportedRows {

  private final Tenancy tenancy;
  private final RowStore store;
  private final RowFields fields;

  StoredRows(Tenancy tenancy, RowStore store, RowFields fields) {
    this.tenancy = tenancy;
    this.store = store;
    this.fields = fields;
  }

  @Override
  public Optional<Instant> asOf(UUID tenant, ConnectionId connection, RecordKind kind) {
    ClinicId clinic = new ClinicId(tenant);
    return tenancy.inClinic(clinic, () -> store.told(clinic, connection, kind));
  }

  @Override
  public Stretch read(
      EmrAccount account, RecordKind kind, @Nullable Instant since, long after, int most) {
    ClinicId clinic = new ClinicId(account.tenant());
    RowStore.Stretch stretch =
        tenancy.inClinic(clinic, () -> store.read(clinic, account.id(), kind, since, after, most));
    return new Stretch(
        stretch.rows().stream().map(kept -> row(clinic, account.id(), kind, kept)).toList(),
        stretch.lookedAt(),
        !stretch.awaited());
  }

  @Override
  public Optional<Row> find(EmrAccount account, EmrRef ref) {
    ClinicId clinic = new ClinicId(account.tenant());
    String id = ref.id().value();
    return tenancy
        .inClinic(clinic, () -> store.find(clinic, account.id(), ref.kind(), List.of(id)))
        .values()
        .stream()
        .findFirst()
        .map(kept -> row(clinic, account.id(), ref.kind(), kept));
  }

  @Override
  public Set<Map<RecordKind, String>> named(EmrAccount account) {
    ClinicId clinic = new ClinicId(account.tenant());
    return tenancy.inClinic(clinic, () -> store.named(clinic, account.id())).stream()
        .map(StoredRows::names)
        .collect(Collectors.toSet());
  }

  private static Map<RecordKind, String> names(RowStore.Names names) {
    Map<RecordKind, String> map = new EnumMap<>(RecordKind.class);
    put(map, RecordKind.PRACTITIONER, names.practitioner());
    put(map, RecordKind.TREATMENT, names.treatment());
    put(map, RecordKind.SITE, names.site());
    return map;
  }

  private static void put(Map<RecordKind, String> map, RecordKind kind, String name) {
    if (!name.isEmpty()) {
      map.put(kind, name);
    }
  }

  private Row row(ClinicId clinic, ConnectionId connection, RecordKind kind, RowStore.Kept kept) {
    String from = kept.movedFrom();
    return new Row(
        EmrRef.of(kind, kept.id()),
        kept.position(),
        kept.learntAt(),
        kept.asOf(),
        kept.removedAt(),
        from == null ? null : EmrRef.of(kind, from),
        kept.problem(),
        fields.open(clinic, connection, kind, kept.id(), kept.sealed()));
  }
}
