package io.clinicsync.emr.halaxy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clinicsync.canonical.Appointment;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.canonical.TimeRange;
import io.clinicsync.emr.spi.BookingGateway;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.emr.spi.EmrException.Kind;
import io.clinicsync.emr.spi.WriteAttempt;
import io.clinicsync.emr.wire.Entry;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Books through {@code $book} and changes by merge patch. Halaxy makes an invoice, a clinical note
 * and a reminder along with each booking. It refuses a taken time only for whoever asks it to, in a
 * way that is not documented; so it is taken to accept overlaps, and a refusal is taken as one.
 *
 * @see <a href="https://developers.halaxy.com/reference/createappointment">POST
 *     /Appointment/$book</a>
 */
final class HalaxyBookings implements BookingGateway {

  /** Setting of a connection: whether cancelled appointments are charged for. */
  static final String CHARGED = "chargeCancelled";

  private static final BookingFacts FACTS = new BookingFacts(false, true, false);
  private static final String TYPE = "Appointment";
  private static final String STATUS =
      "https://terminology.halaxy.com/StructureDefinition/appointment-participant-status";

  private final HalaxyApi api;
  private final InstantSource clock;
  private final HalaxyAppointments appointments;
  private final HalaxyClasses classes;
  private final HalaxyTaken taken;

  HalaxyBookings(HalaxyApi api, HalaxyAppointments appointments, InstantSource clock) {
    this.api = api;
    this.clock = clock;
    this.appointments = appointments;
    this.classes = new HalaxyClasses(api, appointments);
    this.taken = new HalaxyTaken(api);
  }

  @Override
  public BookingFacts facts() {
    return FACTS;
  }

  @Override
  public boolean moves(Move to) {
    return to.practitioner() == null && to.site() == null;
  }

  /** {@inheritDoc} At every clinic, since a practitioner is one person with a role at each. */
  @Override
  public List<Busy> busy(EmrAccount account, EmrRef practitioner, TimeRange span) {
    String person = required(practitioner);
    Map<String, Integer> seats = new HashMap<>();
    for (Entry each : api.all(account, "HealthcareService", new HalaxyQuery())) {
      seats.put(
          HalaxyMapper.id(each),
          HalaxyConnector.readable(each, HalaxyCatalogue::treatment).seats());
    }
    List<Busy> busy = new ArrayList<>();
    for (HalaxyRoles.Role role : HalaxyRoles.all(api, account).values()) {
      if (person.equals(role.practitioner())) {
        for (Entry each : taken.within(account, role.id(), span)) {
          busy.add(HalaxyConnector.readable(each, entry -> busy(entry, seats)));
        }
      }
    }
    return busy;
  }

  private static Busy busy(Entry entry, Map<String, Integer> seats) {
    String service = HalaxyParticipants.service(entry);
    int patients = HalaxyParticipants.patients(entry).size();
    boolean group = patients > 1 || (service != null && seats.getOrDefault(service, 1) > 1);
    Busy.Kind kind =
        group ? Busy.Kind.CLASS : patients == 0 ? Busy.Kind.BLOCK : Busy.Kind.APPOINTMENT;
    EmrRef treatment = group && service != null ? EmrRef.of(RecordKind.TREATMENT, service) : null;
    return new Busy(entry.requireText("id"), kind, HalaxyTaken.span(entry), treatment);
  }

  /** {@inheritDoc} For several seats a place in a group is taken. */
  @Override
  public Appointment book(EmrAccount account, NewBooking booking, WriteAttempt attempt) {
    String patient = required(booking.patient());
    String service = required(booking.treatment());
    String role = HalaxyRoles.of(api, account, booking.practitioner(), booking.site());
    if (booking.seats() > 1) {
      return classes.join(account, role, booking, attempt);
    }
    HalaxyMarker marker = HalaxyMarker.of(attempt);
    HalaxyWrite write = HalaxyWrite.book();
    ObjectNode wanted = HalaxyWrite.resource(TYPE);
    HalaxyWrite.times(wanted, account, booking.startsAt(), booking.endsAt());
    wanted.put("description", marker.behind(booking.note()));
    wanted
        .putArray("participant")
        .addObject()
        .set("actor", HalaxyWrite.reference(account, HalaxyRoles.TYPE, role));
    write.parameter("appt-resource").set("resource", wanted);
    whoAndWhat(write, account, patient, service);
    marker.noteWith(attempt, clock.instant());
    String made = write.idIn(api.written(account, write));
    return appointments.shown(account, made, patient, write, each -> each.status().isLive());
  }

