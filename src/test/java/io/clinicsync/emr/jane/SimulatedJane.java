package io.clinicsync.emr.jane;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.emr.spi.Credentials;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrConnector;
import io.clinicsync.emr.spi.IncomingCall;
import io.clinicsync.emr.spi.SessionKeeper;
import io.clinicsync.emr.tck.SandboxedEmr;
import io.clinicsync.sandbox.jane.JaneAccount;
import io.clinicsync.sandbox.jane.JaneHooks;
import io.clinicsync.sandbox.jane.JaneSimulator;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The sandbox's Jane, by one of its two ways, with a clock that stands still unless pushed. */
final class SimulatedJane extends SandboxedEmr {

  static final ZoneId ZONE = ZoneId.of("America/Vancouver");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String way;
  private final List<Grant> granted = new ArrayList<>();

  SimulatedJane(String way) {
    super("jane", Instant.parse("2026-06-10T16:00:00Z"));
    this.way = way;
  }

  /**
   * {@inheritDoc} While it passes, grants are kept alive as the job of {@code sync} does: Jane ends
   * one after half an hour without.
   */
  @Override
  public void pass(Duration time) {
    Duration left = time;
    for (Grant grant : granted) {
      SessionKeeper keeper = grant.keeper();
      while (left.compareTo(keeper.every()) > 0) {
        clock.advance(keeper.every());
        left = left.minus(keeper.every());
        granted.forEach(each -> each.keeper().keep(each.account()));
      }
    }
    clock.advance(left);
  }

  /** What a person allowed. */
  private record Grant(EmrConnector connector, EmrAccount account) {

    SessionKeeper keeper() {
      return connector.capabilities(account).stream()
          .filter(SessionKeeper.class::isInstance)
          .map(SessionKeeper.class::cast)
          .findFirst()
          .orElseThrow();
    }
  }

  @Override
  public boolean signsIn() {
    return true;
  }

  @Override
  public Optional<String> signInPath() {
    return Optional.of(isApi() ? "/openid-connect/token" : "/auth/identity/callback");
  }

  /** A search by POST, a hold, and a hold let go change nothing for good. */
  @Override
  public boolean commits(String method, String url, String body) {
    boolean hold = method.equals("POST") && url.endsWith("/admin/api/v2/appointments");
    boolean release = method.equals("DELETE") && body.isEmpty();
    return super.commits(method, url, body)
        && !hold
        && !release
        && !url.endsWith("/patient_lookup/lookup");
  }

  private boolean isApi() {
    return way.equals(JaneConnector.API);
  }

  JaneSimulator jane() {
    return (JaneSimulator) simulator();
  }

  @Override
  public Account open(String name, int patients) {
    return new Account(jane().open(opening(name, patients, ZONE)));
  }

  final class Account implements SimulatedAccount {

    private final JaneAccount clinic;

    Account(JaneAccount clinic) {
      this.clinic = clinic;
    }

    JaneAccount clinic() {
      return clinic;
    }

    @Override
    public ZoneId zone() {
      return clinic.zone();
    }

    @Override
    public String currency() {
      return "CAD";
    }

    private Map<String, String> typed() {
      return new HashMap<>(clinic.credentials().get(way));
    }

    @Override
    public Credentials credentials() {
      return new Credentials(typed());
    }

    @Override
    public Credentials wrongCredentials() {
      Map<String, String> wrong = typed();
      wrong.put(isApi() ? JaneGrants.CLIENT_SECRET : JaneVisit.PASSWORD, "not-the-right-one");
      return new Credentials(wrong);
    }

    @Override
    public Set<String> secrets() {
      return isApi()
          ? Set.of(typed().get(JaneGrants.CLIENT_SECRET), typed().get(JaneWebhooks.SECRET))
          : Set.of(typed().get(JaneVisit.PASSWORD));
    }

    JsonNode truth() {
      try {
        return JSON.readTree(clinic.truth());
      } catch (JsonProcessingException impossible) {
        throw new IllegalStateException(impossible);
      }
    }

    private static String tableOf(RecordKind kind) {
      return kind.name().toLowerCase(Locale.ROOT) + "s";
    }

    /** Rows of a kind that this way shows, by our ids. */
    Map<String, JsonNode> rows(RecordKind kind) {
      Map<String, JsonNode> rows = new LinkedHashMap<>();
      JsonNode truth = truth();
      switch (kind) {
        case PATIENT, APPOINTMENT ->
            truth
                .path(tableOf(kind))
                .forEach(
                    row -> {
                      if (isApi() ? inApi(kind, row) : inWeb(row)) {
                        rows.put(ourId(kind, row.path("id").asText()), row);
                      }
                    });
        case INVOICE -> {
          Set<String> listed = rows(RecordKind.PATIENT).keySet();
          for (JsonNode row : truth.path("purchases")) {
            String patient = row.path("_patient_id").asText();
            if (listed.contains(patient)) {
              rows.put(patient + "-" + row.path("id").asText(), row);
            }
          }
        }
        case PURCHASE ->
            rows(RecordKind.PATIENT)
                .forEach(
                    (patient, row) ->
                        row.path("passes")
                            .forEach(
                                pass -> rows.put(patient + "-" + pass.path("id").asText(), pass)));
        default -> {}
      }
      return rows;
    }

    String ourId(RecordKind kind, String id) {
      return isApi() ? clinic.uuid(tableOf(kind), id) : id;
    }

    private static boolean inApi(RecordKind kind, JsonNode row) {
      return kind == RecordKind.PATIENT
          || (!row.path("class_booking").asBoolean() && !row.path("break").asBoolean());
    }

