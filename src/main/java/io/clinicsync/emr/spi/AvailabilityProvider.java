package io.clinicsync.emr.spi;

import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.Slot;
import io.clinicsync.canonical.TimeRange;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds open slots; always asks the EMR. Called by {@code booking}. */
public non-sealed interface AvailabilityProvider extends Capability {

  /**
   * Open slots in time order; empty when there are none. Longer ranges are stitched by the
   * connector.
   */
  List<Slot> openSlots(EmrAccount account, SlotQuery query);

  /**
   * Asks for slots of one practitioner, treatment and site.
   *
   * @param length of the treatment as last read with the catalogue, for EMRs that give starts only;
   *     null where it is not known, and the connector asks
   */
  record SlotQuery(
      EmrRef practitioner,
      EmrRef treatment,
      EmrRef site,
      TimeRange range,
      @Nullable Duration length) {

    /** A query of a treatment whose length is not known. */
    public SlotQuery(EmrRef practitioner, EmrRef treatment, EmrRef site, TimeRange range) {
      this(practitioner, treatment, site, range, null);
    }
  }
}
