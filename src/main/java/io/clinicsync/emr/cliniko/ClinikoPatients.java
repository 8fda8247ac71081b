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
  private static final String BY_CHANGE = "p";

  /**
   * All patients come as they were registered: rows do not move while they are edited, and of a
   * family that shares an address the one who came first is met first.
   */
  private static final String BY_CREATION = "c";

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
    ClinikoPlace place =
        cursor == null ? ClinikoPlace.start(stage(window)) : ClinikoPlace.of(cursor);
    ClinikoWalk.Step step = walk.step(account, listing(window, place.stage()), place);
    ClinikoHarvest<Patient> harvest = new ClinikoHarvest<>(RecordKind.PATIENT, "patients");
    step.fresh().forEach(row -> harvest.take(row, "", () -> ClinikoMapper.patient(row)));
    return harvest.page(step, step.next());
  }

  /** A window goes on by the column it was begun by. */
  private static String stage(ReadWindow window) {
    return window instanceof ReadWindow.Everything ? BY_CREATION : BY_CHANGE;
  }

  private static ClinikoWalk.Listing listing(ReadWindow window, String stage) {
    Instant since =
        switch (window) {
          case ReadWindow.ChangedSince(Instant changed) -> changed;
          case ReadWindow.Everything() -> null;
          case ReadWindow.StartingIn starting -> throw ClinikoConnector.notOffered();
          case ReadWindow.OfPatients patients -> throw ClinikoConnector.notOffered();
          case ReadWindow.NotByPatient() -> throw ClinikoConnector.notOffered();
        };
    String column = stage.equals(BY_CREATION) ? "created_at" : "updated_at";
    return new ClinikoWalk.Listing("/patients", "patients", column, since, null, HIDDEN);
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
