package io.clinicsync.api.web;

import io.clinicsync.booking.TimeHolds;
import io.clinicsync.booking.TimeHolds.Outcome;
import io.clinicsync.clinics.Connection;
import io.clinicsync.tenancy.KeyScope;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Size;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Times that are kept for a caller while it asks who the patient is. */
@RestController
@RequestMapping({"/api/v1/clinics/{clinicId}/holds", "/api/v1/holds"})
@Tag(name = "Holds")
class HoldController {

  private static final int USUAL_MINUTES = 3;

  private final TimeHolds holds;
  private final BookableConnections connections;
  private final BookingAnswers answers;

  HoldController(TimeHolds holds, BookableConnections connections, BookingAnswers answers) {
    this.holds = holds;
    this.connections = connections;
    this.answers = answers;
  }

  /**
   * A time to hold.
   *
   * @param connection needed only where the key reaches more than one
   * @param practitioner id, e-mail or name; null takes one who is free
   * @param treatment id or name
   * @param site id or name; null where only one is possible
   * @param startsAt with offset, or wall time of {@code zone}
   * @param endsAt null takes the treatment's duration
   * @param zone of times without offset; null means the clinic's
   * @param minutes how long; null means three
   */
  record NewHold(
      @Nullable UUID connection,
      @Nullable @Size(max = 200) String practitioner,
      @NotBlank @Size(max = 200) String treatment,
      @Nullable @Size(max = 200) String site,
      @NotBlank @Size(max = 40) String startsAt,
      @Nullable @Size(max = 40) String endsAt,
      @Nullable @Size(max = 64) @Known(Known.In.ZONES) String zone,
      @Nullable @Min(1) @Max(5) Integer minutes)
      implements Json {}

  /** A held time, by the EMR's ids. */
  record HoldView(
      UUID hold,
      Instant expiresAt,
      String practitioner,
      String treatment,
      String site,
      Instant startsAt,
      Instant endsAt)
      implements Json {}

  @PostMapping
  @ResponseStatus(HttpStatus.CREATED)
  @Needs(KeyScope.BOOK)
  @Operation(
      summary = "Hold a time",
      description =
          "For up to five minutes, while the patient is asked for. Checked as a booking is, the practitioner's diary included;"
              + " nothing is written in the EMR. Until it ends nobody else books the time through us; book it with hold in POST"
              + " …/bookings. A key has at most 20 holds at a time.")
  HoldView hold(Reach reach, @Valid @RequestBody NewHold wanted) {
    Connection connection = connections.of(reach, wanted.connection());
    ZoneId zone = BookingCalls.zone(connection, wanted.zone());
    Outcome outcome =
        holds.hold(
            connection,
            new TimeHolds.Wish(
                wanted.practitioner(),
                wanted.treatment(),
                wanted.site(),
                BookingCalls.time("starts_at", wanted.startsAt(), zone),
                BookingCalls.optionalTime("ends_at", wanted.endsAt(), zone),
                Duration.ofMinutes(Objects.requireNonNullElse(wanted.minutes(), USUAL_MINUTES))),
            reach.caller().keyId(),
            reach.isAgent());
    return switch (outcome) {
      case Outcome.Held held ->
          new HoldView(
              held.hold(),
              held.expiresAt(),
              held.practitioner(),
              held.treatment(),
              held.site(),
              held.startsAt(),
              held.endsAt());
      case Outcome.Refused(var answer) -> throw answers.refusal(answer);
    };
  }

  @DeleteMapping("/{holdId}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  @Needs(KeyScope.BOOK)
  @Operation(
      summary = "Let go of a held time",
      description = "Only the key that holds it can. What was booked from it stays booked.")
  void letGo(Reach reach, @PathVariable UUID holdId) {
    if (!holds.letGo(reach.clinic(), reach.caller().keyId(), holdId)) {
      throw Refusal.notFound();
    }
  }
}
