package io.clinicsync.emr.cliniko;

import io.clinicsync.canonical.Appointment;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.emr.spi.AppointmentSource;
import io.clinicsync.emr.spi.Cursor;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.Page;
import io.clinicsync.emr.spi.ReadWindow;
import io.clinicsync.emr.spi.SourceFacts;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Appointments: individual ones, then participants of changed classes, then participants that
 * changed on their own, as an arrival is a fact of the participant row and need not touch the
 * booking. One cursor runs through all three lists. By patient, only individual ones can be listed
 * for several patients at once.
 *
 * @see <a href="https://docs.api.cliniko.com/openapi/individual-appointment">Individual
 *     appointment</a>
 * @see <a href="https://docs.api.cliniko.com/openapi/group-appointment">Group appointment</a>
 * @see <a href="https://docs.api.cliniko.com/openapi/attendee">Attendee</a>
 */
final class ClinikoAppointments implements AppointmentSource {

  private static final String INDIVIDUAL = "i";
  private static final String GROUP = "g";
  private static final String ATTENDEE = "a";
  private static final List<String> HIDDEN = List.of("cancelled_at", "archived_at", "deleted_at");
  private static final List<String> HIDDEN_GROUPS = List.of("archived_at", "deleted_at");

  /**
   * A participant row this close to our reading of its booking may be younger than what we read.
   */
  private static final int DOUBTFUL_SECONDS = 2;

  private final ClinikoApi api;
  private final ClinikoWalk walk;

  ClinikoAppointments(ClinikoApi api) {
    this.api = api;
    this.walk = new ClinikoWalk(api);
  }

  @Override
  public SourceFacts facts() {
    return ClinikoConnector.BY_CHANGE_START_AND_PATIENT;
  }

  @Override
  public Page<Appointment> read(EmrAccount account, ReadWindow window, @Nullable Cursor cursor) {
    String first = window instanceof ReadWindow.NotByPatient ? GROUP : INDIVIDUAL;
    ClinikoPlace place = cursor == null ? ClinikoPlace.start(first) : ClinikoPlace.of(cursor);
    return switch (place.stage()) {
      case INDIVIDUAL -> individuals(account, window, place);
      case GROUP -> groups(account, window, place);
      default -> attendees(account, window, place);
    };
  }

  private Page<Appointment> individuals(EmrAccount account, ReadWindow window, ClinikoPlace place) {
    var listing = listing("individual_appointments", window, HIDDEN, individualsOf(window));
    ClinikoWalk.Step step = walk.step(account, listing, place);
    ClinikoHarvest<Appointment> harvest = harvest("individual_appointments");
    step.fresh().forEach(row -> harvest.take(row, "", () -> ClinikoMapper.individual(row, null)));
    ClinikoPlace next = step.next();
    boolean groupsFollow =
        !(window instanceof ReadWindow.OfPatients || window instanceof ReadWindow.NotByPatient);
    if (next == null && groupsFollow) {
      next = place.stage(GROUP);
    }
    return harvest.page(step, next == null ? null : remembering(next, window, step));
  }

  private Page<Appointment> groups(EmrAccount account, ReadWindow window, ClinikoPlace place) {
    var listing = listing("group_appointments", window, HIDDEN_GROUPS, null);
    ClinikoWalk.Step step = walk.step(account, listing, place);
    ClinikoHarvest<Appointment> harvest = harvest("group_appointments");
    Map<String, ClinikoEntry> groups = byId(step.fresh());
    for (ClinikoEntry attendee : attendeesOf(account, groups.keySet())) {
      ClinikoEntry group = groups.get(String.valueOf(attendee.reference("booking")));
      if (group != null) {
        participant(harvest, attendee, group);
      }
    }
    ClinikoPlace next = step.next();
    if (next == null) {
      next =
          switch (window) {
            case ReadWindow.ChangedSince changed -> place.stage(ATTENDEE);
            case ReadWindow.NotByPatient() -> place.stage(INDIVIDUAL);
            // These have met every participant on the way.
            case ReadWindow.Everything() -> null;
            case ReadWindow.StartingIn range -> null;
            case ReadWindow.OfPatients patients -> null;
          };
    }
    return harvest.page(step, next == null ? null : remembering(next, window, step));
  }

