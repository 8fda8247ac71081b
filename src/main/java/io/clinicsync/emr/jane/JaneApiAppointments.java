package io.clinicsync.emr.jane;

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
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Appointments of the Developer Platform: one patient with one practitioner each; classes and
 * groups are not in it. Archived ones stay readable.
 */
final class JaneApiAppointments implements AppointmentSource {

  private static final SourceFacts FACTS =
      new SourceFacts(
          true, true, SourceFacts.Deletions.FLAGGED, JaneApiPatients.OVERLAP, JaneApi.PER_PAGE);

  private final JaneApi api;

  JaneApiAppointments(JaneApi api) {
    this.api = api;
  }

  @Override
  public SourceFacts facts() {
    return FACTS;
  }

  /**
   * {@inheritDoc}
   *
   * @see <a href="https://developers.jane.app">GET /appointments</a>
   */
  @Override
  public Page<Appointment> read(EmrAccount account, ReadWindow window, @Nullable Cursor cursor) {
    JaneQuery query = new JaneQuery();
    TimeRange range = null;
    switch (window) {
      case ReadWindow.ChangedSince(var since) ->
          query.with("sort", "updated_at").with("updated_at[gte]", JaneApi.second(since));
      case ReadWindow.Everything() -> query.with("sort", "updated_at");
      case ReadWindow.StartingIn(TimeRange wanted) -> {
        range = wanted;
        query.with("sort", "start_at").with("start_at[gte]", JaneApi.second(wanted.from()));
        query.with("start_at[lte]", JaneApi.second(wanted.to()));
      }
      case ReadWindow.OfPatients other -> throw JaneConnector.unread(other);
      case ReadWindow.NotByPatient other -> throw JaneConnector.unread(other);
    }
    JaneApi.Listed page = api.list(account, "appointments", query, cursor);
    Harvest<Appointment> harvest = new Harvest<>(RecordKind.APPOINTMENT, "jane.appointments.list");
    for (Entry entry : page.entries()) {
      harvest.take(entry, JaneApiPatients.id(entry), () -> JaneApiMapper.appointment(entry));
    }
    if (range != null) {
      TimeRange wanted = range;
      // Jane filters by the second; the window may be finer.
      harvest.records().removeIf(each -> !wanted.contains(each.startsAt()));
    }
    return harvest.page(page.next(), page.changedUpTo(), page.vendorNow());
  }

  @Override
  public Optional<Appointment> get(EmrAccount account, EmrRef ref) {
    return uuid(ref)
        .flatMap(id -> api.find(account, "jane.appointments.get", "appointments/" + id))
        .map(single -> JaneConnector.readable(single.entry(), JaneApiMapper::appointment));
  }

  /** The id, if the API can have such a one. */
  static Optional<String> uuid(EmrRef ref) {
    String id = ref.id().value();
    return id.matches("[0-9A-Za-z-]{1,64}") ? Optional.of(id) : Optional.empty();
  }
}
