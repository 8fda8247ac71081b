package io.clinicsync.emr.jane;

import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.Patient;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.emr.spi.Cursor;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.Page;
import io.clinicsync.emr.spi.PatientSource;
import io.clinicsync.emr.spi.ReadWindow;
import io.clinicsync.emr.spi.SourceFacts;
import io.clinicsync.emr.wire.Entry;
import io.clinicsync.emr.wire.Harvest;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Patients of the Developer Platform. Archived ones are listed; merged ones are gone without a
 * sign.
 */
final class JaneApiPatients implements PatientSource {

  static final Duration OVERLAP = Duration.ofMinutes(5);

  private static final SourceFacts FACTS =
      new SourceFacts(true, false, SourceFacts.Deletions.SWEEP, OVERLAP, JaneApi.PER_PAGE);

  private final JaneApi api;

  JaneApiPatients(JaneApi api) {
    this.api = api;
  }

  @Override
  public SourceFacts facts() {
    return FACTS;
  }

  /**
   * {@inheritDoc}
   *
   * @see <a href="https://developers.jane.app">GET /patients</a>
   */
  @Override
  public Page<Patient> read(EmrAccount account, ReadWindow window, @Nullable Cursor cursor) {
    JaneQuery query = new JaneQuery().with("sort", "updated_at");
    switch (window) {
      case ReadWindow.ChangedSince(var since) ->
          query.with("updated_at[gte]", JaneApi.second(since));
      case ReadWindow.Everything() -> {}
      case ReadWindow.StartingIn other -> throw JaneConnector.unread(other);
      case ReadWindow.OfPatients other -> throw JaneConnector.unread(other);
      case ReadWindow.NotByPatient other -> throw JaneConnector.unread(other);
    }
    JaneApi.Listed page = api.list(account, "patients", query, cursor);
    Harvest<Patient> harvest = new Harvest<>(RecordKind.PATIENT, "jane.patients.list");
    for (Entry entry : page.entries()) {
      harvest.take(entry, id(entry), () -> JaneApiMapper.patient(entry));
    }
    return harvest.page(page.next(), page.changedUpTo(), page.vendorNow());
  }

  static @Nullable String id(Entry entry) {
    String id = entry.json().path("id").asText("");
    return id.isEmpty() ? null : id;
  }

  @Override
  public Optional<Patient> get(EmrAccount account, EmrRef ref) {
    return JaneApiAppointments.uuid(ref)
        .flatMap(id -> api.find(account, "jane.patients.get", "patients/" + id))
        .map(single -> JaneConnector.readable(single.entry(), JaneApiMapper::patient));
  }
}
