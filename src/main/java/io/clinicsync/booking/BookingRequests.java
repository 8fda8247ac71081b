package io.clinicsync.booking;

import io.clinicsync.emr.spi.BookingGateway.Cancellation;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What callers ask for, whatever channel they come by. */
public final class BookingRequests {

  private BookingRequests() {}

  /**
   * Who asks, and under which key.
   *
   * @param keyId the API key the call came with; null for calls that need none
   * @param idempotencyKey null derives one from the request [R26]
   * @param agent whether a voice or chat agent asks
   */
  public record Asked(@Nullable UUID keyId, @Nullable String idempotencyKey, boolean agent) {

    /** A person or a system of the clinic asks. */
    public Asked(@Nullable UUID keyId, @Nullable String idempotencyKey) {
      this(keyId, idempotencyKey, false);
    }
  }

  /** An appointment's id in somebody else's books. {@code toString} shows nothing. */
  public record OtherId(Of of, String value) {

    /** Whose id it is. */
    public enum Of {
      GHL,
      CALLER
    }

    @Override
    public String toString() {
      return "OtherId[" + of + "]";
    }
  }

  /**
   * A new appointment. {@code toString} shows nothing.
   *
   * @param practitioner id, e-mail or name; null takes one who is free
   * @param treatment id or name
   * @param site id or name; null when only one is possible
   * @param category of the treatment, where its name alone may mean several; null does not matter
   * @param room id or name; null leaves it to the EMR
   * @param otherId how the caller knows the appointment; null when it does not name it
   * @param endsAt null takes the treatment's duration
   */
  public record Book(
      Who who,
      @Nullable String practitioner,
      String treatment,
      @Nullable String site,
      @Nullable String category,
      @Nullable String room,
      @Nullable OtherId otherId,
      Instant startsAt,
      @Nullable Instant endsAt,
      @Nullable String note) {

    /** What makes two calls without a key the same. */
    String sameness() {
      return String.join(
          "|",
          who.sameness(),
          fold(practitioner),
          fold(treatment),
          fold(site),
          otherId == null ? "" : otherId.of() + otherId.value(),
          startsAt.toString());
    }

    String whole() {
      return String.join(
          "|", sameness(), fold(category), fold(room), "" + endsAt, "" + note, "" + who.register());
    }

    @Override
    public String toString() {
      return "Book[" + startsAt + "]";
    }
  }

  /**
   * A held time to book for somebody. {@code toString} shows nothing.
   *
   * @param room id or name; null leaves it to the EMR
   * @param otherId how the caller knows the appointment; null when it does not name it
   */
  public record BookHeld(
      UUID hold, Who who, @Nullable String room, @Nullable OtherId otherId, @Nullable String note) {

    String sameness() {
      return String.join(
          "|",
          "hold:" + hold,
          who.sameness(),
          otherId == null ? "" : otherId.of() + otherId.value());
    }

    String whole() {
      return String.join("|", sameness(), fold(room), "" + note, "" + who.register());
    }

    Book of(CallerHolds.Kept kept) {
      return new Book(
          who,
          kept.practitioner(),
          kept.treatment(),
          kept.site(),
          null,
          room,
          otherId,
          kept.startsAt(),
          kept.endsAt(),
          note);
    }

    @Override
    public String toString() {
      return "BookHeld[" + hold + "]";
    }
  }

  /**
   * The patient. {@code toString} shows nothing.
   *
   * @param id the EMR's id; with it nothing else is needed
   * @param phone in any form
   * @param register whether to register somebody the EMR does not have
   */
  public record Who(
      @Nullable String id,
      @Nullable String firstName,
      @Nullable String lastName,
      @Nullable LocalDate birthDate,
      @Nullable String email,
      @Nullable String phone,
      boolean register) {

    String sameness() {
      return id != null
          ? "id:" + id
          : String.join("|", fold(firstName), fold(lastName), fold(email), fold(phone))
              + "|"
              + birthDate;
    }

    @Override
    public String toString() {
      return "Who";
    }
  }

  /**
   * Another time for an appointment.
   *
   * @param appointment by whatever id the caller has: its own, GoHighLevel's or the EMR's
   * @param practitioner and site: null keeps them
   * @param treatment where the caller names it; another than the appointment's is refused
   * @param endsAt null keeps its length
   */
  public record Reschedule(
      String appointment,
      Instant startsAt,
      @Nullable Instant endsAt,
      @Nullable String practitioner,
      @Nullable String site,
      @Nullable String treatment,
      boolean notifyPatient) {

    String whole() {
      return String.join(
          "|",
          appointment,
          startsAt.toString(),
          fold(practitioner),
          fold(site),
          fold(treatment),
          "" + endsAt,
          "" + notifyPatient);
    }
  }

  /**
   * The end of an appointment. {@code toString} shows no note.
   *
   * @param appointment by whatever id the caller has: its own, GoHighLevel's or the EMR's
   */
  public record Cancel(
      String appointment,
      Cancellation.Reason reason,
      @Nullable String note,
      boolean notifyPatient,
      boolean notifyWaitList) {

    String whole() {
      return String.join(
          "|", appointment, reason.name(), "" + note, notifyPatient + "" + notifyWaitList);
    }

    @Override
    public String toString() {
      return "Cancel[" + appointment + "]";
    }
  }

  private static String fold(@Nullable String text) {
    return Objects.requireNonNullElse(text, "").strip().toLowerCase(java.util.Locale.ROOT);
  }
}
