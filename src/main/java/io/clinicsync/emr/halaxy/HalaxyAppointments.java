package io.clinicsync.emr.halaxy;

import io.clinicsync.canonical.Appointment;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.canonical.TimeRange;
import io.clinicsync.emr.spi.AppointmentSource;
import io.clinicsync.emr.spi.Cursor;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.emr.spi.Page;
import io.clinicsync.emr.spi.ReadWindow;
import io.clinicsync.emr.spi.SourceFacts;
import io.clinicsync.emr.wire.Entry;
import io.clinicsync.emr.wire.Harvest;
import io.clinicsync.emr.wire.UnreadableEntry;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Appointments. One with several patients is a record for each, named {@code <id>/<patient>}; one
 * without a patient is a block and no record. Staff can delete them in Halaxy, without a trace.
 */
final class HalaxyAppointments implements AppointmentSource {

  private static final String TYPE = "Appointment";
  private static final SourceFacts FACTS =
      new SourceFacts(
          true, true, SourceFacts.Deletions.SWEEP, HalaxyConnector.OVERLAP, HalaxyApi.PER_PAGE);

  private final HalaxyApi api;

  HalaxyAppointments(HalaxyApi api) {
    this.api = api;
  }

  @Override
  public SourceFacts facts() {
    return FACTS;
  }

  /**
   * {@inheritDoc}
   *
   * @see <a href="https://developers.halaxy.com/reference/appointment">GET /Appointment</a>
   */
  @Override
  public Page<Appointment> read(EmrAccount account, ReadWindow window, @Nullable Cursor cursor) {
    TimeRange range = window instanceof ReadWindow.StartingIn(TimeRange wanted) ? wanted : null;
    HalaxyQuery query = range == null ? HalaxyConnector.byChange(window) : days(account, range);
    query.with("_include", "Appointment:practitioner-role");
    HalaxyPlace place = HalaxyPlace.of(cursor);
    HalaxyApi.Listed listed = api.page(account, TYPE, query, place.page());
    HalaxyRoles roles = roles(account, listed);
    Harvest<Appointment> harvest = new Harvest<>(RecordKind.APPOINTMENT, "halaxy.Appointment.list");
    for (Entry entry : listed.matches()) {
      take(harvest, entry, roles);
    }
    Page<Appointment> page =
        harvest.page(place.next(listed), listed.changedUpTo(), listed.vendorNow());
    return range == null ? page : within(range, page);
  }

  /** Without what is outside of the range: days were asked for, of a zone nobody documents. */
  private static Page<Appointment> within(TimeRange range, Page<Appointment> page) {
    return new Page<>(
        page.records().stream().filter(each -> range.contains(each.startsAt())).toList(),
        page.removed(),
        page.rejected(),
        page.next(),
        page.changedUpTo(),
        page.vendorNow());
  }

  /** A day more on both sides than the clinic's own. */
  static HalaxyQuery days(EmrAccount account, TimeRange range) {
    return new HalaxyQuery()
        .days(
            range.from().atZone(account.zone()).toLocalDate().minusDays(1),
            range.to().atZone(account.zone()).toLocalDate().plusDays(2));
  }

  private HalaxyRoles roles(EmrAccount account, HalaxyApi.Listed listed) {
    Set<String> named = new HashSet<>();
    for (Entry entry : listed.matches()) {
      try {
        String role = HalaxyParticipants.role(entry);
        if (role != null) {
          named.add(role);
        }
      } catch (UnreadableEntry unreadable) {
        // Rejected below.
      }
    }
    return HalaxyRoles.along(api, account, listed.included(), named);
  }

  private static void take(Harvest<Appointment> harvest, Entry entry, HalaxyRoles roles) {
    String id = HalaxyMapper.id(entry);
    List<String> patients;
    try {
      patients = HalaxyParticipants.patients(entry);
    } catch (UnreadableEntry unreadable) {
      harvest.take(
          entry,
          id,
          () -> {
            throw unreadable;
          });
      return;
    }
    boolean group = patients.size() > 1;
    if (group && id != null && HalaxyReference.isId(id)) {
      // Before somebody joined, it was a record under its own id.
      harvest.removed(EmrRef.appointment(id));
    }
    for (String patient : patients) {
      harvest.take(
          entry,
          group ? id + "/" + patient : id,
          () -> HalaxyMapper.appointment(entry, patient, group, roles));
    }
  }

  @Override
  public Optional<Appointment> get(EmrAccount account, EmrRef ref) {
    String[] parts = ref.id().value().split("/", -1);
    if (parts.length > 2 || !HalaxyReference.isId(parts[0])) {
      return Optional.empty();
    }
    Entry entry = api.find(account, TYPE, parts[0]).orElse(null);
    if (entry == null) {
      return Optional.empty();
    }
    List<String> patients = HalaxyConnector.readable(entry, HalaxyParticipants::patients);
    boolean group = patients.size() > 1;
    if (patients.isEmpty() || group != (parts.length == 2)) {
      return Optional.empty();
    }
    String patient = group ? parts[1] : patients.getFirst();
    return patients.contains(patient) ? Optional.of(of(account, entry, patient)) : Optional.empty();
  }

  /**
   * A patient's part of an appointment, under the reference it has now; empty when there is none.
   */
  Optional<Appointment> of(EmrAccount account, String id, String patient) {
    return api.find(account, TYPE, id)
        .filter(
            entry ->
                HalaxyConnector.readable(entry, HalaxyParticipants::patients).contains(patient))
        .map(entry -> of(account, entry, patient));
  }

  /** The part of a patient who takes part. */
  Appointment of(EmrAccount account, Entry entry, String patient) {
    HalaxyRoles roles =
        HalaxyRoles.one(api, account, HalaxyConnector.readable(entry, HalaxyParticipants::role));
    boolean group =
        HalaxyConnector.readable(entry, each -> HalaxyParticipants.patients(each).size() > 1);
    return HalaxyConnector.readable(
        entry, each -> HalaxyMapper.appointment(each, patient, group, roles));
  }

  /** As Halaxy shows it after a write; where it shows something else, nobody knows. */
  Appointment shown(
      EmrAccount account,
      String id,
      String patient,
      HalaxyWrite write,
      Predicate<Appointment> expected) {
    Optional<Appointment> shown;
    try {
      shown = of(account, id, patient);
    } catch (EmrException unseen) {
      throw HalaxyWrite.unknown(write.operation(), unseen);
    }
    return shown.filter(expected).orElseThrow(() -> HalaxyWrite.unknown(write.operation(), null));
  }
}
