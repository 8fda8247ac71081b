package io.clinicsync.emr.halaxy;

import io.clinicsync.canonical.Appointment;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.TimeRange;
import io.clinicsync.emr.spi.BookingGateway.NewBooking;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.emr.spi.EmrException.Kind;
import io.clinicsync.emr.spi.WriteAttempt;
import io.clinicsync.emr.wire.Entry;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/**
 * Places in group appointments. Whether Halaxy looks at a group's size when somebody joins is not
 * documented, so the places are counted here, before and after. A group is marked by nothing but
 * its kind of appointment, which says how many it takes.
 *
 * @see <a href="https://developers.halaxy.com/reference/createappointment">POST
 *     /Appointment/$book</a>
 */
final class HalaxyClasses {

  private static final String JOINING = "joins:";

  private final HalaxyApi api;
  private final HalaxyTaken taken;
  private final HalaxyAppointments appointments;

  HalaxyClasses(HalaxyApi api, HalaxyAppointments appointments) {
    this.api = api;
    this.taken = new HalaxyTaken(api);
    this.appointments = appointments;
  }

  /** Groups of a kind that stand in a diary. */
  List<Entry> standing(EmrAccount account, String role, String service, TimeRange range) {
    return taken.within(account, role, range).stream()
        .filter(
            each ->
                service.equals(
                    HalaxyConnector.readable(each, entry -> HalaxyParticipants.service(entry))))
        .toList();
  }

  /** Takes a place in a group that stands in the diary; none is ever created. */
  Appointment join(EmrAccount account, String role, NewBooking booking, WriteAttempt attempt) {
    String patient = HalaxyBookings.required(booking.patient());
    String service = HalaxyBookings.required(booking.treatment());
    Instant start = booking.startsAt().truncatedTo(ChronoUnit.SECONDS);
    List<Entry> then =
        standing(account, role, service, new TimeRange(start, start.plusSeconds(1))).stream()
            .filter(each -> HalaxyTaken.span(each).from().equals(start))
            .toList();
    if (then.isEmpty()) {
      throw HalaxyBookings.rejected(
          "There is no group of this kind at this time; the clinic sets groups up in Halaxy");
    }
    if (then.stream().anyMatch(each -> HalaxyParticipants.patients(each).contains(patient))) {
      throw HalaxyBookings.rejected("The patient has a place in this group already, or had one");
    }
    Entry free =
        then.stream()
            .filter(each -> HalaxyTaken.live(each) < booking.seats())
            .findFirst()
            .orElseThrow(() -> new EmrException(Kind.SLOT_TAKEN, "No place is left in this group"));
    String id = free.requireText("id");
    HalaxyWrite write = HalaxyWrite.book();
    write
        .parameter("appt-id")
        .set("valueReference", HalaxyWrite.reference(account, "Appointment", id));
    HalaxyBookings.whoAndWhat(write, account, patient, service);
    attempt.note(JOINING + id);
    String joined = write.idIn(api.written(account, write));
    return appointments.shown(account, joined, patient, write, each -> each.status().isLive());
  }

  /** The patient's place in the group that was to be joined, where they had none before. */
  Optional<Appointment> find(EmrAccount account, NewBooking booking, WriteAttempt attempt) {
    return attempt
        .note()
        .filter(note -> note.startsWith(JOINING))
        .map(note -> note.substring(JOINING.length()))
        .filter(HalaxyReference::isId)
        .flatMap(id -> appointments.of(account, id, HalaxyBookings.required(booking.patient())))
        .filter(each -> each.status() != Appointment.Status.CANCELLED);
  }

  /** Whether more patients are in the group of a place than it takes. */
  boolean isOverbooked(EmrAccount account, NewBooking booking, Appointment place) {
    String id = place.ref().id().value().split("/", 2)[0];
    return api.find(account, "Appointment", id)
        .filter(group -> HalaxyConnector.readable(group, HalaxyTaken::live) > booking.seats())
        .isPresent();
  }

  /** Whether an appointment is of a kind several patients share, though only one may be in it. */
  boolean isGroup(EmrAccount account, Appointment appointment) {
    EmrRef treatment = appointment.treatment();
    return appointment.booking() != null
        || (treatment != null
            && api.find(account, "HealthcareService", HalaxyBookings.required(treatment))
                .map(each -> HalaxyConnector.readable(each, HalaxyCatalogue::treatment))
                .filter(each -> each.seats() > 1)
                .isPresent());
  }
}
