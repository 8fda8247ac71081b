package io.clinicsync.emr.promptemr;

import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.Patient;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.emr.spi.Cursor;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.Page;
import io.clinicsync.emr.spi.PatientSource;
import io.clinicsync.emr.spi.ReadWindow;
import io.clinicsync.emr.spi.SourceFacts;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Patients, from reports of patients and of visits. */
final class PromptEmrPatients implements PatientSource {

  private final PromptEmrRows rows;

  PromptEmrPatients(PromptEmrRows rows) {
    this.rows = rows;
  }

  @Override
  public SourceFacts facts() {
    return PromptEmrRows.FACTS;
  }

  @Override
  public Page<Patient> read(EmrAccount account, ReadWindow window, @Nullable Cursor cursor) {
    return rows.page(account, RecordKind.PATIENT, window, cursor, PromptEmrMapper::patient);
  }

  @Override
  public Optional<Patient> get(EmrAccount account, EmrRef ref) {
    return rows.get(account, ref, PromptEmrMapper::patient);
  }
}
