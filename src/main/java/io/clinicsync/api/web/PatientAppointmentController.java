package io.clinicsync.api.web;

import io.clinicsync.booking.Availability;
import io.clinicsync.canonical.Appointment;
import io.clinicsync.canonical.Appointment.Status;
import io.clinicsync.canonical.Catalogue;
import io.clinicsync.canonical.EmrId;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.clinics.Connection;
import io.clinicsync.clinics.Connections;
import io.clinicsync.records.PatientAppointments;
import io.clinicsync.records.PatientAppointments.Place;
import io.clinicsync.records.PatientRecords;
import io.clinicsync.sync.Syncs;
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
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** A patient's appointments as we hold them, in words a person can be told. */
@RestController
@RequestMapping({"/api/v1/clinics/{clinicId}/patients", "/api/v1/patients"})
@Tag(name = "Patients")
class PatientAppointmentController {

  /** What was merely reserved was never an appointment. */
  private static final Set<Status> APPOINTMENTS =
      EnumSet.complementOf(EnumSet.of(Status.HELD, Status.NEVER_BOOKED));

  private final Tenancy tenancy;
  private final Connections connections;
  private final PatientRecords patients;
  private final PatientAppointments appointments;
  private final Availability catalogues;
  private final Syncs syncs;

  PatientAppointmentController(
      Tenancy tenancy,
      Connections connections,
      PatientRecords patients,
      PatientAppointments appointments,
      Availability catalogues,
      Syncs syncs) {
    this.tenancy = tenancy;
    this.connections = connections;
    this.patients = patients;
    this.appointments = appointments;
    this.catalogues = catalogues;
    this.syncs = syncs;
  }

  /**
   * A page of appointments, newest start first.
   *
   * @param asOf every change in the EMR before this moment is in; null before the first complete
   *     read
   * @param zone of the times
   */
  record PageView(
      List<AppointmentView> items, @Nullable String nextCursor, @Nullable Instant asOf, String zone)
      implements Json {}

  /**
   * An appointment.
   *
   * @param startsAt and the other times: with the offset of the zone then
   */
  record AppointmentView(
      String id,
      String status,
      String startsAt,
      @Nullable String endsAt,
      @Nullable NamedView practitioner,
      @Nullable NamedView treatment,
      @Nullable NamedView site,
      @Nullable String bookedAt,
      @Nullable String cancelledAt)
      implements Json {}

  /** Something of the catalogue; the name is null where the EMR no longer tells it. */
  record NamedView(String id, @Nullable String name) implements Json {}

  @GetMapping("/{patientId}/appointments")
  @Needs({KeyScope.BOOK, KeyScope.READ})
  @Operation(
      summary = "List a patient's appointments",
      description =
          "From our copy, which as_of dates; newest start first. status may come more than once: booked, confirmed, arrived,"
              + " no_show, cancelled, unknown. from is the earliest start, to is left out itself. Follow next_cursor until it is null.")
  PageView list(
      Reach reach,
      @PathVariable String patientId,
      @RequestParam(required = false) @Nullable UUID connection,
      @RequestParam(required = false) @Size(max = 40) @Nullable String from,
      @RequestParam(required = false) @Size(max = 40) @Nullable String to,
      @RequestParam(defaultValue = "") @Size(max = 10) List<@Size(max = 20) String> status,
      @RequestParam(required = false) @Size(max = 64) @Known(Known.In.ZONES) @Nullable String zone,
      @RequestParam(defaultValue = "50") @Min(1) @Max(200) int limit,
      @RequestParam(required = false) @Size(max = 600) @Nullable String cursor) {
    Connection one = connection(reach, connection);
    EmrId patient = PatientController.emrId(patientId);
    ZoneId shownIn = BookingCalls.zone(one, zone);
    PatientAppointments.Query query =
        new PatientAppointments.Query(
            patient,
            BookingCalls.optionalTime("from", from, shownIn),
            BookingCalls.optionalTime("to", to, shownIn),
            statuses(status),
            cursor == null ? null : place(cursor),
            limit + 1);
    List<Appointment> found = found(one, patient, query);
    List<Appointment> shown = found.size() > limit ? found.subList(0, limit) : found;
    Catalogue catalogue = catalogues.catalogue(one, false).orElse(null);
    Predicate<Appointment> seen = catalogues.appointments(one, reach.isAgent());
    return new PageView(
        shown.stream().filter(seen).map(each -> view(each, catalogue, shownIn)).toList(),
        found.size() > limit ? cursor(shown.getLast()) : null,
        asOf(one),
        shownIn.getId());
  }

