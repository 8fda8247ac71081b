package io.clinicsync.emr.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.Patient;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.emr.spi.EmrException.Kind;
import io.clinicsync.emr.spi.PatientDirectory;
import io.clinicsync.emr.spi.PatientDirectory.NewPatient;
import io.clinicsync.emr.spi.PatientDirectory.PatientQuery;
import io.clinicsync.emr.spi.PatientSource;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** How a connector finds and registers patients. */
interface DirectoryContract {

  TckStage stage();

  NewPatient NOVA =
      new NewPatient(
          "Novalie",
          "Quillfeather",
          LocalDate.of(1990, 2, 3),
          "novalie.quillfeather@example.org",
          "+61400555019");

  private void withDirectory(BiConsumer<BookingDesk, PatientDirectory> test) {
    PatientDirectory directory = stage().capability(PatientDirectory.class).orElse(null);
    if (directory != null) {
      BookingDesk.at(stage()).ifPresent(desk -> test.accept(desk, directory));
    }
  }

  private static List<EmrRef> find(
      BookingDesk desk,
      PatientDirectory directory,
      @Nullable String email,
      @Nullable String phone,
      @Nullable String first,
      @Nullable String last) {
    return directory.find(desk.account, new PatientQuery(email, phone, first, last)).stream()
        .map(Patient::ref)
        .toList();
  }

  @Test
  default void aNewPatientIsRegisteredOnceAndFoundByAddressAndName() {
    withDirectory(
        (desk, directory) -> {
          assertThat(find(desk, directory, NOVA.email(), NOVA.phone(), "Novalie", "Quillfeather"))
              .isEmpty();
          desk.fresh();
          Patient created = directory.create(desk.account, NOVA, desk.new Attempt());
          assertThat(desk.writes()).isEqualTo(1);
          assertThat(created.name().first()).isEqualTo("Novalie");
          assertThat(created.name().last()).isEqualTo("Quillfeather");
          boolean dated = !desk.diary.gaps().contains(SimulatedEmr.Gap.BIRTH_DATES);
          assertThat(created.birthDate()).isEqualTo(dated ? NOVA.birthDate() : null);
          assertThat(created.email()).isEqualTo(NOVA.email());
          assertThat(created.phones()).hasSize(1);
          assertThat(stage().capability(PatientSource.class).orElseThrow())
              .satisfies(
                  source -> assertThat(source.get(desk.account, created.ref())).contains(created));
          String shouted = String.valueOf(NOVA.email()).toUpperCase(Locale.ROOT);
          for (String address : List.of(String.valueOf(NOVA.email()), shouted)) {
            if (desk.diary.gaps().contains(SimulatedEmr.Gap.SEARCH_BY_ADDRESS)) {
              assertThat(BookingDesk.kind(() -> find(desk, directory, address, null, null, null)))
                  .isEqualTo(Kind.REQUEST_REJECTED);
            } else {
              assertThat(find(desk, directory, address, null, null, null))
                  .containsExactly(created.ref());
            }
          }
          assertThat(find(desk, directory, null, null, "novalie", "quillfeather"))
              .containsExactly(created.ref());
          assertThat(find(desk, directory, null, NOVA.phone(), "Novalie", "Quillfeather"))
              .containsExactly(created.ref());
          assertThat(find(desk, directory, null, "+61400555018", "Novalie", "Quillfeather"))
              .as("of another number")
              .isEmpty();
          assertThat(find(desk, directory, "other@example.org", null, "Novalie", "Quillfeather"))
              .as("whose address changed")
              .containsExactly(created.ref());
          assertThat(
                  directory.find(
                      desk.other, new PatientQuery(NOVA.email(), null, null, "Quillfeather")))
              .as("another account")
              .isEmpty();
        });
  }