    private static boolean inWeb(JsonNode row) {
      boolean classItself = row.path("class_booking").asBoolean() && !row.hasNonNull("patient_id");
      return !row.hasNonNull("archived_at")
          && !row.hasNonNull("_archived_at")
          && !row.path("break").asBoolean()
          && !classItself;
    }

    @Override
    public Set<String> ids(RecordKind kind) {
      return rows(kind).keySet();
    }

    @Override
    public Set<String> removed(RecordKind kind) {
      return rows(kind).entrySet().stream()
          .filter(row -> row.getValue().hasNonNull("archived_at"))
          .map(Map.Entry::getKey)
          .collect(Collectors.toSet());
    }

    @Override
    public Map<String, String> merged() {
      return Map.of();
    }

    @Override
    public Map<String, Instant> starts() {
      Map<String, Instant> starts = new HashMap<>();
      rows(RecordKind.APPOINTMENT)
          .forEach(
              (id, row) ->
                  starts.put(id, OffsetDateTime.parse(row.path("start_at").asText()).toInstant()));
      return starts;
    }

    @Override
    public Set<String> changeTogether(RecordKind kind, int count) {
      Set<String> changed = new HashSet<>();
      clinic.edits().touchMany(tableOf(kind), count).forEach(id -> changed.add(ourId(kind, id)));
      return changed;
    }

    @Override
    public String poison(RecordKind kind) {
      Map.Entry<String, JsonNode> victim =
          rows(kind).entrySet().stream().skip(7).findFirst().orElseThrow();
      String id = victim.getValue().path("id").asText();
      String endless = "x".repeat(40_000);
      switch (kind) {
        case PATIENT -> clinic.edits().set("patients", id, Map.of("last_name", endless));
        case INVOICE -> clinic.edits().set("purchases", id, Map.of("description", endless));
        case PURCHASE -> {
          String patient = victim.getKey().split("-")[0];
          clinic.edits().setPass(patient, id, Map.of("name", endless));
        }
        default ->
            clinic
                .edits()
                .set(
                    "appointments",
                    id,
                    Map.of(
                        "staff_member_name",
                        "A\u0000B",
                        "_api",
                        Map.of("cancelled_reason", "A\u0000B")));
      }
      return victim.getKey();
    }

    @Override
    public void garble(RecordKind kind) {
      rows(kind)
          .values()
          .forEach(
              row ->
                  clinic
                      .edits()
                      .set(tableOf(kind), row.path("id").asText(), Map.of("dob", "lately")));
    }

    @Override
    public String unknownStatus() {
      Map.Entry<String, JsonNode> one =
          rows(RecordKind.APPOINTMENT).entrySet().stream()
              .filter(row -> row.getValue().path("state").asText().equals("booked"))
              .filter(row -> !row.getValue().hasNonNull("archived_at"))
              .findFirst()
              .orElseThrow();
      String id = one.getValue().path("id").asText();
      clinic.edits().set("appointments", id, Map.of("state", "perhaps"));
      return one.getKey();
    }

    @Override
    public void grant(EmrConnector connector, EmrAccount account) {
      if (isApi()) {
        JaneConsent.give(connector, account);
        granted.add(new Grant(connector, account));
      }
    }

    @Override
    public void endSessions() {
      jane().endSessions(clinic);
    }

    /** A provisional appointment has no treatment yet. */
    @Override
    public Set<RecordKind> named() {
      return Set.of(RecordKind.PRACTITIONER, RecordKind.SITE);
    }

    @Override
    public Optional<Hooks> hooks() {
      if (!isApi()) {
        return Optional.empty();
      }
      String id =
          rows(RecordKind.APPOINTMENT).values().stream()
              .filter(row -> row.path("state").asText().equals("booked"))
              .filter(row -> !row.hasNonNull("archived_at"))
              .findFirst()
              .orElseThrow()
              .path("id")
              .asText();
      clinic.edits().cancel(id, "Away");
      Instant now = clock.instant();
      String topic = "APPOINTMENT_CANCELLED";
      JaneHooks hooks = new JaneHooks(clinic);
      IncomingCall genuine = call(hooks.signed(topic, id, now), now);
      Map<String, IncomingCall> refused = new LinkedHashMap<>();
      refused.put("another clinic's", call(hooks.signed(topic, id, now, "whsec-other"), now));
      refused.put("too old", call(hooks.signed(topic, id, now), now.plusSeconds(600)));
      refused.put(
          "changed on the way",
          new IncomingCall(
              "POST", null, Map.of(), genuine.headers(), "{\"event_id\":\"1\"}".getBytes(), now));
      refused.put(
          "unsigned", new IncomingCall("POST", null, Map.of(), Map.of(), genuine.body(), now));
      return Optional.of(
          new Hooks(
              EmrRef.appointment(ourId(RecordKind.APPOINTMENT, id)),
              List.of(genuine, genuine),
              refused));
    }

    @Override
    public Optional<Diary> diary() {
      return isApi() ? Optional.empty() : Optional.of(new JaneDiary(this));
    }

    @Override
    public String plant(Person person) {
      String id =
          clinic
              .edits()
              .createPatient(
                  Map.of(
                      "first_name", person.first(),
                      "last_name", person.last(),
                      "email", person.email(),
                      "dob", person.birthDate(),
                      "mobile_phone", person.phone()));
      return ourId(RecordKind.PATIENT, id);
    }
  }

  static IncomingCall call(JaneHooks.SignedCall signed, Instant receivedAt) {
    Map<String, List<String>> headers = new HashMap<>();
    signed
        .headers()
        .forEach((name, value) -> headers.put(name.toLowerCase(Locale.ROOT), List.of(value)));
    return new IncomingCall("POST", null, Map.of(), headers, signed.body(), receivedAt);
  }
}
