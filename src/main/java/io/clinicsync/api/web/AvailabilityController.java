package io.clinicsync.api.web;

import io.clinicsync.api.web.Views.Listing;
import io.clinicsync.booking.Availability;
import io.clinicsync.booking.BookingAnswer;
import io.clinicsync.booking.BookingPolicy;
import io.clinicsync.booking.Policies;
import io.clinicsync.canonical.Catalogue;
import io.clinicsync.canonical.TimeRange;
import io.clinicsync.clinics.Connection;
import io.clinicsync.tenancy.KeyScope;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** What can be booked, with whom, where and when; and what the clinic allows. */
@RestController
@RequestMapping({"/api/v1/clinics/{clinicId}", "/api/v1"})
@Tag(name = "Availability")
class AvailabilityController {

  private static final Duration LONGEST = Duration.ofDays(60);

  private final Availability availability;
  private final Policies policies;
  private final BookableConnections connections;

  AvailabilityController(
      Availability availability, Policies policies, BookableConnections connections) {
    this.availability = availability;
    this.policies = policies;
    this.connections = connections;
  }

  /**
   * Open times, earliest first.
   *
   * @param known false where the EMR does not tell its open times: an empty list then means nothing
   */
  record AvailabilityView(boolean known, List<OfferView> openings) implements Json {}

  @GetMapping("/availability")
  @Needs({KeyScope.BOOK, KeyScope.READ})
  @Operation(
      summary = "Find open times",
      description =
          "For one or many treatments, practitioners and sites, by id or name, up to 60 days. At most a minute old; a booking"
              + " always asks the EMR again. Times being booked at this moment are left out.")
  AvailabilityView find(
      Reach reach,
      @RequestParam(required = false) @Nullable UUID connection,
      @RequestParam @NotEmpty @Size(max = 10) List<@Size(max = 200) String> treatment,
      @RequestParam(defaultValue = "") @Size(max = 10) List<@Size(max = 200) String> practitioner,
      @RequestParam(defaultValue = "") @Size(max = 10) List<@Size(max = 200) String> site,
      @RequestParam @Size(max = 40) String from,
      @RequestParam @Size(max = 40) String to,
      @RequestParam(defaultValue = "any")
          @Pattern(
              regexp = "any|morning|afternoon|evening",
              message = "must be one of any, morning, afternoon, evening")
          String part,
      @RequestParam(defaultValue = "100") @Min(1) @Max(500) int limit) {
    Connection bookable = connections.of(reach, connection);
    Instant start = BookingCalls.time("from", from, bookable.zone());
    Instant end = BookingCalls.time("to", to, bookable.zone());
    if (!start.isBefore(end) || Duration.between(start, end).compareTo(LONGEST) > 0) {
      throw Refusal.field("to", "must lie after from, by 60 days at most");
    }
    Availability.Found found =
        availability.find(
            bookable,
            new Availability.Wish(
                named(practitioner),
                named(treatment),
                named(site),
                new TimeRange(start, end),
                Availability.DayPart.valueOf(part.toUpperCase(Locale.ROOT)),
                reach.isAgent()));
    BookingAnswer refused = found.refused();
    if (refused != null) {
      throw BookingAnswers.refused(
          switch (refused.code()) {
            case NEEDS_CHOICE -> Refusal.NEEDS_CHOICE;
            case NOT_FOUND -> Refusal.NOT_FOUND;
            default -> Refusal.NO_AVAILABILITY;
          },
          refused,
          null);
    }
    return new AvailabilityView(
        found.known(), found.offers().stream().limit(limit).map(OfferView::of).toList());
  }

  private static List<String> named(List<String> given) {
    return given.stream().map(String::strip).filter(each -> !each.isEmpty()).toList();
  }

  /** Somebody who treats. */
  record PractitionerView(String id, String name, boolean bookableOnline) implements Json {}

  /** A kind of appointment. */
  record TreatmentView(
      String id,
      String name,
      @Nullable String category,
      @Nullable Long minutes,
      int seats,
      boolean bookableOnline)
      implements Json {}

  /** A place. */
  record SiteView(String id, String name, @Nullable String zone, boolean bookableOnline)
      implements Json {}

  @GetMapping("/catalogue/practitioners")
  @Needs({KeyScope.BOOK, KeyScope.READ})
  @Operation(summary = "List practitioners", description = "Active ones, as last read.")
  Listing<PractitionerView> practitioners(
      Reach reach, @RequestParam(required = false) @Nullable UUID connection) {
    return new Listing<>(
        catalogue(reach, connection).practitioners().stream()
            .filter(Catalogue.Practitioner::active)
            .map(
                each ->
                    new PractitionerView(
                        each.ref().id().value(), each.name(), each.bookableOnline()))
            .toList());
  }

  @GetMapping("/catalogue/treatments")
  @Needs({KeyScope.BOOK, KeyScope.READ})
  @Operation(summary = "List treatments", description = "Active ones, as last read.")
  Listing<TreatmentView> treatments(
      Reach reach, @RequestParam(required = false) @Nullable UUID connection) {
    return new Listing<>(
        catalogue(reach, connection).treatments().stream()
            .filter(Catalogue.Treatment::active)
            .map(
                each ->
                    new TreatmentView(
                        each.ref().id().value(),
                        each.name(),
                        each.category(),
                        each.duration() == null ? null : each.duration().toMinutes(),
                        each.seats(),
                        each.bookableOnline()))
            .toList());
  }

