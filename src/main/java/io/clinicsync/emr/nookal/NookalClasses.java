package io.clinicsync.emr.nookal;

import io.clinicsync.canonical.Appointment;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.wire.Entry;
import io.clinicsync.emr.wire.Harvest;
import io.clinicsync.emr.wire.UnreadableEntry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Classes and who is in them: one call for each class. A place in a class has no id of its own;
 * ours is {@code class-<class>-<patient>}.
 */
final class NookalClasses {

  static final String FUNCTION = "getClasses";
  static final String KEY = "classes";

  private static final String CHANGED = "lastModified";
  private static final Pattern ID = Pattern.compile("class-(\\d{1,18})-(\\d{1,18})");
  private static final List<String> CLASS_SOURCE =
      List.of(
          "ID",
          "classID",
          "className",
          "classDate",
          "classStartTime",
          "classEndTime",
          "TimeZone",
          "locationID",
          "practitionerID",
          "cancelled");
  private static final List<String> SEAT_SOURCE =
      List.of(
          "patientID",
          "arrived",
          "DNA",
          "cancelled",
          "cancellationDate",
          "invoiceGenerated",
          "dateCreated",
          "lastModified");

  private final NookalApi api;

  NookalClasses(NookalApi api) {
    this.api = api;
  }

  /**
   * Takes everybody in some classes.
   *
   * @param since only who changed at or after this stamp; null for all
   * @return the greatest change time met
   */
  @Nullable Instant take(
      EmrAccount account,
      List<Entry> classes,
      @Nullable Instant since,
      Instant now,
      Harvest<Appointment> harvest) {
    Instant latest = null;
    for (Entry session : classes) {
      String id = NookalSingles.idOf(session);
      if (!id.matches("\\d{1,18}")) {
        harvest.take(session, null, NookalClasses::nameless);
        continue;
      }
      Instant whole = NookalTimes.lenient(session, CHANGED);
      for (Entry seat : participants(account, id)) {
        Instant changed = NookalTimes.lenient(seat, CHANGED);
        if (since == null || !isBefore(changed, since) || !isBefore(whole, since)) {
          String key = key(id, seat.json().path("patientID").asText(""));
          harvest.take(seat, key, () -> place(session, seat, account, now));
        }
        if (changed != null && (latest == null || changed.isAfter(latest))) {
          latest = changed;
        }
      }
    }
    return latest;
  }

  private static Appointment nameless() {
    throw UnreadableEntry.shape("ID is missing");
  }

  private static boolean isBefore(@Nullable Instant stamp, Instant since) {
    return stamp == null || stamp.isBefore(since);
  }

  private static String key(String session, String patient) {
    return NookalMapper.CLASS + session + "-" + patient;
  }

  /**
   * Everybody in a class, once. What the class is called among the parameters differs between
   * sources, so both names are sent: the one that is not known is ignored.
   *
   * @see <a href="https://api.nookal.com/developers">getClassParticipants</a>
   */
  List<Entry> participants(EmrAccount account, String session) {
    NookalForm form = new NookalForm().with("appt_id", session).with("class_id", session);
    List<Entry> seats = new ArrayList<>();
    for (Entry seat : api.all(account, "getClassParticipants", "participants", form)) {
      String patient = seat.json().path("patientID").asText("");
      // Who left and came back has two rows; the one that changed last counts.
      int older = indexOf(seats, patient);
      if (older < 0) {
        seats.add(seat);
      } else if (isAfter(seat, seats.get(older))) {
        seats.set(older, seat);
      }
    }
    return seats;
  }

  private static int indexOf(List<Entry> seats, String patient) {
    for (int i = 0; i < seats.size(); i++) {
      if (seats.get(i).json().path("patientID").asText("").equals(patient)) {
        return i;
      }
    }
    return -1;
  }

  private static boolean isAfter(Entry one, Entry other) {
    Instant stamp = NookalTimes.lenient(one, CHANGED);
    return stamp != null && !isBefore(stamp, orEpoch(NookalTimes.lenient(other, CHANGED)));
  }

  private static Instant orEpoch(@Nullable Instant stamp) {
    return stamp == null ? Instant.EPOCH : stamp;
  }

  Optional<Appointment> get(EmrAccount account, EmrRef ref) {
    Matcher id = ID.matcher(ref.id().value());
    if (!id.matches()) {
      return Optional.empty();
    }
    return new NookalSingles(api)
        .find(account, FUNCTION, KEY, "class_id", id.group(1))
        .flatMap(
            session ->
                participants(account, id.group(1)).stream()
                    .filter(seat -> seat.json().path("patientID").asText("").equals(id.group(2)))
                    .findFirst()
                    .map(
                        seat ->
                            NookalConnector.readable(
                                seat,
                                each ->
                                    place(session.entry(), each, account, session.vendorNow()))));
  }

  static Appointment place(Entry session, Entry seat, EmrAccount account, Instant now) {
    var zone = NookalTimes.zone(session, "TimeZone", account.zone());
    Instant start = NookalTimes.local(session, "classDate", "classStartTime", zone);
    Instant end = NookalTimes.local(session, "classDate", "classEndTime", zone);
    if (start == null) {
      throw UnreadableEntry.shape("classDate is missing");
    }
    boolean off = Boolean.TRUE.equals(session.flag("cancelled"));
    Appointment.Status status =
        off ? Appointment.Status.CANCELLED : NookalStatus.of(seat, end == null ? start : end, now);
    String id = NookalMapper.id(session, "ID");
    var source = session.trimmed(CLASS_SOURCE);
    source.set("participant", seat.trimmed(SEAT_SOURCE));
    return new Appointment(
        EmrRef.appointment(key(id, NookalMapper.id(seat, "patientID"))),
        NookalTimes.stamp(seat, CHANGED),
        null,
        NookalMapper.pointed(seat, "patientID", RecordKind.PATIENT, ""),
        NookalMapper.pointed(session, "practitionerID", RecordKind.PRACTITIONER, ""),
        NookalMapper.pointed(session, "classID", RecordKind.TREATMENT, NookalMapper.CLASS),
        NookalMapper.pointed(session, "locationID", RecordKind.SITE, ""),
        null,
        start,
        end != null && end.isAfter(start) ? end : null,
        status,
        NookalTimes.stamp(seat, "dateCreated"),
        NookalMapper.cancelledAt(seat, status),
        null,
        session.text("className"),
        NookalMapper.CLASS + id,
        null,
        null,
        NookalMapper.outcome(status, start),
        seat.storable(source));
  }
}
