package io.clinicsync.emr.jane;

import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.Patient;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.emr.spi.Cursor;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.Page;
import io.clinicsync.emr.spi.PatientSource;
import io.clinicsync.emr.spi.ReadWindow;
import io.clinicsync.emr.spi.SourceFacts;
import io.clinicsync.emr.wire.Entry;
import io.clinicsync.emr.wire.Harvest;
import io.clinicsync.emr.wire.VendorWire;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Patients of the web session. Assumed: the list is in the order of change time and id, holds whole
 * patients, and leaves archived and merged ones out.
 */
final class JaneWebPatients implements PatientSource {

  static final String PATH = "/admin/api/v2/patients";

  private static final SourceFacts FACTS =
      new SourceFacts(
          true, false, SourceFacts.Deletions.SWEEP, Duration.ofMinutes(5), JaneWeb.PER_PAGE);

  private final JaneWeb web;

  JaneWebPatients(JaneWeb web) {
    this.web = web;
  }

  @Override
  public SourceFacts facts() {
    return FACTS;
  }

  /**
   * One step through the list.
   *
   * @param fresh entries not given before
   */
  record Step(List<Entry> fresh, @Nullable JanePlace next, Instant vendorNow) {

    /**
     * Those of whom more can be asked; one whose id is not readable is rejected by the source of
     * patients.
     *
     * @throws EmrException CONTRACT_BROKEN when there are patients and nobody has an id, so that
     *     what they bought is not taken for nothing
     */
    List<Entry> known() {
      List<Entry> known = fresh.stream().filter(each -> number(idOf(each)).isPresent()).toList();
      if (known.isEmpty() && !fresh.isEmpty()) {
        throw VendorWire.broken("jane.web.patients.list");
      }
      return known;
    }
  }

  @Override
  public Page<Patient> read(EmrAccount account, ReadWindow window, @Nullable Cursor cursor) {
    Instant since =
        switch (window) {
          case ReadWindow.ChangedSince(Instant from) -> from;
          case ReadWindow.Everything() -> null;
          case ReadWindow.StartingIn other -> throw JaneConnector.unread(other);
          case ReadWindow.OfPatients other -> throw JaneConnector.unread(other);
          case ReadWindow.NotByPatient other -> throw JaneConnector.unread(other);
        };
    Step step =
        step(account, cursor == null ? new JanePlace(since, 1, Set.of()) : JanePlace.of(cursor));
    Harvest<Patient> harvest = new Harvest<>(RecordKind.PATIENT, "jane.web.patients.list");
    JaneWebMapper mapper = new JaneWebMapper(account);
    for (Entry entry : step.fresh()) {
      harvest.take(entry, JaneApiPatients.id(entry), () -> mapper.patient(entry));
    }
    JanePlace next = step.next();
    return harvest.page(
        next == null ? null : new Cursor(next.text()),
        JaneTimes.latest(step.fresh()),
        step.vendorNow());
  }

  Step step(EmrAccount account, JanePlace place) {
    JaneQuery query = new JaneQuery().with("page", place.page()).with("per_page", JaneWeb.PER_PAGE);
    if (place.since() != null) {
      query.with("updated_since", JaneApi.second(place.since()));
    }
    JaneWeb.Listed page = web.list(account, "jane.web.patients.list", PATH, "patients", query);
    List<Entry> fresh =
        page.entries().stream().filter(each -> !place.seen().contains(idOf(each))).toList();
    boolean more = (long) place.page() * JaneWeb.PER_PAGE < page.total();
    return new Step(fresh, more ? next(place, page.entries()) : null, page.vendorNow());
  }

  private static JanePlace next(JanePlace place, List<Entry> entries) {
    List<Instant> seconds =
        entries.stream()
            .flatMap(each -> JaneTimes.changed(each).stream())
            .map(each -> each.truncatedTo(ChronoUnit.SECONDS))
            .sorted()
            .toList();
    if (seconds.isEmpty()) {
      throw VendorWire.broken("jane.web.patients.list");
    }
    Instant last = seconds.getLast();
    Instant since = place.since() == null ? null : place.since().truncatedTo(ChronoUnit.SECONDS);
    Set<String> seen = new LinkedHashSet<>();
    if (since != null && !last.isAfter(since)) {
      seen.addAll(place.seen());
      entries.forEach(each -> seen.add(idOf(each)));
      return new JanePlace(since, place.page() + 1, seen);
    }
    entries.stream()
        .filter(
            each ->
                JaneTimes.changed(each)
                    .map(time -> time.truncatedTo(ChronoUnit.SECONDS))
                    .filter(last::equals)
                    .isPresent())
        .forEach(each -> seen.add(idOf(each)));
    return new JanePlace(last, 1, seen);
  }

  /** As it stands; empty when there is none. */
  static String idOf(Entry entry) {
    return entry.json().path("id").asText("");
  }

  @Override
  public Optional<Patient> get(EmrAccount account, EmrRef ref) {
    return number(ref.id().value())
        .flatMap(id -> web.find(account, "jane.web.patients.get", PATH + "/" + id, new JaneQuery()))
        .map(
            got ->
                JaneConnector.readable(
                    got.document().entry(), new JaneWebMapper(account)::patient));
  }

  /** The id, if the web can have such a one. */
  static Optional<String> number(String id) {
    return id.matches("\\d{1,18}") ? Optional.of(id) : Optional.empty();
  }
}
