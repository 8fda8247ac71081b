package io.clinicsync.booking;

import io.clinicsync.canonical.Catalogue;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.TimeRange;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Makes a time one attempt's own: held against our other callers, and free in the EMR's diary. */
@Component
class TimeTaking {

  private final Holds holds;
  private final Openings openings;
  private final Overlaps overlaps;
  private final DailyCap cap;

  TimeTaking(Holds holds, Openings openings, Overlaps overlaps, DailyCap cap) {
    this.holds = holds;
    this.openings = openings;
    this.overlaps = overlaps;
    this.cap = cap;
  }

  /** The first practitioner whose time is ours and free; with none of them the time is taken. */
  Catalogue.Practitioner held(BookingStage stage) {
    BookingPolicy rules = stage.rules();
    TimeRange kept = rules.kept(stage.startsAt(), stage.endsAt());
    for (Catalogue.Practitioner each : candidates(stage)) {
      if (stage.exclusive()) {
        if (!isOurs(stage, each, kept, rules)) {
          stage.trace().step("hold", "not taken");
          continue;
        }
      } else {
        EmrRef treatment = stage.wished().treatment().ref();
        holds.takeInTurn(stage.attempt(), Holds.seatsOf(each.ref(), treatment));
        // Counts for others from the moment it was found to have room.
        if (!holds.take(
            stage.attempt(),
            Holds.classOf(each.ref(), treatment),
            stage.span(),
            () -> hasRoom(stage, each, rules))) {
          holds.releaseTimes(stage.attempt());
          continue;
        }
      }
      boolean taken =
          overlaps.isTaken(
              stage.gateway(),
              stage.account(),
              each.ref(),
              stage.exclusive() ? kept : stage.span(),
              Set.of(),
              stage.exclusive() ? null : stage.wished().treatment().ref());
      stage.trace().step("diary", taken ? "taken" : "free");
      if (!taken) {
        return each;
      }
      holds.releaseTimes(stage.attempt());
    }
    throw new Stopped(Overlaps.TAKEN);
  }

  /** Whether the time is this attempt's now, by the caller's hold where there is one. */
  private boolean isOurs(
      BookingStage stage,
      Catalogue.Practitioner practitioner,
      TimeRange kept,
      BookingPolicy rules) {
    String what = Holds.practitioner(practitioner.ref());
    UUID hold = stage.hold();
    if (hold == null) {
      return holds.take(stage.attempt(), what, kept, () -> hasRoom(stage, practitioner, rules));
    }
    // What a caller holds was counted when it was taken, and counts since.
    if (!holds.passOver(hold, stage.attempt(), what)) {
      throw Stopped.field(
          Code.HOLD_EXPIRED, "hold", "This hold is over: it expired or was booked already.");
    }
    stage.trace().step("hold", "taken over");
    return true;
  }

  private boolean hasRoom(
      BookingStage stage, Catalogue.Practitioner practitioner, BookingPolicy rules) {
    EmrRef joins = stage.exclusive() ? null : stage.wished().treatment().ref();
    boolean room =
        cap.hasRoom(
            stage.attempt(),
            new DailyCap.Place(
                stage.connection(), practitioner.ref(), stage.startsAt(), joins, null),
            rules);
    if (!room) {
      stage.trace().step("daily cap", "reached");
    }
    return room;
  }

  /** Where the caller has no wish, whoever the EMR shows as free then. */
  private List<Catalogue.Practitioner> candidates(BookingStage stage) {
    List<Catalogue.Practitioner> all = stage.wished().practitioners();
    if (all.size() == 1 || !openings.known(stage.connection(), stage.account())) {
      return all;
    }
    List<EmrRef> free =
        openings
            .find(
                stage.connection(),
                stage.account(),
                Openings.Calendar.of(stage.wished()),
                stage.span())
            .stream()
            .filter(slot -> slot.startsAt().equals(stage.startsAt()))
            .map(slot -> slot.practitioner())
            .toList();
    return all.stream().filter(each -> free.contains(each.ref())).toList();
  }

  /** The refusal of a taken time, with the nearest others. */
  Stopped withAlternatives(BookingStage stage, @Nullable Attempt attempt) {
    BookingAnswer taken = stage.exclusive() ? Overlaps.TAKEN : Overlaps.FULL;
    return new Stopped(
        taken.with(
            openings.near(stage.connection(), stage.account(), stage.wished(), stage.startsAt())),
        attempt);
  }
}