  @Override
  public boolean isOverbooked(EmrAccount account, NewBooking booking, Appointment joined) {
    return classes.isOverbooked(account, booking, joined);
  }

  /** What every booking says besides when and with whom. */
  static void whoAndWhat(HalaxyWrite write, EmrAccount account, String patient, String service) {
    write
        .parameter("patient-id")
        .set("valueReference", HalaxyWrite.reference(account, "Patient", patient));
    write
        .parameter("healthcare-service-id")
        .set("valueReference", HalaxyWrite.reference(account, "HealthcareService", service));
    // Other words are not documented; staff see and change it with the appointment.
    write.parameter("location-type").put("valueCode", "clinic");
    write.parameter("status").put("valueCode", "booked");
  }

  /**
   * {@inheritDoc}
   *
   * <p>At the same clinic with the same practitioner, since how a patch changes who takes part is
   * not documented. A group is never moved for one of its patients.
   *
   * @see <a href="https://developers.halaxy.com/reference/appointment">PATCH /Appointment</a>
   */
  @Override
  public Appointment reschedule(
      EmrAccount account, EmrRef appointment, Move to, WriteAttempt attempt) {
    Appointment now = current(account, appointment);
    if (now.status() == Appointment.Status.CANCELLED) {
      throw rejected("The appointment is cancelled and cannot be moved");
    }
    if (differs(to.practitioner(), now.practitioner()) || differs(to.site(), now.site())) {
      throw rejected(
          "Halaxy moves no appointment to another practitioner or clinic; cancel and book anew");
    }
    if (classes.isGroup(account, now)) {
      throw rejected("A place in a group cannot be moved; cancel, and book another group");
    }
    HalaxyWrite write = HalaxyWrite.patch("move", required(appointment), true);
    HalaxyWrite.times(write.body(), account, to.startsAt(), to.endsAt());
    api.write(account, write);
    Instant start = to.startsAt().truncatedTo(ChronoUnit.SECONDS);
    return shown(account, appointment, now, write, each -> each.startsAt().equals(start));
  }

  private static boolean differs(@Nullable EmrRef wanted, @Nullable EmrRef now) {
    return wanted != null && !wanted.equals(now);
  }

  /**
   * {@inheritDoc}
   *
   * <p>Only the patient's part is cancelled, without charge unless the connection says otherwise. A
   * reason and a note have no place that can be relied on.
   *
   * @see <a href="https://developers.halaxy.com/reference/appointment">PATCH /Appointment</a>
   */
  @Override
  public Appointment cancel(
      EmrAccount account, EmrRef appointment, Cancellation how, WriteAttempt attempt) {
    Appointment before = current(account, appointment);
    if (before.status() == Appointment.Status.CANCELLED) {
      return before;
    }
    HalaxyWrite write = cancelling(account, appointment, before);
    Predicate<Appointment> cancelled = each -> each.status() == Appointment.Status.CANCELLED;
    try {
      api.write(account, write);
    } catch (EmrException refusal) {
      if (refusal.kind() != Kind.NOT_FOUND && refusal.kind() != Kind.REQUEST_REJECTED) {
        throw refusal;
      }
      // Somebody may have been faster: a look tells.
      return Optional.of(current(account, appointment))
          .filter(cancelled)
          .orElseThrow(() -> rejected("Halaxy does not cancel this appointment"));
    }
    return shown(account, appointment, before, write, cancelled);
  }

