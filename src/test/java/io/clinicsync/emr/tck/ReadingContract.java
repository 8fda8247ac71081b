package io.clinicsync.emr.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.clinicsync.canonical.Appointment;
import io.clinicsync.canonical.EmrRecord;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.Patient;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.canonical.Slot;
import io.clinicsync.canonical.TimeRange;
import io.clinicsync.emr.spi.AppointmentSource;
import io.clinicsync.emr.spi.AvailabilityProvider;
import io.clinicsync.emr.spi.CatalogueSource;
import io.clinicsync.emr.spi.Cursor;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.emr.spi.Page;
import io.clinicsync.emr.spi.PatientSource;
import io.clinicsync.emr.spi.ReadWindow;
import io.clinicsync.emr.spi.RecordSource;
import io.clinicsync.emr.spi.SourceFacts;
import java.time.Duration;
import java.time.Instant;
import java.time.zone.ZoneOffsetTransition;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What reading brings, on good days and bad ones. */
interface ReadingContract {

  TckStage stage();

  ReadWindow EVERYTHING = new ReadWindow.Everything();

  @Test
  default void everyRecordComesExactlyOnceFromTwoAccountsReadInTurns() {
    for (RecordSource<?> source : stage().sources()) {
      inTurns(source);
    }
  }

  private <T extends EmrRecord> void inTurns(RecordSource<T> source) {
    List<TckStage.Actor> actors = List.of(stage().first(), stage().second());
    List<List<String>> read = List.of(new ArrayList<>(), new ArrayList<>());
    Map<Integer, Cursor> open = new HashMap<>();
    Set<Integer> over = new HashSet<>();
    while (over.size() < 2) {
      for (int i = 0; i < 2; i++) {
        if (!over.contains(i)) {
          Page<T> page = source.read(actors.get(i).account(), EVERYTHING, open.get(i));
          List<String> ids = read.get(i);
          page.records().forEach(record -> ids.add(record.ref().id().value()));
          assertThat(page.rejected()).isEmpty();
          open.put(i, page.next());
          if (page.next() == null) {
            over.add(i);
          }
        }
      }
    }
    for (int i = 0; i < 2; i++) {
      Set<String> truth = actors.get(i).truth().ids(TckStage.kind(source));
      assertThat(read.get(i))
          .as(TckStage.kind(source) + " of account " + i)
          .doesNotHaveDuplicates();
      assertThat(Set.copyOf(read.get(i))).isEqualTo(truth);
    }
  }

  @Test
  default void nothingChangedMeansNothingRead() {
    Instant later = stage().simulator().clock().instant().plusSeconds(5);
    stage().simulator().pass(Duration.ofSeconds(60));
    for (RecordSource<?> source : stage().sources()) {
      if (source.facts().byChange()) {
        assertThat(
                TckStage.read(
                    source, stage().first().account(), new ReadWindow.ChangedSince(later)))
            .as(TckStage.kind(source).name())
            .isEmpty();
      }
    }
  }

  @Test
  default void changesOfOneSecondAreAllSeenAcrossPages() {
    for (RecordSource<?> source : stage().sources()) {
      if (!source.facts().byChange()) {
        continue;
      }
      RecordKind kind = TckStage.kind(source);
      int some = source.facts().pageSize() + source.facts().pageSize() / 2;
      stage().simulator().pass(Duration.ofMinutes(30));
      Instant since = stage().simulator().clock().instant();
      Set<String> changed = stage().first().truth().changeTogether(kind, some);
      stage().simulator().pass(Duration.ofMinutes(1));
      assertThat(changed)
          .as("the simulator changed a page and a half")
          .hasSizeGreaterThan(source.facts().pageSize());
      List<? extends EmrRecord> read =
          TckStage.read(source, stage().first().account(), new ReadWindow.ChangedSince(since));
      assertThat(TckStage.ids(read)).as(kind.name()).containsAll(changed);
    }
  }

  @Test
  default void aWindowIsInclusiveAndTellsItsGreatestChange() {
    PatientSource patients = stage().capability(PatientSource.class).orElseThrow();
    if (!patients.facts().byChange()) {
      return;
    }
    stage().simulator().pass(Duration.ofMinutes(30));
    Set<String> changed = stage().first().truth().changeTogether(RecordKind.PATIENT, 3);
    List<Page<Patient>> everything =
        TckStage.pages(patients, stage().first().account(), EVERYTHING);
    Instant greatest =
        everything.stream()
            .flatMap(page -> java.util.Optional.ofNullable(page.changedUpTo()).stream())
            .max(Comparator.naturalOrder())
            .orElseThrow();
    List<Patient> again =
        TckStage.read(patients, stage().first().account(), new ReadWindow.ChangedSince(greatest));
    assertThat(TckStage.ids(again)).isEqualTo(changed);
    Duration off =
        Duration.between(everything.getLast().vendorNow(), stage().simulator().clock().instant());
    assertThat(off.abs()).isLessThan(Duration.ofSeconds(5));
  }

