package io.clinicsync.api.web;

import io.clinicsync.api.web.Views.PageOf;
import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.canonical.EmrId;
import io.clinicsync.canonical.Patient;
import io.clinicsync.clinics.Connection;
import io.clinicsync.clinics.Connections;
import io.clinicsync.records.PatientRecords;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.KeyScope;
import io.clinicsync.tenancy.Tenancy;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Size;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Patients as we hold them. Patient data leaves only to keys with the scope read. */
@RestController
@RequestMapping({"/api/v1/clinics/{clinicId}", "/api/v1"})
@Tag(name = "Patients")
class PatientController {

  private final Tenancy tenancy;
  private final Connections connections;
  private final PatientRecords records;
  private final PatientExplanation explanation;

  PatientController(
      Tenancy tenancy,
      Connections connections,
      PatientRecords records,
      PatientExplanation explanation) {
    this.tenancy = tenancy;
    this.connections = connections;
    this.records = records;
    this.explanation = explanation;
  }

  /** A patient in a list. */
  record PatientView(
      UUID connection,
      String id,
      @Nullable String firstName,
      @Nullable String lastName,
      @Nullable String preferredName,
      @Nullable LocalDate birthDate,
      @Nullable String email,
      List<PhoneView> phones,
      @Nullable Instant changedAt,
      @Nullable Instant removedAt)
      implements Json {
    static PatientView of(ConnectionId connection, Patient patient) {
      return new PatientView(
          connection.value(),
          patient.ref().id().value(),
          patient.name().first(),
          patient.name().last(),
          patient.name().preferredFirst(),
          patient.birthDate(),
          patient.email(),
          patient.phones().stream()
              .map(phone -> new PhoneView(Views.word(phone.type()), phone.raw()))
              .toList(),
          patient.changedAt(),
          patient.removedAt());
    }

    @Override
    public String toString() {
      return "PatientView[" + id + "]";
    }
  }

  /** A number as typed in the EMR. */
  record PhoneView(String type, String number) implements Json {
    @Override
    public String toString() {
      return "PhoneView";
    }
  }

  @GetMapping("/patients")
  @Needs(KeyScope.READ)
  @Operation(
      summary = "List patients",
      description =
          "By connection and EMR id. Follow next_cursor until it is null; patients that appear meanwhile may be missed, none comes twice.")
  PageOf<PatientView> list(
      Reach reach,
      @RequestParam(defaultValue = "50") @Min(1) @Max(200) int limit,
      @RequestParam(required = false) @Nullable UUID connection,
      @RequestParam(required = false) @Size(max = 600) @Nullable String cursor) {
    Place from = cursor == null ? null : Place.read(cursor);
    List<Connection> wanted =
        connections.of(reach.clinic()).stream()
            .filter(
                each ->
                    reach.sees(each.id())
                        && (connection == null || each.id().value().equals(connection)))
            .sorted(java.util.Comparator.comparing(each -> each.id().value().toString()))
            .toList();
    if (connection != null && wanted.isEmpty()) {
      throw Refusal.notFound();
    }
    List<PatientView> page = new ArrayList<>();
    for (Connection each : wanted) {
      String id = each.id().value().toString();
      if (page.size() > limit || (from != null && id.compareTo(from.connection()) < 0)) {
        continue;
      }
      String after = from != null && id.equals(from.connection()) ? from.patient() : "";
      page.addAll(read(reach.clinic(), each.id(), after, limit + 1 - page.size()));
    }
    boolean more = page.size() > limit;
    List<PatientView> shown = more ? page.subList(0, limit) : page;
    return new PageOf<>(shown, more ? Place.of(shown.getLast()).write() : null);
  }

  @GetMapping("/connections/{connectionId}/patients/{patientId}")
  @Needs(KeyScope.READ)
  @Operation(
      summary = "Get a patient",
      description =
          "The patient, every derived value, and for each field it fills: the rule, the records behind it and when it was computed.")
  PatientExplanation.View get(Reach reach, @PathVariable String patientId) {
    return explanation.of(reach.connection(), emrId(patientId)).orElseThrow(Refusal::notFound);
  }

  private List<PatientView> read(
      ClinicId clinic, ConnectionId connection, String after, int limit) {
    return tenancy
        .inClinic(clinic, () -> records.patients(clinic, connection, after, limit))
        .stream()
        .map(patient -> PatientView.of(connection, patient))
        .toList();
  }

  /** An id that cannot be one is as unknown as any other. */
  static EmrId emrId(String text) {
    if (text.isBlank() || text.length() > 200 || !text.matches(ClinicController.PLAIN)) {
      throw Refusal.notFound();
    }
    return new EmrId(text);
  }

  /** Where a list goes on. Whoever forges one still only reads what the key reaches. */
  private record Place(String connection, String patient) {

    static Place of(PatientView last) {
      return new Place(last.connection().toString(), last.id());
    }

    String write() {
      return Base64.getUrlEncoder()
          .withoutPadding()
          .encodeToString((connection + ":" + patient).getBytes(StandardCharsets.UTF_8));
    }

    static Place read(String cursor) {
      try {
        String text = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
        int colon = text.indexOf(':');
        if (colon > 0 && text.matches(ClinicController.PLAIN)) {
          return new Place(
              UUID.fromString(text.substring(0, colon)).toString(), text.substring(colon + 1));
        }
      } catch (IllegalArgumentException forged) {
        // answered below, like any other text that is no cursor
      }
      throw Refusal.field("cursor", "is not a next_cursor of this list");
    }
  }
}
