package io.clinicsync.emr.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.clinicsync.canonical.Appointment;
import io.clinicsync.canonical.EmrRecord;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.Invoice;
import io.clinicsync.canonical.Patient;
import io.clinicsync.canonical.Payment;
import io.clinicsync.canonical.Purchase;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.emr.spi.PatientSource;
import io.clinicsync.emr.spi.ReadWindow;
import io.clinicsync.emr.spi.RecordSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Reading by patient, where a source offers it. */
interface ByPatientContract {

  TckStage stage();

  @Test
  default void thePartsOfASourceAreTheWholeOfIt() {
    for (RecordSource<?> source : stage().sources()) {
      if (source.facts().ofPatients() > 0) {
        int some = source.facts().pageSize() + source.facts().pageSize() / 2;
        stage().simulator().pass(Duration.ofMinutes(30));
        stage().first().truth().changeTogether(TckStage.kind(source), some);
        stage().simulator().pass(Duration.ofMinutes(1));
        for (TckStage.Actor actor : List.of(stage().first(), stage().second())) {
          partsOf(source, actor);
        }
      }
    }
  }

  private <T extends EmrRecord> void partsOf(RecordSource<T> source, TckStage.Actor actor) {
    List<EmrRef> patients =
        actor.truth().ids(RecordKind.PATIENT).stream().sorted().map(EmrRef::patient).toList();
    List<T> parts =
        new ArrayList<>(TckStage.read(source, actor.account(), new ReadWindow.NotByPatient()));
    int size = source.facts().ofPatients();
    int listedByPatient = 0;
    for (int from = 0; from < patients.size(); from += size) {
      List<EmrRef> some = patients.subList(from, Math.min(patients.size(), from + size));
      List<T> theirs = TckStage.read(source, actor.account(), new ReadWindow.OfPatients(some));
      assertThat(theirs).allSatisfy(each -> assertThat(some).contains(patientOf(each)));
      listedByPatient += theirs.size();
      parts.addAll(theirs);
    }
    assertThat(listedByPatient).as(TckStage.kind(source) + " listed by patient").isPositive();
    assertThat(parts).doesNotHaveDuplicates();
    assertThat(new HashSet<>(parts))
        .isEqualTo(
            new HashSet<>(TckStage.read(source, actor.account(), new ReadWindow.Everything())));
  }

  @Test
  default void onePatientsRecordsComeWithoutAnybodyElses() {
    for (RecordSource<?> source : stage().sources()) {
      if (source.facts().ofPatients() > 0) {
        onePatient(source);
      }
    }
  }

  private <T extends EmrRecord> void onePatient(RecordSource<T> source) {
    List<T> apart = TckStage.read(source, stage().first().account(), new ReadWindow.NotByPatient());
    List<T> all =
        TckStage.read(source, stage().first().account(), new ReadWindow.Everything()).stream()
            .filter(each -> !apart.contains(each))
            .toList();
    EmrRef busiest = java.util.Objects.requireNonNull(patientOf(all.getFirst()));
    ReadWindow theirs = new ReadWindow.OfPatients(List.of(busiest));
    assertThat(TckStage.read(source, stage().first().account(), theirs))
        .containsExactlyInAnyOrderElementsOf(
            all.stream().filter(each -> busiest.equals(patientOf(each))).toList());
    assertThat(TckStage.read(source, stage().second().account(), theirs))
        .as("another account knows nobody of this id")
        .isEmpty();
  }

  @Test
  default void noPatientIsNotARequest() {
    assertThatThrownBy(() -> new ReadWindow.OfPatients(List.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  default void whoDoesNotOfferItRefusesIt() {
    Set<RecordKind> refused = new HashSet<>();
    for (RecordSource<?> source : stage().sources()) {
      if (source.facts().ofPatients() == 0) {
        ReadWindow window = new ReadWindow.OfPatients(List.of(EmrRef.patient("1")));
        assertThatThrownBy(() -> source.read(stage().first().account(), window, null))
            .isInstanceOfSatisfying(
                EmrException.class,
                failure ->
                    assertThat(failure.kind()).isEqualTo(EmrException.Kind.REQUEST_REJECTED));
        refused.add(TckStage.kind(source));
      }
    }
    boolean patientsByPatient =
        stage().sources().stream()
            .anyMatch(each -> each instanceof PatientSource && each.facts().ofPatients() > 0);
    assertThat(patientsByPatient).as("patients are not read by patient").isFalse();
    assertThat(refused).contains(RecordKind.PATIENT);
  }

  private static @Nullable EmrRef patientOf(EmrRecord record) {
    return switch (record) {
      case Patient patient -> patient.ref();
      case Appointment appointment -> appointment.patient();
      case Invoice invoice -> invoice.patient();
      case Payment payment -> payment.patient();
      case Purchase purchase -> purchase.patient();
    };
  }
}
