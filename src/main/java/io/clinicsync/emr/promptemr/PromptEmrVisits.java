package io.clinicsync.emr.promptemr;

import io.clinicsync.canonical.Appointment;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.emr.spi.AppointmentSource;
import io.clinicsync.emr.spi.Cursor;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.Page;
import io.clinicsync.emr.spi.ReadWindow;
import io.clinicsync.emr.spi.SourceFacts;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Appointments, from reports of visits. */
final class PromptEmrVisits implements AppointmentSource {

  private final PromptEmrRows rows;

  PromptEmrVisits(PromptEmrRows rows) {
    this.rows = rows;
  }

  @Override
  public SourceFacts facts() {
    return PromptEmrRows.FACTS;
  }

  @Override
  public Page<Appointment> read(EmrAccount account, ReadWindow window, @Nullable Cursor cursor) {
    return rows.page(account, RecordKind.APPOINTMENT, window, cursor, PromptEmrMapper::visit);
  }

  @Override
  public Optional<Appointment> get(EmrAccount account, EmrRef ref) {
    return rows.get(account, ref, PromptEmrMapper::visit);
  }
}