  private static HalaxyWrite cancelling(
      EmrAccount account, EmrRef appointment, Appointment before) {
    String id = appointment.id().value().split("/", 2)[0];
    String code =
        account.credentials().find(CHARGED).filter("yes"::equalsIgnoreCase).isPresent()
            ? "cancelled"
            : "cancelled (no charge)";
    HalaxyWrite write = HalaxyWrite.patch("cancel", id, false);
    ObjectNode own = write.body().putArray("participant").addObject();
    own.set("actor", HalaxyWrite.reference(account, "Patient", patient(before)));
    ObjectNode coding = own.putArray("modifierExtension").addObject().put("url", STATUS);
    coding
        .putObject("valueCoding")
        .put("system", HalaxyHosts.preset(account, "appointment-participant-status"))
        .put("code", code)
        .put("display", code);
    return write;
  }

  private static String patient(Appointment appointment) {
    EmrRef patient = appointment.patient();
    if (patient == null) {
      throw rejected("The appointment has no patient");
    }
    return patient.id().value();
  }

  private Appointment current(EmrAccount account, EmrRef appointment) {
    return appointments.get(account, appointment).orElseThrow(() -> missing(appointment));
  }

  private Appointment shown(
      EmrAccount account,
      EmrRef appointment,
      Appointment before,
      HalaxyWrite write,
      Predicate<Appointment> expected) {
    String id = appointment.id().value().split("/", 2)[0];
    return appointments.shown(account, id, patient(before), write, expected);
  }

  /**
   * {@inheritDoc}
   *
   * <p>Our sign decides. Where it is gone or never was kept, an unsigned appointment of the same
   * patient, practitioner and start counts that is no older than what we sent.
   */
  @Override
  public Optional<Appointment> find(EmrAccount account, NewBooking booking, WriteAttempt attempt) {
    if (booking.seats() > 1) {
      return classes.find(account, booking, attempt);
    }
    Instant sent = HalaxyMarker.sentAt(attempt).orElse(null);
    if (sent == null) {
      return Optional.empty();
    }
    Instant oldest = sent.minus(HalaxyMarker.SKEW).truncatedTo(ChronoUnit.SECONDS);
    String patient = required(booking.patient());
    // Halaxy ignores some filters by patient without a word, so that each is looked at.
    HalaxyQuery query =
        new HalaxyQuery()
            .with("patient", patient)
            .with("created", "ge" + HalaxyQuery.second(oldest));
    List<Entry> made = new ArrayList<>();
    for (Entry each : api.all(account, TYPE, query)) {
      if (HalaxyConnector.readable(each, entry -> isLive(entry, patient))) {
        made.add(each);
      }
    }
    HalaxyMarker marker = HalaxyMarker.of(attempt);
    for (Entry each : made) {
      if (marker.isIn(each)) {
        return Optional.of(appointments.of(account, each, patient));
      }
    }
    return made.stream()
        .filter(HalaxyMarker::isUnsigned)
        .filter(each -> HalaxyConnector.readable(each, entry -> isSince(entry, oldest)))
        .map(each -> appointments.of(account, each, patient))
        .filter(each -> isSame(each, booking))
        .findFirst();
  }

  private static boolean isLive(Entry entry, String patient) {
    return HalaxyParticipants.patients(entry).contains(patient)
        && HalaxyMapper.status(
                HalaxyParticipants.status(HalaxyParticipants.patient(entry, patient)))
            != Appointment.Status.CANCELLED;
  }

  private static boolean isSince(Entry entry, Instant oldest) {
    Instant created = entry.instant("created");
    return created != null && !created.isBefore(oldest);
  }

  private static boolean isSame(Appointment made, NewBooking booking) {
    return booking.practitioner().equals(made.practitioner())
        && booking.startsAt().truncatedTo(ChronoUnit.SECONDS).equals(made.startsAt());
  }

  /** The id of a reference; one that can be none of Halaxy's is never sent. */
  static String required(EmrRef ref) {
    String id = ref.id().value();
    if (!HalaxyReference.isId(id)) {
      throw missing(ref);
    }
    return id;
  }

  private static EmrException missing(EmrRef ref) {
    return new EmrException(Kind.NOT_FOUND, "Halaxy has no such " + ref.kind());
  }

  static EmrException rejected(String sentence) {
    return new EmrException(Kind.REQUEST_REJECTED, sentence);
  }
}
