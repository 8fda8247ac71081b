package io.clinicsync.api.web;

import io.clinicsync.api.ErrorCatalogue;
import io.clinicsync.api.OpenErrors;
import io.clinicsync.api.web.Views.Listing;
import io.clinicsync.api.web.Views.TroubleView;
import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.people.Link;
import io.clinicsync.people.Links;
import io.clinicsync.people.Reviews;
import io.clinicsync.records.Quarantine;
import io.clinicsync.tenancy.KeyScope;
import io.clinicsync.tenancy.Tenancy;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** What is wrong, what was set apart, and what waits for a person. */
@RestController
@RequestMapping({"/api/v1/clinics/{clinicId}", "/api/v1"})
@Tag(name = "Errors")
class ErrorController {

  private final OpenErrors errors;
  private final Quarantine quarantine;
  private final Reviews reviews;
  private final Tenancy tenancy;

  ErrorController(OpenErrors errors, Quarantine quarantine, Reviews reviews, Tenancy tenancy) {
    this.errors = errors;
    this.quarantine = quarantine;
    this.reviews = reviews;
    this.tenancy = tenancy;
  }

  /** An open error. */
  record ErrorView(
      String code,
      String sentence,
      String who,
      String nextStep,
      @Nullable UUID connection,
      String area,
      Instant firstSeen,
      Instant lastSeen,
      int count,
      List<String> affected)
      implements Json {
    static ErrorView of(OpenErrors.OpenError error) {
      ErrorCatalogue.Entry what = error.what();
      ConnectionId connection = error.connection();
      return new ErrorView(
          what.code(),
          what.sentence(),
          Views.word(what.who()),
          what.nextStep(),
          connection == null ? null : connection.value(),
          error.area(),
          error.firstSeen(),
          error.lastSeen(),
          error.count(),
          error.affected());
    }
  }

  /** An entry that could not be understood; the problem quotes no value. */
  record QuarantineView(
      UUID connection,
      String object,
      String id,
      String problem,
      int seen,
      Instant firstSeen,
      Instant lastSeen)
      implements Json {}

  /** A case for a person: the patient, the contacts it may be, and the rule that fired. */
  record ReviewView(
      UUID connection,
      String patient,
      @Nullable String rule,
      List<String> candidates,
      Instant since)
      implements Json {}

  /** What a person decided. */
  record Decision(
      @NotNull Reviews.@Nullable Choice choice,
      @Nullable
          @Size(max = 100)
          @Pattern(regexp = "[A-Za-z0-9_-]*", message = "is not a contact id")
          String contact)
      implements Json {}

  /** A link as it stands. */
  record LinkView(String patient, String state, @Nullable String contact, @Nullable String rule)
      implements Json {
    static LinkView of(Link link) {
      return new LinkView(
          link.patient().value(), Views.word(link.state()), link.contactId(), link.rule());
    }
  }

  @GetMapping("/errors")
  @Needs({KeyScope.MANAGE, KeyScope.READ})
  @Operation(
      summary = "List open errors",
      description =
          "Everything that is wrong now: code, one sentence, who can fix it, the next step, since when and how often. An error is gone when its cause is.")
  Listing<ErrorView> errors(Reach reach) {
    return new Listing<>(
        errors.of(reach.clinic()).stream()
            .filter(error -> seen(reach, error.connection()))
            .map(ErrorView::of)
            .toList());
  }

  @GetMapping("/error-codes")
  @Needs({KeyScope.MANAGE, KeyScope.READ})
  @Operation(
      summary = "List error codes",
      description =
          "Every code an error can have, with its sentence, who can fix it and the next step.")
  Listing<TroubleView> codes(Reach reach) {
    return new Listing<>(
        ErrorCatalogue.all().stream().map(entry -> TroubleView.of(entry.code())).toList());
  }

  @GetMapping("/quarantined")
  @Needs({KeyScope.MANAGE, KeyScope.READ})
  @Operation(
      summary = "List quarantined entries",
      description = "Entries of the EMR that could not be understood, latest first, at most 1000.")
  Listing<QuarantineView> quarantined(Reach reach) {
    return new Listing<>(
        tenancy.inClinic(reach.clinic(), () -> quarantine.of(reach.clinic())).stream()
            .filter(entry -> reach.sees(entry.connection()))
            .map(
                entry ->
                    new QuarantineView(
                        entry.connection().value(),
                        Views.word(entry.kind()),
                        entry.id(),
                        entry.problem(),
                        entry.seen(),
                        entry.firstSeen(),
                        entry.lastSeen()))
            .toList());
  }

  @GetMapping("/reviews")
  @Needs({KeyScope.MANAGE, KeyScope.READ})
  @Operation(
      summary = "List the review queue",
      description = "Cases a person decides, oldest first.")
  Listing<ReviewView> reviews(
      Reach reach, @RequestParam(defaultValue = "50") @Min(1) @Max(500) int limit) {
    return new Listing<>(
        reviews.open(reach.clinic(), limit).stream()
            .filter(open -> reach.sees(open.connection()))
            .map(ErrorController::view)
            .toList());
  }

  @PostMapping("/connections/{connectionId}/reviews/{patientId}")
  @Needs(KeyScope.MANAGE)
  @Operation(
      summary = "Decide a case",
      description =
          "link names one of the candidates as the patient's contact; split makes a contact of its own; ignore makes none. The decision is noted with the key that took it.")
  LinkView decide(
      Reach reach, @PathVariable String patientId, @Valid @RequestBody Decision decision) {
    Reviews.Choice choice = ClinicController.given(decision.choice());
    String contact = decision.contact();
    if (choice == Reviews.Choice.LINK && (contact == null || contact.isBlank())) {
      throw Refusal.field("contact", "must name one of the candidates");
    }
    return reviews
        .decide(
            reach.clinic(),
            reach.connection().id(),
            PatientController.emrId(patientId),
            choice,
            contact,
            reach.caller().keyId())
        .map(LinkView::of)
        .orElseThrow(Refusal::notFound);
  }

  private static boolean seen(Reach reach, @Nullable ConnectionId connection) {
    return connection == null || reach.sees(connection);
  }

  private static ReviewView view(Links.InReview open) {
    return new ReviewView(
        open.connection().value(),
        open.link().patient().value(),
        open.link().rule(),
        open.link().candidates(),
        open.since());
  }
}