  /** The named one, else the only one the key reaches: patient ids are each connection's own. */
  private Connection connection(Reach reach, @Nullable UUID named) {
    List<Connection> possible =
        connections.of(reach.clinic()).stream()
            .filter(each -> reach.sees(each.id()))
            .filter(each -> named == null || each.id().value().equals(named))
            .toList();
    if (possible.isEmpty()) {
      throw Refusal.notFound();
    }
    if (possible.size() > 1) {
      throw Refusal.field(
          "connection",
          "is needed, since this key reaches more than one; GET …/connections lists them");
    }
    return possible.getFirst();
  }

  private List<Appointment> found(
      Connection connection, EmrId patient, PatientAppointments.Query query) {
    ClinicId clinic = connection.clinic();
    return tenancy.inClinic(
        clinic,
        () -> {
          if (patients.known(clinic, connection.id(), List.of(patient)).isEmpty()) {
            throw Refusal.notFound();
          }
          return appointments.find(clinic, connection.id(), query);
        });
  }

  private @Nullable Instant asOf(Connection connection) {
    return syncs.freshness(connection).stream()
        .filter(each -> each.kind() == RecordKind.APPOINTMENT)
        .map(Syncs.Freshness::asOf)
        .filter(java.util.Objects::nonNull)
        .findFirst()
        .orElse(null);
  }

  private static Set<Status> statuses(List<String> wanted) {
    EnumSet<Status> statuses = EnumSet.noneOf(Status.class);
    for (String each : wanted) {
      if (!each.isBlank()) {
        statuses.add(
            APPOINTMENTS.stream()
                .filter(status -> Views.word(status).equals(each.strip().toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(
                    () ->
                        Refusal.field(
                            "status",
                            "must be one of booked, confirmed, arrived, no_show, cancelled, unknown")));
      }
    }
    return statuses.isEmpty() ? APPOINTMENTS : statuses;
  }

  private static AppointmentView view(
      Appointment appointment, @Nullable Catalogue catalogue, ZoneId zone) {
    return new AppointmentView(
        appointment.ref().id().value(),
        Views.word(appointment.status()),
        String.valueOf(at(appointment.startsAt(), zone)),
        at(appointment.endsAt(), zone),
        named(
            appointment.practitioner(),
            catalogue == null ? List.of() : catalogue.practitioners(),
            Catalogue.Practitioner::ref,
            Catalogue.Practitioner::name),
        named(
            appointment.treatment(),
            catalogue == null ? List.of() : catalogue.treatments(),
            Catalogue.Treatment::ref,
            Catalogue.Treatment::name),
        named(
            appointment.site(),
            catalogue == null ? List.of() : catalogue.sites(),
            Catalogue.Site::ref,
            Catalogue.Site::name),
        at(appointment.bookedAt(), zone),
        at(appointment.cancelledAt(), zone));
  }

  private static <T> @Nullable NamedView named(
      @Nullable EmrRef wanted, List<T> all, Function<T, EmrRef> ref, Function<T, String> name) {
    return wanted == null
        ? null
        : new NamedView(
            wanted.id().value(),
            all.stream()
                .filter(each -> ref.apply(each).equals(wanted))
                .map(name)
                .findFirst()
                .orElse(null));
  }

  private static @Nullable String at(@Nullable Instant moment, ZoneId zone) {
    return moment == null
        ? null
        : DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(moment.atZone(zone).toOffsetDateTime());
  }

  private static String cursor(Appointment last) {
    String place = last.startsAt() + "|" + last.ref().id().value();
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(place.getBytes(StandardCharsets.UTF_8));
  }

  /** Whoever forges one still only reads this patient's. */
  private static Place place(String cursor) {
    try {
      String text = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
      int bar = text.indexOf('|');
      if (bar > 0 && text.matches(ClinicController.PLAIN)) {
        Instant start = Instant.parse(text.substring(0, bar));
        if (BookingCalls.isSensible(start)) {
          return new Place(start, text.substring(bar + 1));
        }
      }
    } catch (IllegalArgumentException | java.time.DateTimeException forged) {
      // answered below, like any other text that is no cursor
    }
    throw Refusal.field("cursor", "is not a next_cursor of this list");
  }
}
