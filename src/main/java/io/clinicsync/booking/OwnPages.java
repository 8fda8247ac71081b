package io.clinicsync.booking;

import io.clinicsync.clinics.Connection;
import io.clinicsync.emr.Connectors;
import io.clinicsync.emr.spi.BookingLink;
import io.clinicsync.emr.spi.EmrAccount;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** The clinic's own booking page, for what cannot be booked through us [BK-10]. */
@Component
class OwnPages {

  private final Connectors connectors;

  OwnPages(Connectors connectors) {
    this.connectors = connectors;
  }

  /** The refusal that names the page, where the EMR has one. */
  Stopped instead(Connection connection, EmrAccount account) {
    URI page =
        connectors
            .capability(connection.emr(), account, BookingLink.class)
            .map(link -> link.page(account, null, null))
            .orElse(null);
    return new Stopped(BookingAnswer.refused(Code.LINK_TO_BOOK, null, says(page)).at(page));
  }

  private static String says(@Nullable URI page) {
    return page == null
        ? "This EMR takes no bookings through us; the clinic books it."
        : "This EMR takes no bookings through us; the clinic's own booking page does.";
  }
}