  @Test
  default void whoSharesAnAddressDoesNotHideAnother() {
    withDirectory(
        (desk, directory) -> {
          Patient mother = directory.create(desk.account, NOVA, desk.new Attempt());
          String own =
              desk.diary.gaps().contains(SimulatedEmr.Gap.PATIENTS_WITHOUT_EMAIL)
                  ? "orrin.quillfeather@example.org"
                  : null;
          NewPatient child =
              new NewPatient("Orrin", "Quillfeather", LocalDate.of(2019, 4, 5), own, null);
          Patient orrin = directory.create(desk.account, child, desk.new Attempt());
          assertThat(find(desk, directory, NOVA.email(), null, "Orrin", "Quillfeather"))
              .containsExactlyInAnyOrder(mother.ref(), orrin.ref());
        });
  }

  @Test
  default void aRegistrationThatWentWrongHasTheRightKindAndIsSentOnce() {
    withDirectory(
        (desk, directory) -> {
          Map<Integer, Kind> kinds =
              Map.of(
                  422, Kind.REQUEST_REJECTED,
                  403, Kind.PERMISSION_MISSING,
                  500, Kind.OUTCOME_UNKNOWN);
          kinds.forEach(
              (status, kind) -> {
                desk.fresh();
                desk.stage.proxy().onWrites().answer(status, "application/json", "{}");
                NewPatient somebody =
                    new NewPatient(
                        "Piet",
                        "Status" + status,
                        LocalDate.of(1971, 5, 6),
                        "piet.status" + status + "@example.org",
                        null);
                assertThat(
                        BookingDesk.kind(
                            () -> directory.create(desk.account, somebody, desk.new Attempt())))
                    .isEqualTo(kind);
                assertThat(desk.writes()).isEqualTo(1);
              });
          desk.fresh();
          desk.stage.proxy().onWrites().loseAnswers();
          assertThat(
                  BookingDesk.kind(() -> directory.create(desk.account, NOVA, desk.new Attempt())))
              .isEqualTo(Kind.OUTCOME_UNKNOWN);
          assertThat(desk.writes()).isEqualTo(1);
          desk.fresh();
          assertThat(find(desk, directory, NOVA.email(), null, "Novalie", "Quillfeather"))
              .as("it was registered all the same")
              .hasSize(1);
        });
  }

  @Test
  default void archivedPatientsAreFoundAndMergedOnesLeadToWhoIsLeft() {
    withDirectory(
        (desk, directory) -> {
          Patient created = directory.create(desk.account, NOVA, desk.new Attempt());
          desk.diary.archive(created.ref());
          boolean byAddress = !desk.diary.gaps().contains(SimulatedEmr.Gap.SEARCH_BY_ADDRESS);
          String last = byAddress ? null : NOVA.lastName();
          List<Patient> found =
              directory.find(desk.account, new PatientQuery(NOVA.email(), null, null, last));
          if (desk.diary.gaps().contains(SimulatedEmr.Gap.SEARCH_FOR_WHO_LEFT)) {
            assertThat(found).isEmpty();
            assertThat(stage().first().truth().merged()).isEmpty();
            return;
          }
          assertThat(found)
              .singleElement()
              .satisfies(
                  each -> {
                    assertThat(each.ref()).isEqualTo(created.ref());
                    boolean archives =
                        !desk.diary.gaps().contains(SimulatedEmr.Gap.ARCHIVED_PATIENTS);
                    assertThat(each.removedAt() != null).isEqualTo(archives);
                  });
          Map<String, String> merged = stage().first().truth().merged();
          PatientSource source = stage().capability(PatientSource.class).orElseThrow();
          assertThat(merged.isEmpty())
              .isEqualTo(desk.diary.gaps().contains(SimulatedEmr.Gap.MERGED_PATIENTS));
          merged.forEach(
              (loser, survivor) -> {
                Patient gone =
                    source.get(desk.account, EmrRef.of(RecordKind.PATIENT, loser)).orElseThrow();
                assertThat(
                        find(desk, directory, null, null, gone.name().first(), gone.name().last()))
                    .contains(EmrRef.patient(survivor))
                    .doesNotContain(gone.ref())
                    .doesNotHaveDuplicates();
              });
        });
  }
}
