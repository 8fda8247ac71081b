package io.clinicsync.emr.practicebetter;

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
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Sessions. They cannot be read by change, and a deleted one vanishes without a sign. */
final class PracticeBetterSessions implements AppointmentSource {

  static final String LIST = "practicebetter.sessions.list";
  static final String PATH = "/consultant/sessions";

  private static final SourceFacts FACTS =
      new SourceFacts(
          false,
          true,
          SourceFacts.Deletions.SWEEP,
          Duration.ofMinutes(10),
          PracticeBetterApi.PER_PAGE,
          new SourceFacts.Near(Duration.ofDays(14), Duration.ofDays(90), Duration.ofHours(24)));

  private final PracticeBetterApi api;
  private final PracticeBetterPlaces places;
  private final Clock clock;

  PracticeBetterSessions(PracticeBetterApi api, PracticeBetterPlaces places, Clock clock) {
    this.clock = clock;
    this.api = api;
    this.places = places;
  }

  @Override
  public SourceFacts facts() {
    return FACTS;
  }

  /**
   * {@inheritDoc}
   *
   * @see <a href="https://api-docs.practicebetter.io">GET /consultant/sessions</a>
   */
  @Override
  public Page<Appointment> read(EmrAccount account, ReadWindow window, @Nullable Cursor cursor) {
    PracticeBetterQuery query = new PracticeBetterQuery();
    TimeRange range = null;
    switch (window) {
      case ReadWindow.StartingIn(TimeRange wanted) -> {
        range = wanted;
        query.at("date_gte", wanted.from()).at("date_lte", wanted.to());
      }
      case ReadWindow.Everything() -> {}
      case ReadWindow.ChangedSince other -> throw PracticeBetterConnector.unread(other);
      case ReadWindow.OfPatients other -> throw PracticeBetterConnector.unread(other);
      case ReadWindow.NotByPatient other -> throw PracticeBetterConnector.unread(other);
    }
    PracticeBetterApi.Listed page =
        api.list(account, LIST, PATH, query, PracticeBetterApi.PER_PAGE, cursor);
    places.learn(account, page.entries());
    Harvest<Appointment> harvest = new Harvest<>(RecordKind.APPOINTMENT, LIST);
    for (Entry entry : page.entries()) {
      String id = entry.json().path("id").asText("");
      harvest.take(entry, id.isEmpty() ? null : id, () -> appointment(account, entry));
    }
    if (range != null) {
      TimeRange wanted = range;
      // Both ends of the filter are inclusive and whole seconds; the window may be finer.
      harvest.records().removeIf(each -> !wanted.contains(each.startsAt()));
    }
    return harvest.page(page.next(), page.changedUpTo(), page.vendorNow());
  }

  private Appointment appointment(EmrAccount account, Entry entry) {
    return PracticeBetterMapper.appointment(entry, account.currency(), clock.instant());
  }

  @Override
  public Optional<Appointment> get(EmrAccount account, EmrRef ref) {
    return PracticeBetterApi.id(ref.id().value())
        .flatMap(id -> api.find(account, "practicebetter.sessions.get", PATH + "/" + id))
        .map(entry -> PracticeBetterConnector.readable(entry, each -> appointment(account, each)));
  }
}
