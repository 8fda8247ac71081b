package io.clinicsync.imports;

import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.emr.spi.FileIntake.FileKind;
import io.clinicsync.emr.spi.FileIntake.Reading;
import io.clinicsync.emr.spi.FileIntake.StagedRow;
import io.clinicsync.tenancy.ClinicId;
import java.io.Serial;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Takes the rows of one file into what we hold, in the caller's one transaction: readers see all of
 * the file or nothing. A row that says what we know costs no write.
 */
final class Taking {

  private static final int REMOVAL_FLOOR = 20;
  private static final double REMOVAL_SHARE = 0.05;

  /** More records than usual are absent; nothing is taken before a person has looked. */
  static final class Braked extends RuntimeException {
    @Serial private static final long serialVersionUID = 1L;

    Braked() {
      super("removals", null, false, false);
    }
  }

  /** Something a file told of a record. */
  private record Told(
      EmrRef ref,
      @Nullable EmrRef patient,
      @Nullable Instant at,
      Map<String, String> fields,
      @Nullable String problem) {}

  private final RowStore store;
  private final RowFields sealing;
  private final ClinicId clinic;
  private final ConnectionId connection;
  private final FileKind kind;
  private final Instant asOf;

  /** A newer file may have said again what it found unchanged, which is written nowhere. */
  private final Map<RecordKind, Instant> newest;

  private final Instant now;
  private final SeenIds seen = new SeenIds();
  private final Set<RecordKind> kinds = EnumSet.noneOf(RecordKind.class);
  private final Set<RowStore.Names> names = new HashSet<>();

  /** Records ahead that no file told of before, by patient; what may have been moved. */
  private final Map<String, List<String>> newAhead = new HashMap<>();

  private boolean somebodyUnknown;
  private @Nullable Instant first;
  private @Nullable Instant last;

  Taking(
      RowStore store,
      RowFields sealing,
      ClinicId clinic,
      ConnectionId connection,
      FileKind kind,
      Instant asOf,
      Map<RecordKind, Instant> newest,
      Instant now) {
    this.store = store;
    this.sealing = sealing;
    this.clinic = clinic;
    this.connection = connection;
    this.kind = kind;
    this.asOf = asOf;
    this.newest = newest;
    this.now = now;
  }

  /** Takes a block of understood rows. */
  void take(List<Reading> readings) {
    Map<RecordKind, Map<String, Told>> told = new EnumMap<>(RecordKind.class);
    for (Reading reading : readings) {
      switch (reading) {
        case Reading.Taken taken -> taken.rows().forEach(row -> note(row, told));
        case Reading.Refused refused -> {
          EmrRef what = refused.what();
          if (what == null) {
            somebodyUnknown = true;
          } else {
            String problem =
                "its " + refused.flaw().field() + " was refused: " + refused.flaw().code();
            add(told, new Told(what, null, null, Map.of(), problem));
          }
        }
      }
    }
    told.forEach((each, rows) -> put(each, rows));
  }

  private void note(StagedRow row, Map<RecordKind, Map<String, Told>> told) {
    EmrRef ref = row.ref();
    if (row.repeats()) {
      int turn = seen.turn(ref.id().value());
      ref = turn == 1 ? ref : EmrRef.of(ref.kind(), ref.id().value() + "-" + turn);
    }
    kinds.add(ref.kind());
    if (!row.named().isEmpty()) {
      names.add(
          new RowStore.Names(
              row.named().getOrDefault(RecordKind.PRACTITIONER, ""),
              row.named().getOrDefault(RecordKind.TREATMENT, ""),
              row.named().getOrDefault(RecordKind.SITE, "")));
    }
    Instant at = row.at();
    if (at != null && ref.kind() == kind.main()) {
      first = first == null || at.isBefore(first) ? at : first;
      last = last == null || at.isAfter(last) ? at : last;
    }
    add(told, new Told(ref, row.patient(), at, row.fields(), null));
  }

  /** Of what one block says twice of a record, the later counts, field by field. */
  private void add(Map<RecordKind, Map<String, Told>> told, Told each) {
    if (each.ref().kind() == kind.main()) {
      seen.add(each.ref().id().value());
    }
    told.computeIfAbsent(each.ref().kind(), key -> new LinkedHashMap<>())
        .merge(each.ref().id().value(), each, Taking::both);
  }

  private static Told both(Told before, Told after) {
    Map<String, String> fields = new HashMap<>(before.fields());
    fields.putAll(after.fields());
    return after.problem() != null
        ? new Told(before.ref(), before.patient(), before.at(), fields, after.problem())
        : new Told(after.ref(), after.patient(), after.at(), fields, null);
  }

  private void put(RecordKind of, Map<String, Told> told) {
    Map<String, RowStore.Glance> known = store.glance(clinic, connection, of, told.keySet());
    Map<String, Told> differing = new LinkedHashMap<>();
    told.forEach(
        (id, each) -> {
          RowStore.Glance before = known.get(id);
          if (before != null && (before.asOf().isAfter(asOf) || isOlder(of))) {
            return; // an older file says nothing new of what is known
          }
          if (before == null || before.removedAt() != null || !isAllOf(before, each)) {
            differing.put(id, each);
          }
          noteAhead(of, id, before != null, each);
        });
    if (!differing.isEmpty()) {
      change(of, differing, known.keySet());
    }
  }

