package io.clinicsync.emr.spi;

import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.TimeRange;
import java.time.Instant;
import java.util.List;

/** Which records to read; chosen by {@code sync}, never by a connector. */
public sealed interface ReadWindow {

  /** Changed at or after this vendor time, inclusive [R2]. */
  record ChangedSince(Instant since) implements ReadWindow {}

  /** Starting within this range. */
  record StartingIn(TimeRange range) implements ReadWindow {}

  /** All there are. */
  record Everything() implements ReadWindow {}

  /**
   * Those of these patients that the EMR can list by patient, whenever they changed; the others
   * come with {@link NotByPatient}. Understood by sources whose {@link SourceFacts#ofPatients} is
   * not zero, for at most that many patients and never for none.
   */
  record OfPatients(List<EmrRef> patients) implements ReadWindow {
    public OfPatients {
      patients = List.copyOf(patients);
      if (patients.isEmpty()) {
        throw new IllegalArgumentException("Whose records to read must be said");
      }
    }
  }

  /**
   * What {@link OfPatients} never gives: records of no patient, and those the EMR lists by
   * something else, for example participants of classes. Together with the records of all patients
   * this is {@link Everything}. Understood where {@link OfPatients} is.
   */
  record NotByPatient() implements ReadWindow {}
}
