package io.clinicsync.booking;

import io.clinicsync.canonical.Appointment;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.Slot;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
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
    return new Draft(code, says).about(field).answer();
  }

  static BookingAnswer choose(String field, String says, List<String> choices) {
    Draft draft = new Draft(Code.NEEDS_CHOICE, says).about(field);
    draft.choices = choices;
    return draft.answer();
  }

  static BookingAnswer confirmed(Code code, String says, Appointment appointment) {
    Draft draft = new Draft(code, says);
    draft.appointment = Entry.of(appointment);
    return draft.answer();
  }

  /** A person the EMR has. */
  static BookingAnswer person(Code code, String says, EmrRef patient) {
    Draft draft = new Draft(code, says);
    draft.patient = patient.id().value();
    draft.unchanged = code == Code.ALREADY_THERE;
    return draft.answer();
  }

  /** It stood so before. */
  BookingAnswer asBefore() {
    return but(draft -> draft.unchanged = true);
  }

  /** Booking is possible there. */
  BookingAnswer at(@Nullable URI page) {
    return but(draft -> draft.bookAt = page);
  }

  BookingAnswer with(List<Offer> offers) {
    return but(draft -> draft.alternatives = offers);
  }

  BookingAnswer of(UUID id) {
    return but(draft -> draft.attempt = id);
  }

  /** The same under another name of the field. */
  public BookingAnswer about(String otherField) {
    return but(draft -> draft.about(otherField));
  }

  BookingAnswer again() {
    return but(draft -> draft.replayed = true);
  }

  private BookingAnswer but(Consumer<Draft> change) {
    Draft draft = new Draft(this);
    change.accept(draft);
    return draft.answer();
  }

  /** An answer while it is put together; the only place that copies every member. */
  private static final class Draft {
    private final Code code;
    private final String says;
    private @Nullable UUID attempt;
    private @Nullable String field;
    private @Nullable Entry appointment;
    private @Nullable String patient;
    private List<Offer> alternatives = List.of();
    private List<String> choices = List.of();
    private @Nullable URI bookAt;
    private boolean unchanged;
    private boolean replayed;

    Draft(Code code, String says) {
      this.code = code;
      this.says = says;
    }

    Draft(BookingAnswer from) {
      this(from.code, from.says);
      attempt = from.attempt;
      field = from.field;
      appointment = from.appointment;
      patient = from.patient;
      alternatives = from.alternatives;
      choices = from.choices;
      bookAt = from.bookAt;
      unchanged = from.unchanged;
      replayed = from.replayed;
    }

    Draft about(@Nullable String what) {
      field = what;
      return this;
    }

    BookingAnswer answer() {
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
          replayed);
    }
  }
}