  /** Whether a row is, word for word, what is known; then it need not be opened to be compared. */
  private static boolean isAllOf(RowStore.Glance before, Told each) {
    SortedMap<String, String> fields = new TreeMap<>(each.fields());
    fields.values().removeIf(String::isBlank);
    return Arrays.equals(before.hash(), RowFields.hash(fields, each.problem()));
  }

  private void change(RecordKind of, Map<String, Told> told, Set<String> known) {
    List<String> standing = told.keySet().stream().filter(known::contains).toList();
    Map<String, RowStore.Kept> before =
        standing.isEmpty() ? Map.of() : store.find(clinic, connection, of, standing);
    List<RowStore.Kept> changed = new ArrayList<>();
    told.forEach(
        (id, each) -> {
          RowStore.Kept after = merged(of, id, before.get(id), each);
          if (after != null) {
            changed.add(after);
          }
        });
    if (!changed.isEmpty()) {
      store.put(clinic, connection, of, changed);
    }
  }

  /** What is known after a row; null when that is what was known before. */
  private RowStore.@Nullable Kept merged(
      RecordKind of, String id, RowStore.@Nullable Kept before, Told told) {
    SortedMap<String, String> fields =
        before == null
            ? new TreeMap<>()
            : sealing.open(clinic, connection, of, id, before.sealed());
    told.fields()
        .forEach(
            (field, value) -> {
              if (value.isBlank()) {
                fields.remove(field);
              } else {
                fields.put(field, value);
              }
            });
    byte[] hash = RowFields.hash(fields, told.problem());
    if (before != null && before.removedAt() == null && Arrays.equals(before.hash(), hash)) {
      return null;
    }
    EmrRef patient = told.patient();
    // What a refused row is about stands in the version before it.
    RowStore.@Nullable Kept stands = told.problem() == null ? null : before;
    return new RowStore.Kept(
        id,
        0,
        now,
        asOf,
        null,
        stands != null ? stands.patient() : patient == null ? null : patient.id().value(),
        stands != null ? stands.at() : told.at(),
        before == null ? null : before.movedFrom(),
        told.problem(),
        sealing.seal(clinic, connection, of, id, fields),
        hash);
  }

  private boolean isOlder(RecordKind of) {
    Instant last = newest.get(of);
    return last != null && last.isAfter(asOf);
  }

  private void noteAhead(RecordKind of, String id, boolean known, Told each) {
    EmrRef patient = each.patient();
    Instant at = each.at();
    if (of == kind.main() && !known && patient != null && at != null && at.isAfter(asOf)) {
      newAhead.computeIfAbsent(patient.id().value(), key -> new ArrayList<>()).add(id);
    }
  }

  /**
   * Ends an ordinary file, or a complete one: what that lacks is gone, and where a patient lost one
   * record ahead and got one, it was moved.
   *
   * @param empty the file had no rows at all, and so says that there is nothing of its kind
   * @return how many records are gone
   * @throws Braked when they are unusually many and nobody confirmed it
   */
  int end(boolean complete, boolean confirmed, boolean empty) {
    if (empty) {
      kinds.add(kind.main());
    }
    store.told(clinic, connection, kinds, asOf);
    store.named(clinic, connection, names);
    // Who could not be made out may be any of those that seem to be missing.
    if (!complete
        || somebodyUnknown
        || isOlder(kind.main())
        || (first == null && kind.main() != RecordKind.PATIENT)) {
      return 0;
    }
    List<RowStore.Standing> standing =
        store.standing(clinic, connection, kind.main(), asOf, first, last);
    List<RowStore.Standing> gone =
        standing.stream().filter(each -> !seen.contains(each.id())).toList();
    if (gone.isEmpty()) {
      return 0;
    }
    if (!confirmed && gone.size() > Math.max(REMOVAL_FLOOR, standing.size() * REMOVAL_SHARE)) {
      throw new Braked();
    }
    store.remove(
        clinic,
        connection,
        kind.main(),
        gone.stream().map(RowStore.Standing::id).toList(),
        asOf,
        now);
    pair(gone);
    return gone.size();
  }

  private void pair(List<RowStore.Standing> gone) {
    Map<String, List<String>> goneAhead = new HashMap<>();
    for (RowStore.Standing each : gone) {
      String patient = each.patient();
      Instant at = each.at();
      if (patient != null && at != null && at.isAfter(asOf)) {
        goneAhead.computeIfAbsent(patient, key -> new ArrayList<>()).add(each.id());
      }
    }
    goneAhead.forEach(
        (patient, lost) -> {
          List<String> won = newAhead.getOrDefault(patient, List.of());
          if (lost.size() == 1 && won.size() == 1) {
            store.moved(clinic, connection, kind.main(), won.getFirst(), lost.getFirst());
          }
        });
  }

  /** Whether absent records could not be told from unreadable ones. */
  boolean skipsRemovals(boolean complete) {
    return complete && somebodyUnknown;
  }
}
