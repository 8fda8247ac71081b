package io.clinicsync.emr.nookal;

import io.clinicsync.canonical.Appointment;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.canonical.TimeRange;
import io.clinicsync.emr.spi.AppointmentSource;
import io.clinicsync.emr.spi.Cursor;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.Page;
import io.clinicsync.emr.spi.ReadWindow;
import io.clinicsync.emr.spi.SourceFacts;
import io.clinicsync.emr.wire.Entry;
import io.clinicsync.emr.wire.Harvest;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Appointments of one patient, and after them the places in classes. Nookal may list the latter
 * among the former as well (not verified), so there they are left out. What changed is asked of
 * appointments directly; of classes those from two days back to two weeks ahead are looked through,
 * and the others come with the nightly full read.
 */
final class NookalAppointments implements AppointmentSource {

  private static final SourceFacts FACTS =
      new SourceFacts(
          true, true, SourceFacts.Deletions.SWEEP, NookalPatients.OVERLAP, NookalApi.PER_PAGE);
  private static final String ALONE = "a";
  private static final String CLASSES = "c";
  private static final int CLASSES_BACK = 2;
  private static final int CLASSES_AHEAD = 14;

  /** Each costs a call. */
  private static final int CLASSES_AT_ONCE = 20;

  private final NookalApi api;
  private final NookalClasses classes;
  private final InstantSource clock;

  NookalAppointments(NookalApi api, InstantSource clock) {
    this.api = api;
    this.classes = new NookalClasses(api);
    this.clock = clock;
  }

  @Override
  public SourceFacts facts() {
    return FACTS;
  }

  /**
   * {@inheritDoc}
   *
   * @see <a href="https://api.nookal.com/developers">getAppointments, getClasses</a>
   */
  @Override
  public Page<Appointment> read(EmrAccount account, ReadWindow window, @Nullable Cursor cursor) {
    NookalPlace place =
        cursor == null
            ? NookalPlace.first(
                ALONE, clock.instant().atZone(account.zone()).toLocalDate().toEpochDay())
            : NookalPlace.of(cursor);
    return place.list().equals(CLASSES)
        ? inClasses(account, window, place)
        : alone(account, window, place);
  }

  private Page<Appointment> alone(EmrAccount account, ReadWindow window, NookalPlace place) {
    NookalForm form = new NookalForm();
    TimeRange range = null;
    switch (window) {
      case ReadWindow.ChangedSince(Instant since) ->
          form.with("last_modified", NookalTimes.stamp(since));
      case ReadWindow.Everything() -> {}
      case ReadWindow.StartingIn(TimeRange wanted) -> {
        range = wanted;
        days(form, range);
      }
      case ReadWindow.OfPatients other -> throw NookalConnector.unread(other);
      case ReadWindow.NotByPatient other -> throw NookalConnector.unread(other);
    }
    NookalApi.Listed page =
        api.list(account, "getAppointments", "appointments", form, place.page());
    Harvest<Appointment> harvest = new Harvest<>(RecordKind.APPOINTMENT, "nookal.getAppointments");
    for (Entry entry : page.entries()) {
      if (!NookalMapper.isClass(entry)) {
        harvest.take(
            entry,
            NookalSingles.idOf(entry),
            () -> NookalMapper.appointment(entry, account.zone(), page.vendorNow()));
      }
    }
    keep(harvest, range);
    NookalPlace next = place.after(page);
    return harvest.page(
        (next == null ? NookalPlace.first(CLASSES, place.day()) : next).cursor(),
        NookalTimes.latest(page.entries(), "lastModified"),
        page.vendorNow());
  }

  private Page<Appointment> inClasses(EmrAccount account, ReadWindow window, NookalPlace place) {
    NookalForm form = new NookalForm();
    TimeRange range = null;
    Instant since = null;
    switch (window) {
      case ReadWindow.ChangedSince(Instant from) -> {
        since = from;
        LocalDate day = LocalDate.ofEpochDay(place.day());
        form.with("date_from", day.minusDays(CLASSES_BACK));
        form.with("date_to", day.plusDays(CLASSES_AHEAD));
      }
      case ReadWindow.Everything() -> {}
      case ReadWindow.StartingIn(TimeRange wanted) -> {
        range = wanted;
        days(form, range);
      }
      case ReadWindow.OfPatients other -> throw NookalConnector.unread(other);
      case ReadWindow.NotByPatient other -> throw NookalConnector.unread(other);
    }
    NookalApi.Listed page =
        api.list(account, NookalClasses.FUNCTION, NookalClasses.KEY, form, place.page());
    List<Entry> entries = page.entries();
    int from = Math.min(place.index(), entries.size());
    int to = Math.min(from + CLASSES_AT_ONCE, entries.size());
    Harvest<Appointment> harvest = new Harvest<>(RecordKind.APPOINTMENT, "nookal.getClasses");
    Instant latest =
        classes.take(account, entries.subList(from, to), since, page.vendorNow(), harvest);
    keep(harvest, range);
    NookalPlace next = to < entries.size() ? place.further(to - from) : place.after(page);
    return harvest.page(next == null ? null : next.cursor(), latest, page.vendorNow());
  }

  /** Dates are those of each place: a day more on both sides holds every zone. */
  private static void days(NookalForm form, TimeRange range) {
    form.with("date_from", day(range.from()).minusDays(1));
    form.with("date_to", day(range.to()).plusDays(1));
  }

  private static LocalDate day(Instant moment) {
    return moment.atOffset(ZoneOffset.UTC).toLocalDate();
  }

  private static void keep(Harvest<Appointment> harvest, @Nullable TimeRange range) {
    if (range != null) {
      harvest.records().removeIf(each -> !range.contains(each.startsAt()));
    }
  }

  @Override
  public Optional<Appointment> get(EmrAccount account, EmrRef ref) {
    String id = ref.id().value();
    if (id.startsWith(NookalMapper.CLASS)) {
      return classes.get(account, ref);
    }
    return new NookalSingles(api)
        .find(account, "getAppointments", "appointments", "appointment_id", id)
        .filter(found -> !NookalMapper.isClass(found.entry()))
        .map(
            found ->
                NookalConnector.readable(
                    found.entry(),
                    entry -> NookalMapper.appointment(entry, account.zone(), found.vendorNow())));
  }
}
