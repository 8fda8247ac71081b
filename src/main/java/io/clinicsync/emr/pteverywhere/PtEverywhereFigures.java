package io.clinicsync.emr.pteverywhere;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.wire.Entry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What only the reports say of a patient: who saw them last, sums, payers and open cases. Neither
 * report can be paged along with the master data, so a full read walks both once and keeps them in
 * memory until its last page; another node that goes on with the read walks them again.
 */
final class PtEverywhereFigures {

  /** A read that begins takes what a read begun within this time brought. */
  private static final Duration FRESH = Duration.ofMinutes(10);

  /** No full read takes longer. */
  private static final Duration LONGEST = Duration.ofHours(2);

  private static final List<String> REPORT =
      List.of(
          "patientName",
          "email",
          "phone",
          "registrationDateStr",
          "firstAppointment",
          "firstSeenBy",
          "lastSeenBy",
          "referredByName",
          "payersName",
          "totalRevenue",
          "totalCollected",
          "status",
          "totalAppointmentVisit",
          "totalSessionCompleted");
  private static final List<String> DEMOGRAPHICS =
      List.of(
          "firstName",
          "lastName",
          "email",
          "phoneNumber",
          "dateOfBirth",
          "address",
          "city",
          "state",
          "zipCode",
          "openCaseStr");

  private final PtEverywhereApi api;
  private final Clock clock;
  private final Map<ConnectionId, Walk> walks = new ConcurrentHashMap<>();

  PtEverywhereFigures(PtEverywhereApi api, Clock clock) {
    this.api = api;
    this.clock = clock;
  }

  /** Rows of one patient in both reports; an empty entry where a report has none. */
  record Figures(Entry report, Entry demographics) {

    static final Figures NONE =
        new Figures(
            new Entry(PtEverywhereApi.object(), false, false),
            new Entry(PtEverywhereApi.object(), false, false));
  }

  private static final class Walk {
    private @Nullable Instant loadedAt;
    private Map<String, Figures> figures = Map.of();
  }

  /**
   * Everybody's figures.
   *
   * @param begins whether the read begins here; else it goes on
   */
  Map<String, Figures> all(EmrAccount account, boolean begins) {
    Instant now = clock.instant();
    walks.values().removeIf(walk -> isOlder(walk, now, LONGEST));
    Walk walk = walks.computeIfAbsent(account.id(), id -> new Walk());
    synchronized (walk) {
      if (walk.loadedAt == null || isOlder(walk, now, begins ? FRESH : LONGEST)) {
        walk.figures = load(account, "");
        walk.loadedAt = clock.instant();
      }
      return walk.figures;
    }
  }

  private static boolean isOlder(Walk walk, Instant now, Duration age) {
    Instant loadedAt = walk.loadedAt;
    return loadedAt != null && loadedAt.plus(age).isBefore(now);
  }

  /** The read is over. */
  void forget(EmrAccount account) {
    walks.remove(account.id());
  }

  /**
   * One patient's figures, looked for by e-mail address or name (assumed: both are searched).
   *
   * @param patient the row of the master data
   */
  Figures of(EmrAccount account, Entry patient) {
    String id = PtEverywhereApi.idOf(patient, "_id");
    String email = patient.json().path("email").asText("").strip();
    String name =
        (patient.json().path("firstName").asText("").strip()
                + " "
                + patient.json().path("lastName").asText("").strip())
            .strip();
    String wanted = email.isEmpty() ? name : email;
    return wanted.isEmpty() ? Figures.NONE : load(account, wanted).getOrDefault(id, Figures.NONE);
  }

  private Map<String, Figures> load(EmrAccount account, String wanted) {
    Map<String, Figures> all = new HashMap<>();
    for (Entry row : api.reportAll(account, "patient", patientFilters(account, wanted))) {
      all.put(
          PtEverywhereApi.idOf(row, "patientId"),
          new Figures(kept(row, REPORT), Figures.NONE.demographics()));
    }
    for (Entry row : api.reportAll(account, "demographics", demographicFilters(account, wanted))) {
      all.compute(
          PtEverywhereApi.idOf(row, "_id"),
          (id, known) ->
              new Figures(
                  known == null ? Figures.NONE.report() : known.report(), kept(row, DEMOGRAPHICS)));
    }
    return all;
  }

  private static Entry kept(Entry row, List<String> members) {
    return new Entry(row.trimmed(members), row.damaged(), row.large());
  }

  /** Everybody, whenever registered. */
  private ObjectNode patientFilters(EmrAccount account, String wanted) {
    ObjectNode filters = PtEverywhereApi.object();
    filters
        .putObject("createdDate")
        .put("startDate", "1970-01-01")
        .put("endDate", clock.instant().atZone(account.zone()).toLocalDate().plusDays(1).toString())
        .put("timeRange", "All");
    for (String list :
        List.of(
            "locations",
            "createdBy",
            "firstSeenBy",
            "lastSeenBy",
            "accountAccess",
            "hasAppointments",
            "patientStatus")) {
      filters.putArray(list);
    }
    filters.put("searchStr", wanted);
    filters.putObject("sorting").put("sortBy", "").put("sortType", "asc");
    return filters;
  }

  /** The years asked for are those of birth (inferred), so all of them. */
  private ObjectNode demographicFilters(EmrAccount account, String wanted) {
    ObjectNode filters = PtEverywhereApi.object();
    filters.putArray("listMonth");
    filters.putArray("listInsurance");
    filters.put("fromYear", 1850);
    filters.put("toYear", clock.instant().atZone(account.zone()).getYear() + 1);
    filters.put("zipCode", "").put("searchStr", wanted);
    filters.putObject("sorting").put("sortBy", "").put("sortType", "asc");
    return filters;
  }
}
