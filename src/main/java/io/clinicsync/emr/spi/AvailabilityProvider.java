package io.clinicsync.emr.spi;

import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.Slot;
import io.clinicsync.canonical.TimeRange;
import java.util.List;

/** Finds open slots; always asks the EMR. Called by {@code booking}. */
public non-sealed interface AvailabilityProvider extends Capability {

  /**
   * Open slots in time order; empty when there are none. Longer ranges are stitched by the
   * connector.
   */
  List<Slot> openSlots(EmrAccount account, SlotQuery query);

  /** Asks for slots of one practitioner, treatment and site. */
  record SlotQuery(EmrRef practitioner, EmrRef treatment, EmrRef site, TimeRange range) {}
}
