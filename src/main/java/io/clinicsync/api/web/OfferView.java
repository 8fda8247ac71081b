package io.clinicsync.api.web;

import io.clinicsync.booking.BookingAnswer;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An open time.
 *
 * @param practitioner and the others: ids of the EMR
 * @param seatsLeft for classes; absent for an exclusive appointment
 */
record OfferView(
    Instant startsAt,
    Instant endsAt,
    String practitioner,
    String treatment,
    String site,
    @Nullable Integer seatsLeft)
    implements Json {

  static OfferView of(BookingAnswer.Offer offer) {
    return new OfferView(
        offer.startsAt(),
        offer.endsAt(),
        offer.practitioner(),
        offer.treatment(),
        offer.site(),
        offer.seatsLeft());
  }
}
