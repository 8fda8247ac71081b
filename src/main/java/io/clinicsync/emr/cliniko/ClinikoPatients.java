package io.clinicsync.emr.cliniko;

import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.Patient;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.emr.spi.Cursor;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.Page;
import io.clinicsync.emr.spi.PatientSource;
import io.clinicsync.emr.spi.ReadWindow;
import io.clinicsync.emr.spi.SourceFacts;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Patients, archived and merged ones included.
 *
 * @see <a href="https://docs.api.cliniko.com/openapi/patient">Patient</a>
 */
final class ClinikoPatients implements PatientSource {

  private static final List<String> HIDDEN = List.of("archived_at");

  private final ClinikoApi api;
  private final ClinikoWalk walk;

  ClinikoPatients(ClinikoApi api) {
    this.api = api;
    this.walk = new ClinikoWalk(api);
  }

  @Override
  public SourceFacts facts() {
    return ClinikoConnector.BY_CHANGE;
  }

  @Override
  public Page<Patient> read(EmrAccount account, ReadWindow window, @Nullable Cursor cursor) {
    Instant since = ClinikoConnector.since(window);
    ClinikoPlace place = cursor == null ? ClinikoPlace.start("p") : ClinikoPlace.of(cursor);
    var listing =
        new ClinikoWalk.Listing("/patients", "patients", "updated_at", since, null, HIDDEN);
    ClinikoWalk.Step step = walk.step(account, listing, place);
    ClinikoHarvest<Patient> harvest = new ClinikoHarvest<>(RecordKind.PATIENT, "patients");
    step.fresh().forEach(row -> harvest.take(row, "", () -> ClinikoMapper.patient(row)));
    return harvest.page(step, step.next());
  }

  @Override
  public Optional<Patient> get(EmrAccount account, EmrRef ref) {
    return ClinikoConnector.number(ref, "")
        .flatMap(
            id ->
                api.find(
                    account,
                    "cliniko.patients.get",
                    "/patients/" + id,
                    ClinikoQuery.single().including(HIDDEN)))
        .map(found -> ClinikoConnector.readable(found.entry(), ClinikoMapper::patient));
  }
}
