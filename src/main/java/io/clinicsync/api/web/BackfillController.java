package io.clinicsync.api.web;

import io.clinicsync.api.web.Views.Listing;
import io.clinicsync.api.web.Views.TroubleView;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.canonical.TimeRange;
import io.clinicsync.sync.Backfill;
import io.clinicsync.sync.Backfills;
import io.clinicsync.tenancy.KeyScope;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Reading again what a person asks for [SY-2]. */
@RestController
@RequestMapping({
  "/api/v1/clinics/{clinicId}/connections/{connectionId}/backfills",
  "/api/v1/connections/{connectionId}/backfills"
})
@Tag(name = "Backfills")
class BackfillController {

  private static final Duration LONGEST = Duration.ofDays(3660);

  private final Backfills backfills;

  BackfillController(Backfills backfills) {
    this.backfills = backfills;
  }

  /** Kinds of records a backfill can read. */
  enum Kind {
    PATIENT,
    APPOINTMENT,
    INVOICE,
    PAYMENT,
    PURCHASE
  }

  /**
   * A backfill to make.
   *
   * @param from and to bound the start of appointments; both or neither
   * @param activeOnly, announce and dryRun null means no
   */
  record NewBackfill(
      @NotEmpty @Size(max = 5) Set<@NotNull Kind> objects,
      @Nullable Instant from,
      @Nullable Instant to,
      @Nullable Boolean activeOnly,
      @Nullable Boolean announce,
      @Nullable Boolean dryRun)
      implements Json {}

  /** A backfill and how far it is. */
  record BackfillView(
      UUID id,
      List<String> objects,
      @Nullable Instant from,
      @Nullable Instant to,
      boolean activeOnly,
      boolean announce,
      boolean dryRun,
      String state,
      List<String> done,
      @Nullable TroubleView trouble,
      Instant requestedAt,
      @Nullable Instant startedAt,
      @Nullable Instant finishedAt,
      int read,
      int created,
      int updated,
      int unchanged,
      int rejected,
      int skipped,
      @Nullable Integer expected,
      @Nullable Long readPerMinute,
      @Nullable Instant expectedEnd)
      implements Json {
    static BackfillView of(Backfill backfill) {
      TimeRange range = backfill.wanted().range();
      String code = backfill.code();
      return new BackfillView(
          backfill.id(),
          backfill.wanted().sources().stream().map(Views::word).sorted().toList(),
          range == null ? null : range.from(),
          range == null ? null : range.to(),
          backfill.wanted().activeOnly(),
          backfill.wanted().announce(),
          backfill.wanted().dryRun(),
          Views.word(backfill.state()),
          backfill.done().stream().map(Views::word).toList(),
          code == null ? null : TroubleView.of(code),
          backfill.requestedAt(),
          backfill.startedAt(),
          backfill.finishedAt(),
          backfill.read(),
          backfill.created(),
          backfill.updated(),
          backfill.unchanged(),
          backfill.rejected(),
          backfill.skipped(),
          backfill.expected(),
          backfill.perMinute(),
          backfill.expectedEnd());
    }
  }

  @GetMapping
  @Needs({KeyScope.MANAGE, KeyScope.READ})
  @Operation(
      summary = "List backfills",
      description = "Latest first, with progress, rate and a guess at the end.")
  Listing<BackfillView> list(Reach reach) {
    return new Listing<>(
        backfills.of(reach.clinic(), reach.connection().id()).stream()
            .map(BackfillView::of)
            .toList());
  }

  @PostMapping
  @ResponseStatus(HttpStatus.ACCEPTED)
  @Needs(KeyScope.MANAGE)
  @Operation(
      summary = "Ask for a backfill",
      description =
          "Reads the named objects again beside the live runs, quietly unless announce is set. A range bounds appointments by"
              + " their start; objects the EMR cannot read by start are read whole. active_only leaves out archived, deceased"
              + " and discharged patients. dry_run counts what would be created and updated and stores nothing.")
  BackfillView create(Reach reach, @Valid @RequestBody NewBackfill wanted) {
    SyncController.mustRun(reach.connection());
    if (reach.connection().quietUntilLoaded()) {
      throw Refusal.CONFLICT
          .because("The first load is not complete yet, and it reads everything.")
          .next("Wait for the first load.");
    }
    Set<RecordKind> kinds =
        wanted.objects().stream()
            .map(kind -> RecordKind.valueOf(kind.name()))
            .collect(Collectors.toSet());
    try {
      return BackfillView.of(
          backfills.request(
              reach.connection(),
              new Backfill.Wanted(
                  kinds,
                  range(wanted),
                  Boolean.TRUE.equals(wanted.activeOnly()),
                  Boolean.TRUE.equals(wanted.announce()),
                  Boolean.TRUE.equals(wanted.dryRun()))));
    } catch (Backfills.BackfillOpen open) {
      throw Refusal.CONFLICT
          .because("This connection has a backfill that is not over.")
          .next("Wait for it, or cancel it first.");
    } catch (IllegalArgumentException notGiven) {
      throw Refusal.field("objects", "holds one that this EMR does not give");
    }
  }

  @GetMapping("/{backfillId}")
  @Needs({KeyScope.MANAGE, KeyScope.READ})
  @Operation(
      summary = "Get a backfill",
      description = "State, counts, rate and a guess at the end.")
  BackfillView get(Reach reach, @PathVariable UUID backfillId) {
    return BackfillView.of(find(reach, backfillId));
  }

  @PostMapping("/{backfillId}/pause")
  @Needs(KeyScope.MANAGE)
  @Operation(summary = "Pause a backfill", description = "Stops after the page under way.")
  BackfillView pause(Reach reach, @PathVariable UUID backfillId) {
    Backfill found = find(reach, backfillId);
    return after(reach, found, backfills.pause(reach.clinic(), found.id()));
  }

  @PostMapping("/{backfillId}/resume")
  @Needs(KeyScope.MANAGE)
  @Operation(summary = "Resume a backfill", description = "Goes on from its last page.")
  BackfillView resume(Reach reach, @PathVariable UUID backfillId) {
    Backfill found = find(reach, backfillId);
    return after(reach, found, backfills.resume(reach.clinic(), found.id()));
  }

  @PostMapping("/{backfillId}/cancel")
  @Needs(KeyScope.MANAGE)
  @Operation(
      summary = "Cancel a backfill",
      description = "Ends it after the page under way; what was stored stays.")
  BackfillView cancel(Reach reach, @PathVariable UUID backfillId) {
    Backfill found = find(reach, backfillId);
    return after(reach, found, backfills.cancel(reach.clinic(), found.id()));
  }

  private Backfill find(Reach reach, UUID id) {
    return backfills
        .find(reach.clinic(), id)
        .filter(found -> found.connection().equals(reach.connection().id()))
        .orElseThrow(Refusal::notFound);
  }

  private BackfillView after(Reach reach, Backfill found, boolean moved) {
    if (!moved) {
      throw Refusal.CONFLICT.because(
          "The backfill is " + Views.word(found.state()) + ", so this is not possible.");
    }
    return BackfillView.of(find(reach, found.id()));
  }

  private static @Nullable TimeRange range(NewBackfill wanted) {
    Instant from = wanted.from();
    Instant to = wanted.to();
    if (from == null && to == null) {
      return null;
    }
    if (from == null || to == null) {
      throw Refusal.field(from == null ? "from" : "to", "must be given when the other end is");
    }
    if (!from.isBefore(to) || Duration.between(from, to).compareTo(LONGEST) > 0) {
      throw Refusal.field("to", "must lie after from and within ten years of it");
    }
    return new TimeRange(from, to);
  }
}