  private Page<Appointment> attendees(EmrAccount account, ReadWindow window, ClinikoPlace place) {
    var listing = listing("attendees", window, HIDDEN, null);
    ClinikoWalk.Step step = walk.step(account, listing, place);
    List<ClinikoEntry> news =
        step.fresh().stream().filter(attendee -> !isKnown(attendee, place)).toList();
    Set<String> wanted =
        news.stream()
            .map(attendee -> attendee.reference("booking"))
            .flatMap(id -> Optional.ofNullable(id).stream())
            .collect(Collectors.toSet());
    Map<String, ClinikoEntry> bookings = byId(bookings(account, wanted));
    ClinikoHarvest<Appointment> harvest = harvest("attendees");
    for (ClinikoEntry attendee : news) {
      ClinikoEntry booking = bookings.get(String.valueOf(attendee.reference("booking")));
      if (booking == null) {
        harvest.reject(attendee, ClinikoMapper.ATTENDEE, "its booking was not found");
      } else if (isGroup(booking)) {
        participant(harvest, attendee, booking);
      } else {
        harvest.take(booking, "", () -> ClinikoMapper.individual(booking, attendee));
      }
    }
    return harvest.page(step, step.next());
  }

  private static void participant(
      ClinikoHarvest<Appointment> harvest, ClinikoEntry attendee, ClinikoEntry group) {
    harvest.take(
        attendee,
        ClinikoMapper.ATTENDEE,
        () -> ClinikoMapper.participant(attendee, group.bounded()));
  }

  /** Cliniko's mixed list tells its kinds by shape only. */
  private static boolean isGroup(ClinikoEntry booking) {
    return booking.has("patient_ids") || booking.has("max_attendees");
  }

  /** True if its booking was given in this window by a reading that is younger than this change. */
  private static boolean isKnown(ClinikoEntry attendee, ClinikoPlace place) {
    String booking = attendee.reference("booking");
    Instant readAt = place.readAt();
    Set<String> done = place.done();
    return booking != null
        && readAt != null
        && done != null
        && done.contains(booking)
        && attendee
            .time("updated_at")
            .filter(changed -> changed.isBefore(readAt.minusSeconds(DOUBTFUL_SECONDS)))
            .isPresent();
  }

  /**
   * Notes which bookings a window by change has given, so that their participants cost no second
   * look.
   */
  private static ClinikoPlace remembering(
      ClinikoPlace next, ReadWindow window, ClinikoWalk.Step step) {
    if (!(window instanceof ReadWindow.ChangedSince)) {
      return next;
    }
    Set<String> given =
        step.fresh().stream().flatMap(row -> row.id().stream()).collect(Collectors.toSet());
    return next.having(step.vendorNow(), given);
  }

  private List<ClinikoEntry> attendeesOf(EmrAccount account, Collection<String> groups) {
    List<ClinikoEntry> all = new ArrayList<>();
    for (List<String> ids : batches(groups)) {
      all.addAll(
          api.all(
              account,
              "/attendees",
              "attendees",
              () -> ClinikoQuery.list().ids("booking_id", ids).including(HIDDEN)));
    }
    return all;
  }

  private List<ClinikoEntry> bookings(EmrAccount account, Collection<String> wanted) {
    List<ClinikoEntry> all = new ArrayList<>();
    for (List<String> ids : batches(wanted)) {
      all.addAll(
          api.all(
              account,
              "/bookings",
              "bookings",
              () -> ClinikoQuery.list().ids("id", ids).including(HIDDEN)));
    }
    return all;
  }

