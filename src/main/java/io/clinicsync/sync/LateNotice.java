package io.clinicsync.sync;

import io.clinicsync.clinics.Clinics;
import io.clinicsync.tenancy.ClinicId;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How close to its start a cancellation is late [TR-3]; read once a run, when the first page is
 * stored.
 */
final class LateNotice implements Supplier<Duration> {

  private final Clinics clinics;
  private final ClinicId clinic;
  private volatile @Nullable Duration read;

  LateNotice(Clinics clinics, ClinicId clinic) {
    this.clinics = clinics;
    this.clinic = clinic;
  }

  @Override
  public Duration get() {
    Duration known = read;
    if (known == null) {
      known = Duration.ofHours(clinics.require(clinic).settings().lateCancelHours());
      read = known;
    }
    return known;
  }
}
