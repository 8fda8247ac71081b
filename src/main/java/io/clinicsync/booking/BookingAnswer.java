package io.clinicsync.booking;

import io.clinicsync.canonical.Appointment;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.Slot;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a caller is told, and told again when the same call comes again. Holds ids and times, never
 * a person's name.
 *
 * @param attempt the attempt's id; null where none was kept
 * @param says one plain sentence
 * @param field what is missing or wrong, as the caller named it; null when the fault lies elsewhere
 * @param appointment as the EMR confirmed it; null unless it did
 * @param patient who was registered or was there before; null for everything else
 * @param alternatives at most three open times
 * @param choices at most three names to choose from
 * @param bookAt the clinic's own booking page, where we cannot book; null otherwise
 * @param unchanged whether it stood so before, and nothing was written
 * @param replayed whether this was the answer to an earlier call of the same key
 */
public record BookingAnswer(
    @Nullable UUID attempt,
    Code code,
    String says,
    @Nullable String field,
    @Nullable Entry appointment,
    @Nullable String patient,
    List<Offer> alternatives,
    List<String> choices,
    @Nullable URI bookAt,
    boolean unchanged,
    boolean replayed) {

  public BookingAnswer {
    alternatives = List.copyOf(alternatives);
    choices = List.copyOf(choices);
  }

  /** An appointment by its ids. */
  public record Entry(
      String id,
      @Nullable String patient,
      @Nullable String practitioner,
      @Nullable String treatment,
      @Nullable String site,
      Instant startsAt,
      @Nullable Instant endsAt,
      Appointment.Status status) {

    static Entry of(Appointment appointment) {
      return new Entry(
          appointment.ref().id().value(),
          id(appointment.patient()),
          id(appointment.practitioner()),
          id(appointment.treatment()),
          id(appointment.site()),
          appointment.startsAt(),
          appointment.endsAt(),
          appointment.status());
    }

    private static @Nullable String id(@Nullable EmrRef ref) {
      return ref == null ? null : ref.id().value();
    }
  }

  /** An open time. */
  public record Offer(
      Instant startsAt,
      Instant endsAt,
      String practitioner,
      String treatment,
      String site,
      @Nullable Integer seatsLeft) {

    static Offer of(Slot slot) {
      return new Offer(
          slot.startsAt(),
          slot.endsAt(),
          slot.practitioner().id().value(),
          slot.treatment().id().value(),
          slot.site().id().value(),
          slot.seatsLeft());
    }
  }

  static BookingAnswer refused(Code code, @Nullable String field, String says) {
    return new BookingAnswer(
        null, code, says, field, null, null, List.of(), List.of(), null, false, false);
  }

  static BookingAnswer choose(String field, String says, List<String> choices) {
    return new BookingAnswer(
        null, Code.NEEDS_CHOICE, says, field, null, null, List.of(), choices, null, false, false);
  }

  static BookingAnswer confirmed(Code code, String says, Appointment appointment) {
    return new BookingAnswer(
        null,
        code,
        says,
        null,
        Entry.of(appointment),
        null,
        List.of(),
        List.of(),
        null,
        false,
        false);
  }

  /** A person the EMR has. */
  static BookingAnswer person(Code code, String says, EmrRef patient) {
    return new BookingAnswer(
        null,
        code,
        says,
        null,
        null,
        patient.id().value(),
        List.of(),
        List.of(),
        null,
        code == Code.ALREADY_THERE,
        false);
  }

  /** It stood so before. */
  BookingAnswer asBefore() {
    return new BookingAnswer(
        attempt,
        code,
        says,
        field,
        appointment,
        patient,
        alternatives,
        choices,
        bookAt,
        true,
        replayed);
  }

  /** Booking is possible there. */
  BookingAnswer at(@Nullable URI page) {
    return new BookingAnswer(
        attempt,
        code,
        says,
        field,
        appointment,
        patient,
        alternatives,
        choices,
        page,
        unchanged,
        replayed);
  }

  BookingAnswer with(List<Offer> offers) {
    return new BookingAnswer(
        attempt,
        code,
        says,
        field,
        appointment,
        patient,
        offers,
        choices,
        bookAt,
        unchanged,
        replayed);
  }

  BookingAnswer of(UUID id) {
    return new BookingAnswer(
        id,
        code,
        says,
        field,
        appointment,
        patient,
        alternatives,
        choices,
        bookAt,
        unchanged,
        replayed);
  }

  /** The same under another name of the field. */
  public BookingAnswer about(String otherField) {
    return new BookingAnswer(
        attempt,
        code,
        says,
        otherField,
        appointment,
        patient,
        alternatives,
        choices,
        bookAt,
        unchanged,
        replayed);
  }

  BookingAnswer again() {
    return new BookingAnswer(
        attempt,
        code,
        says,
        field,
        appointment,
        patient,
        alternatives,
        choices,
        bookAt,
        unchanged,
        true);
  }
}