  @GetMapping("/catalogue/sites")
  @Needs({KeyScope.BOOK, KeyScope.READ})
  @Operation(summary = "List sites", description = "Active ones, as last read.")
  Listing<SiteView> sites(Reach reach, @RequestParam(required = false) @Nullable UUID connection) {
    return new Listing<>(
        catalogue(reach, connection).sites().stream()
            .filter(Catalogue.Site::active)
            .map(
                each ->
                    new SiteView(
                        each.ref().id().value(),
                        each.name(),
                        each.zone() == null ? null : each.zone().getId(),
                        each.bookableOnline()))
            .toList());
  }

  private Catalogue catalogue(Reach reach, @Nullable UUID connection) {
    return availability
        .catalogue(connections.of(reach, connection), reach.isAgent())
        .orElseThrow(
            () ->
                Refusal.CONFLICT
                    .because("The EMR's catalogue has not been read yet.")
                    .next("Wait for the first run."));
  }

  /** What the clinic allows; see docs/booking.md. */
  record PolicyView(
      @Nullable
          @Size(min = 1, max = 200)
          @Pattern(regexp = ClinicController.PLAIN, message = "must not hold control characters")
          String treatment,
      @NotNull Boolean bookable,
      @Min(0) @Max(525_600) @NotNull Integer noticeMinutes,
      @Min(1) @Max(1000) @NotNull Integer horizonDays,
      @Min(0) @Max(600) @NotNull Integer bufferBeforeMinutes,
      @Min(0) @Max(600) @NotNull Integer bufferAfterMinutes,
      @Min(0) @Max(1000) @NotNull Integer dailyCap,
      @NotNull
          @Pattern(
              regexp = "any|new_only|returning_only",
              message = "must be one of any, new_only, returning_only")
          String patients,
      @NotNull Boolean register,
      @NotNull Boolean reschedule,
      @NotNull Boolean cancel,
      @NotNull Boolean duplicates,
      @Min(0) @Max(8760) @NotNull Integer windowHours,
      @NotNull @Pattern(regexp = "allow|refuse", message = "must be one of allow, refuse")
          String insideWindow,
      @Nullable Boolean aiVisible)
      implements Json {

    static PolicyView of(String treatment, BookingPolicy policy) {
      return new PolicyView(
          treatment.isEmpty() ? null : treatment,
          policy.bookable(),
          policy.noticeMinutes(),
          policy.horizonDays(),
          policy.bufferBeforeMinutes(),
          policy.bufferAfterMinutes(),
          policy.dailyCap(),
          Views.word(policy.patients()),
          policy.register(),
          policy.reschedule(),
          policy.cancel(),
          policy.duplicates(),
          policy.windowHours(),
          Views.word(policy.insideWindow()),
          policy.aiVisible());
    }

    /** Whoever does not know of {@code ai_visible} leaves it as it is. */
    BookingPolicy policy(BookingPolicy before) {
      return new BookingPolicy(
          bookable,
          noticeMinutes,
          horizonDays,
          bufferBeforeMinutes,
          bufferAfterMinutes,
          dailyCap,
          BookingPolicy.Patients.valueOf(patients.toUpperCase(Locale.ROOT)),
          register,
          reschedule,
          cancel,
          duplicates,
          windowHours,
          BookingPolicy.InsideWindow.valueOf(insideWindow.toUpperCase(Locale.ROOT)),
          aiVisible == null ? before.aiVisible() : aiVisible);
    }
  }

  @GetMapping("/booking-policies")
  @Needs({KeyScope.MANAGE, KeyScope.BOOK})
  @Operation(
      summary = "List booking policies",
      description =
          "What holds for all treatments comes first, without a treatment; then each that differs.")
  Listing<PolicyView> policies(
      Reach reach, @RequestParam(required = false) @Nullable UUID connection) {
    Connection bookable = connections.of(reach, connection);
    var decided = new java.util.TreeMap<>(policies.all(bookable.clinic(), bookable.id()));
    decided.putIfAbsent("", BookingPolicy.DEFAULT);
    return new Listing<>(
        decided.entrySet().stream()
            .map(each -> PolicyView.of(each.getKey(), each.getValue()))
            .toList());
  }

  @PutMapping("/booking-policies")
  @Needs(KeyScope.MANAGE)
  @Operation(
      summary = "Decide a booking policy",
      description =
          "For one treatment by its EMR id, or for all of the connection when none is named. Holds from the next call on.")
  PolicyView decide(
      Reach reach,
      @RequestParam(required = false) @Nullable UUID connection,
      @Valid @RequestBody PolicyView wanted) {
    Connection bookable = connections.of(reach, connection);
    BookingPolicy before = policies.of(bookable.clinic(), bookable.id(), wanted.treatment());
    BookingPolicy decided = wanted.policy(before);
    policies.decide(bookable.clinic(), bookable.id(), wanted.treatment(), decided);
    return PolicyView.of(wanted.treatment() == null ? "" : wanted.treatment(), decided);
  }
}
