package io.clinicsync.emr.halaxy;

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
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Patients. They cannot be deleted; one that is not active any more counts as archived. */
final class HalaxyPatients implements PatientSource {

  private static final String TYPE = "Patient";
  private static final SourceFacts FACTS =
      new SourceFacts(
          true, false, SourceFacts.Deletions.SWEEP, HalaxyConnector.OVERLAP, HalaxyApi.PER_PAGE);

  private final HalaxyApi api;

  HalaxyPatients(HalaxyApi api) {
    this.api = api;
  }

  @Override
  public SourceFacts facts() {
    return FACTS;
  }

  /**
   * {@inheritDoc}
   *
   * @see <a href="https://developers.halaxy.com/reference/patient">GET /Patient</a>
   */
  @Override
  public Page<Patient> read(EmrAccount account, ReadWindow window, @Nullable Cursor cursor) {
    HalaxyPlace place = HalaxyPlace.of(cursor);
    HalaxyApi.Listed listed =
        api.page(account, TYPE, HalaxyConnector.byChange(window), place.page());
    Harvest<Patient> harvest = new Harvest<>(RecordKind.PATIENT, "halaxy.Patient.list");
    for (Entry entry : listed.matches()) {
      harvest.take(entry, HalaxyMapper.id(entry), () -> HalaxyMapper.patient(entry));
    }
    return harvest.page(place.next(listed), listed.changedUpTo(), listed.vendorNow());
  }

  @Override
  public Optional<Patient> get(EmrAccount account, EmrRef ref) {
    String id = ref.id().value();
    return HalaxyReference.isId(id)
        ? api.find(account, TYPE, id)
            .map(entry -> HalaxyConnector.readable(entry, HalaxyMapper::patient))
        : Optional.empty();
  }
}
