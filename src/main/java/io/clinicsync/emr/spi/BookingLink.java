package io.clinicsync.emr.spi;

import io.clinicsync.canonical.EmrRef;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/** The clinic's own booking page, offered where we cannot book [BK-10]. */
public non-sealed interface BookingLink extends Capability {

  /** The page; narrowed to a treatment or practitioner where the EMR's address allows it. */
  URI page(EmrAccount account, @Nullable EmrRef treatment, @Nullable EmrRef practitioner);
}
