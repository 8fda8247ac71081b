package io.clinicsync.emr.cliniko;

import io.clinicsync.canonical.Appointment;
import io.clinicsync.emr.spi.BookingGateway.NewBooking;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.emr.spi.WriteAttempt;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Seats in classes. Cliniko does not look at a class's size when somebody joins, so the seats are
 * counted here, before and after.
 *
 * @see <a href="https://docs.api.cliniko.com/openapi/group-appointment">Group appointment</a>
 * @see <a href="https://docs.api.cliniko.com/openapi/attendee">Attendee</a>
 */
final class ClinikoClasses {

  private final ClinikoApi api;

  ClinikoClasses(ClinikoApi api) {
    this.api = api;
  }

  /** Takes a seat in a class that stands in the diary; none is ever created. */
  Appointment join(EmrAccount account, NewBooking booking, WriteAttempt attempt) {
    String patient = ClinikoConnector.required(booking.patient());
    Map<String, ClinikoEntry> standing = standing(account, booking);
    if (standing.isEmpty()) {
      throw ClinikoBookings.rejected(
          "There is no class of this kind at this time; the clinic sets classes up in Cliniko");
    }
    List<ClinikoEntry> attendees = attendees(account, standing.keySet());
    if (attendees.stream().anyMatch(each -> patient.equals(each.reference("patient")))) {
      throw ClinikoBookings.rejected("The patient has a seat in this class already");
    }
    ClinikoEntry free =
        standing.values().stream()
            .filter(group -> hasSeat(group, attendees))
            .findFirst()
            .orElseThrow(
                () ->
                    new EmrException(
                        EmrException.Kind.SLOT_TAKEN, "No seat is left in this class"));
    ClinikoMarker marker = ClinikoMarker.of(attempt);
    ClinikoWrite write =
        ClinikoWrite.post("cliniko.attendees.create", "/attendees")
            .with("booking_id", free.requireId())
            .with("patient_id", patient)
            .with("notes", marker.behind(booking.note()));
    // Says that it was sent, as what was read before may have failed; and keeps one who was
    // overtaken meanwhile from going on.
    attempt.note(marker.text());
    ClinikoEntry joined = api.written(account, write);
    try {
      return participant(joined, free);
    } catch (EmrException unreadable) {
      throw ClinikoApi.unknown(write.operation(), unreadable);
    }
  }

  private static boolean hasSeat(ClinikoEntry group, List<ClinikoEntry> attendees) {
    return seatsLeft(group, attendees) > 0;
  }

  /** Below nought where more have joined than the class holds. */
  private static long seatsLeft(ClinikoEntry group, List<ClinikoEntry> attendees) {
    Integer most = ClinikoConnector.readable(group, each -> each.integer("max_attendees"));
    String id = group.requireId();
    long taken = attendees.stream().filter(each -> id.equals(each.reference("booking"))).count();
    return most == null ? Long.MAX_VALUE : most - taken;
  }

  /** Whether more people are in the class of a participant than it holds. */
  boolean isOverbooked(EmrAccount account, Appointment participant) {
    String id = participant.booking();
    return id != null
        && group(account, id)
            .filter(group -> seatsLeft(group, attendees(account, List.of(id))) < 0)
            .isPresent();
  }

  /** The classes a booking can mean, by id. */
  private Map<String, ClinikoEntry> standing(EmrAccount account, NewBooking booking) {
    String type = ClinikoConnector.required(booking.treatment());
    String practitioner = ClinikoConnector.required(booking.practitioner());
    String business = ClinikoConnector.required(booking.site());
    Map<String, ClinikoEntry> groups = new LinkedHashMap<>();
    api
        .all(
            account,
            "/group_appointments",
            "group_appointments",
            () ->
                ClinikoQuery.list()
                    .filter("practitioner_id:=" + practitioner)
                    .filter("appointment_type_id:=" + type)
                    .filter("business_id:=" + business)
                    .filter("starts_at:>=" + ClinikoQuery.second(booking.startsAt()))
                    .filter("starts_at:<" + ClinikoQuery.second(booking.startsAt().plusSeconds(1))))
        .stream()
        .filter(ClinikoBookings::isLive)
        .forEach(row -> row.id().ifPresent(id -> groups.put(id, row)));
    return groups;
  }

  private List<ClinikoEntry> attendees(EmrAccount account, Collection<String> groups) {
    return api
        .all(
            account, "/attendees", "attendees", () -> ClinikoQuery.list().ids("booking_id", groups))
        .stream()
        .filter(ClinikoBookings::isLive)
        .toList();
  }

  /** By our sign, else the patient's unsigned seat in the class that was meant. */
  Optional<Appointment> find(EmrAccount account, NewBooking booking, WriteAttempt attempt) {
    ClinikoMarker marker = ClinikoMarker.of(attempt);
    String patient = ClinikoConnector.required(booking.patient());
    // The newest page is enough: what we look for was made moments ago.
    List<ClinikoEntry> theirs =
        api
            .list(
                account,
                "/attendees",
                "attendees",
                ClinikoQuery.list()
                    .filter("patient_id:=" + patient)
                    .with("sort", "created_at:desc"))
            .entries()
            .stream()
            .filter(ClinikoBookings::isLive)
            .toList();
    Optional<ClinikoEntry> signed = theirs.stream().filter(marker::isIn).findFirst();
    return signed.isPresent()
        ? signed.flatMap(each -> groupOf(account, each).map(group -> participant(each, group)))
        : unsigned(account, theirs, booking, attempt);
  }

  private Optional<Appointment> unsigned(
      EmrAccount account, List<ClinikoEntry> theirs, NewBooking booking, WriteAttempt attempt) {
    // Without a note nothing was sent: whatever stands there is somebody else's, however young.
    List<ClinikoEntry> candidates =
        attempt.note().isEmpty()
            ? List.of()
            : theirs.stream().filter(each -> ClinikoMarker.mayBe(each, attempt)).toList();
    if (candidates.isEmpty()) {
      return Optional.empty();
    }
    Map<String, ClinikoEntry> standing = standing(account, booking);
    return candidates.stream()
        .flatMap(
            each ->
                Optional.ofNullable(standing.get(String.valueOf(each.reference("booking"))))
                    .map(group -> participant(each, group))
                    .stream())
        .findFirst();
  }

  private Optional<ClinikoEntry> groupOf(EmrAccount account, ClinikoEntry attendee) {
    return Optional.ofNullable(attendee.reference("booking")).flatMap(id -> group(account, id));
  }

  private Optional<ClinikoEntry> group(EmrAccount account, String id) {
    return api.find(
            account,
            "cliniko.group_appointments.get",
            "/group_appointments/" + id,
            ClinikoQuery.single())
        .map(ClinikoApi.Single::entry);
  }

  private static Appointment participant(ClinikoEntry attendee, ClinikoEntry group) {
    return ClinikoConnector.readable(
        attendee, each -> ClinikoMapper.participant(each, group.bounded()));
  }
}
