package io.clinicsync.api.web;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.clinicsync.booking.BookingAnswer;
import io.clinicsync.booking.BookingAnswer.Entry;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a call that books or registers came to.
 *
 * @param code booked, rescheduled, cancelled, already_booked, registered, already_there, unknown or
 *     why not
 * @param booking the attempt's id
 * @param appointment as the EMR confirmed it; absent unless it did
 * @param patient who was registered, or was there before; absent for appointments
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record BookingView(
    String code,
    String says,
    @Nullable UUID booking,
    @Nullable EntryView appointment,
    @Nullable String patient,
    List<OfferView> alternatives,
    List<String> choices)
    implements Json {

  static BookingView of(BookingAnswer answer) {
    Entry appointment = answer.appointment();
    return new BookingView(
        answer.code().word(),
        answer.says(),
        answer.attempt(),
        appointment == null ? null : EntryView.of(appointment),
        answer.patient(),
        answer.alternatives().stream().map(OfferView::of).toList(),
        answer.choices());
  }

  /** An appointment by the EMR's ids. */
  record EntryView(
      String id,
      @Nullable String patient,
      @Nullable String practitioner,
      @Nullable String treatment,
      @Nullable String site,
      Instant startsAt,
      @Nullable Instant endsAt,
      String status)
      implements Json {

    static EntryView of(Entry entry) {
      return new EntryView(
          entry.id(),
          entry.patient(),
          entry.practitioner(),
          entry.treatment(),
          entry.site(),
          entry.startsAt(),
          entry.endsAt(),
          Views.word(entry.status()));
    }
  }
}