  /** Otherwise each run would begin where the first one did and read everything again. */
  @Test
  default void whatIsReadByChangeTellsHowFarItWasRead() {
    for (RecordSource<?> source : stage().sources()) {
      if (source.facts().byChange()) {
        assertThat(TckStage.pages(source, stage().first().account(), EVERYTHING))
            .as(TckStage.kind(source).name())
            .anyMatch(page -> page.changedUpTo() != null);
      }
    }
  }

  @Test
  default void aStoredCursorIsGoodAgain() {
    for (RecordSource<?> source : stage().sources()) {
      again(source);
    }
  }

  private <T extends EmrRecord> void again(RecordSource<T> source) {
    Page<T> first = source.read(stage().first().account(), EVERYTHING, null);
    if (first.next() != null) {
      Cursor stored = new Cursor(first.next().value());
      Page<T> once = source.read(stage().first().account(), EVERYTHING, stored);
      Page<T> twice = source.read(stage().first().account(), EVERYTHING, stored);
      assertThat(twice.records()).isEqualTo(once.records());
    }
  }

  @Test
  default void removedAndMergedRecordsSaySo() {
    for (RecordSource<?> source : stage().sources()) {
      if (source.facts().deletions() == SourceFacts.Deletions.FLAGGED) {
        Set<String> gone =
            TckStage.read(source, stage().first().account(), EVERYTHING).stream()
                .filter(record -> record.removedAt() != null)
                .map(record -> record.ref().id().value())
                .collect(Collectors.toSet());
        assertThat(gone).isEqualTo(stage().first().truth().removed(TckStage.kind(source)));
      }
    }
    Map<String, String> merged = new HashMap<>();
    PatientSource patients = stage().capability(PatientSource.class).orElseThrow();
    for (Patient patient : TckStage.read(patients, stage().first().account(), EVERYTHING)) {
      EmrRef survivor = patient.mergedInto();
      if (survivor != null) {
        merged.put(patient.ref().id().value(), survivor.id().value());
      }
    }
    assertThat(merged).isEqualTo(stage().first().truth().merged());
  }

  @Test
  default void aSingleRecordReadsLikeInItsList() {
    for (RecordSource<?> source : stage().sources()) {
      single(source);
    }
  }

  private <T extends EmrRecord> void single(RecordSource<T> source) {
    List<T> all = TckStage.read(source, stage().first().account(), EVERYTHING);
    for (int i = 0; i < all.size(); i += Math.max(1, all.size() / 12)) {
      T listed = all.get(i);
      assertThat(source.get(stage().first().account(), listed.ref())).contains(listed);
      assertThat(source.get(stage().second().account(), listed.ref()))
          .as("not another account's")
          .isEmpty();
    }
    EmrRef unknown = EmrRef.of(TckStage.kind(source), "1");
    assertThat(source.get(stage().first().account(), unknown)).isEmpty();
  }

  @Test
  default void onePoisonedRecordIsRejectedAloneAndTheRestIsRead() {
    for (RecordSource<?> source : stage().sources()) {
      RecordKind kind = TckStage.kind(source);
      String poisoned = stage().first().truth().poison(kind);
      poisoned(source, poisoned);
    }
  }

  private <T extends EmrRecord> void poisoned(RecordSource<T> source, String id) {
    List<Page<T>> pages = TckStage.pages(source, stage().first().account(), EVERYTHING);
    Set<String> read = new HashSet<>();
    Set<String> rejected = new HashSet<>();
    for (Page<T> page : pages) {
      read.addAll(TckStage.ids(page.records()));
      page.rejected()
          .forEach(each -> rejected.add(each.id() == null ? "?" : each.id().id().value()));
    }
    Set<String> truth = stage().first().truth().ids(TckStage.kind(source));
    assertThat(rejected).containsExactly(id);
    assertThat(truth).containsAll(read).contains(id);
    assertThat(read).hasSize(truth.size() - 1).doesNotContain(id);
  }

  @Test
  default void aPageOfWhichNothingIsReadableBreaksTheContract() {
    PatientSource patients = stage().capability(PatientSource.class).orElseThrow();
    stage().first().truth().garble(RecordKind.PATIENT);
    EmrException failure =
        catchThrowableOfType(
            EmrException.class, () -> patients.read(stage().first().account(), EVERYTHING, null));
    assertThat(failure.kind()).isEqualTo(EmrException.Kind.CONTRACT_BROKEN);
  }

  @Test
  default void unknownWordsAndMembersDoNoHarm() {
    String odd = stage().first().truth().unknownStatus();
    stage().proxy().addUnknownMembers();
    AppointmentSource appointments = stage().capability(AppointmentSource.class).orElseThrow();
    List<Appointment> read = TckStage.read(appointments, stage().first().account(), EVERYTHING);
    assertThat(read)
        .filteredOn(each -> each.ref().id().value().equals(odd))
        .singleElement()
        .satisfies(each -> assertThat(each.status()).isEqualTo(Appointment.Status.UNKNOWN));
    PatientSource patients = stage().capability(PatientSource.class).orElseThrow();
    assertThat(TckStage.ids(TckStage.read(patients, stage().first().account(), EVERYTHING)))
        .isEqualTo(stage().first().truth().ids(RecordKind.PATIENT));
  }

