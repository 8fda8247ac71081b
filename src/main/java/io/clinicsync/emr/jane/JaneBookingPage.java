package io.clinicsync.emr.jane;

import io.clinicsync.canonical.EmrRef;
import io.clinicsync.emr.spi.BookingLink;
import io.clinicsync.emr.spi.EmrAccount;
import java.net.URI;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The clinic's own pages at Jane, where patients book themselves. They know practitioners by the
 * number the web session shows; ids of the Developer Platform lead to the clinic's first page. A
 * treatment's address needs its discipline as well, so that the practitioner alone narrows.
 */
final class JaneBookingPage implements BookingLink {

  @Override
  public URI page(EmrAccount account, @Nullable EmrRef treatment, @Nullable EmrRef practitioner) {
    String clinic = JaneHosts.base(account) + "/";
    return Optional.ofNullable(practitioner)
        .flatMap(each -> JaneWebPatients.number(each.id().value()))
        .map(number -> URI.create(clinic + "#/staff_member/" + number))
        .orElseGet(() -> URI.create(clinic));
  }
}