  private static List<List<String>> batches(Collection<String> ids) {
    List<String> sorted = ids.stream().sorted().toList();
    List<List<String>> batches = new ArrayList<>();
    for (int from = 0; from < sorted.size(); from += ClinikoQuery.IDS_PER_CALL) {
      batches.add(sorted.subList(from, Math.min(sorted.size(), from + ClinikoQuery.IDS_PER_CALL)));
    }
    return batches;
  }

  private static Map<String, ClinikoEntry> byId(Collection<ClinikoEntry> rows) {
    Map<String, ClinikoEntry> byId = new LinkedHashMap<>();
    rows.forEach(row -> row.id().ifPresent(id -> byId.put(id, row)));
    return byId;
  }

  private static ClinikoWalk.Listing listing(
      String member, ReadWindow window, List<String> hidden, @Nullable String only) {
    return switch (window) {
      case ReadWindow.ChangedSince(Instant since) ->
          new ClinikoWalk.Listing("/" + member, member, "updated_at", since, null, hidden, only);
      case ReadWindow.StartingIn(var range) ->
          new ClinikoWalk.Listing(
              "/" + member, member, "starts_at", range.from(), range.to(), hidden, only);
      case ReadWindow.Everything everything -> whole(member, hidden, only);
      case ReadWindow.OfPatients patients -> whole(member, hidden, only);
      case ReadWindow.NotByPatient nobody -> whole(member, hidden, only);
    };
  }

  private static ClinikoWalk.Listing whole(
      String member, List<String> hidden, @Nullable String only) {
    return new ClinikoWalk.Listing("/" + member, member, "updated_at", null, null, hidden, only);
  }

  /**
   * Participants of classes cannot be listed by several patients without every individual booking
   * once more, so classes are read as a whole.
   */
  private static @Nullable String individualsOf(ReadWindow window) {
    return switch (window) {
      case ReadWindow.OfPatients(List<EmrRef> patients) -> ClinikoConnector.ofPatients(patients);
      case ReadWindow.NotByPatient() -> ClinikoConnector.OF_NO_PATIENT;
      case ReadWindow.ChangedSince changed -> null;
      case ReadWindow.StartingIn starting -> null;
      case ReadWindow.Everything() -> null;
    };
  }

  private static ClinikoHarvest<Appointment> harvest(String member) {
    return new ClinikoHarvest<>(RecordKind.APPOINTMENT, member);
  }

  @Override
  public Optional<Appointment> get(EmrAccount account, EmrRef ref) {
    if (ref.id().value().startsWith(ClinikoMapper.ATTENDEE)) {
      return participant(account, ref);
    }
    return ClinikoConnector.number(ref, "")
        .flatMap(id -> single(account, "individual_appointments", id, HIDDEN))
        .map(row -> ClinikoConnector.readable(row, each -> ClinikoMapper.individual(each, null)));
  }

  private Optional<Appointment> participant(EmrAccount account, EmrRef ref) {
    Optional<ClinikoEntry> attendee =
        ClinikoConnector.number(ref, ClinikoMapper.ATTENDEE)
            .flatMap(id -> single(account, "attendees", id, HIDDEN));
    Optional<ClinikoEntry> group =
        attendee
            .flatMap(row -> Optional.ofNullable(row.reference("booking")))
            .flatMap(id -> single(account, "group_appointments", id, HIDDEN_GROUPS));
    return attendee.flatMap(
        row ->
            group.map(
                slot ->
                    ClinikoConnector.readable(
                        row, each -> ClinikoMapper.participant(each, slot.bounded()))));
  }

  private Optional<ClinikoEntry> single(
      EmrAccount account, String path, String id, List<String> hidden) {
    return api.find(
            account,
            "cliniko." + path + ".get",
            "/" + path + "/" + id,
            ClinikoQuery.single().including(hidden))
        .map(ClinikoApi.Single::entry);
  }
}