  @Test
  default void appointmentsKeepTheirInstantsThroughBothClockChanges() {
    AppointmentSource appointments = stage().capability(AppointmentSource.class).orElseThrow();
    Map<String, Instant> starts = stage().first().truth().starts();
    List<Appointment> read = TckStage.read(appointments, stage().first().account(), EVERYTHING);
    assertThat(read)
        .allSatisfy(
            each -> assertThat(each.startsAt()).isEqualTo(starts.get(each.ref().id().value())));
    for (ZoneOffsetTransition change : changesAround()) {
      Instant moment = change.getInstant();
      TimeRange night =
          new TimeRange(moment.minus(Duration.ofHours(14)), moment.plus(Duration.ofHours(14)));
      Set<String> expected =
          starts.entrySet().stream()
              .filter(each -> night.contains(each.getValue()))
              .map(Map.Entry::getKey)
              .collect(Collectors.toSet());
      assertThat(expected).as("appointments around " + change).isNotEmpty();
      if (appointments.facts().byStart()) {
        assertThat(
                TckStage.ids(
                    TckStage.read(
                        appointments, stage().first().account(), new ReadWindow.StartingIn(night))))
            .isEqualTo(expected);
      }
    }
  }

  /** The latest change into and out of summer time. */
  private List<ZoneOffsetTransition> changesAround() {
    var rules = stage().first().truth().zone().getRules();
    ZoneOffsetTransition last = rules.previousTransition(stage().simulator().clock().instant());
    return List.of(last, rules.previousTransition(last.getInstant()));
  }

  @Test
  default void theCatalogueNamesEverythingAppointmentsPointTo() {
    CatalogueSource catalogues = stage().capability(CatalogueSource.class).orElseThrow();
    var catalogue = catalogues.read(stage().first().account());
    Set<EmrRef> known = new HashSet<>();
    catalogue.practitioners().forEach(each -> known.add(each.ref()));
    catalogue.treatments().forEach(each -> known.add(each.ref()));
    catalogue.sites().forEach(each -> known.add(each.ref()));
    if (stage().first().truth().listsStaff()) {
      assertThat(catalogue.practitioners()).anyMatch(each -> each.email() != null);
      assertThat(catalogue.practitioners()).anyMatch(each -> !each.active());
    }
    assertThat(catalogue.offerings())
        .isNotEmpty()
        .allMatch(each -> known.contains(each.site()) && known.contains(each.practitioner()));
    AppointmentSource appointments = stage().capability(AppointmentSource.class).orElseThrow();
    for (Appointment each : TckStage.read(appointments, stage().first().account(), EVERYTHING)) {
      for (RecordKind kind : stage().first().truth().named()) {
        assertThat(pointed(each, kind)).as(kind.name()).isNotNull();
      }
      Stream.of(each.practitioner(), each.treatment(), each.site())
          .filter(Objects::nonNull)
          .forEach(ref -> assertThat(known).contains(ref));
    }
  }

  private static @Nullable EmrRef pointed(Appointment appointment, RecordKind kind) {
    return switch (kind) {
      case PRACTITIONER -> appointment.practitioner();
      case TREATMENT -> appointment.treatment();
      case SITE -> appointment.site();
      case ROOM -> appointment.room();
      case PATIENT -> appointment.patient();
      case APPOINTMENT, INVOICE, PAYMENT, PURCHASE -> null;
    };
  }

  @Test
  default void openTimesOfThreeWeeksAreStitched() {
    var availability = stage().capability(AvailabilityProvider.class);
    if (availability.isEmpty()) {
      return;
    }
    var catalogue =
        stage().capability(CatalogueSource.class).orElseThrow().read(stage().first().account());
    Instant now = stage().simulator().clock().instant();
    TimeRange range = new TimeRange(now.plus(Duration.ofHours(30)), now.plus(Duration.ofDays(21)));
    List<Slot> all = new ArrayList<>();
    for (var offering : catalogue.offerings().stream().limit(12).toList()) {
      List<Slot> slots =
          availability
              .get()
              .openSlots(
                  stage().first().account(),
                  new AvailabilityProvider.SlotQuery(
                      offering.practitioner(), offering.treatment(), offering.site(), range));
      assertThat(slots)
          .isSortedAccordingTo(Comparator.comparing(Slot::startsAt))
          .doesNotHaveDuplicates()
          .allMatch(
              slot -> range.contains(slot.startsAt()) && slot.endsAt().isAfter(slot.startsAt()));
      all.addAll(slots);
    }
    assertThat(all).anyMatch(slot -> slot.startsAt().isBefore(now.plus(Duration.ofDays(7))));
    assertThat(all).anyMatch(slot -> slot.startsAt().isAfter(now.plus(Duration.ofDays(14))));
  }
}
