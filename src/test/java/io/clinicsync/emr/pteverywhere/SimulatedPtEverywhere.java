package io.clinicsync.emr.pteverywhere;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.emr.spi.Credentials;
import io.clinicsync.emr.spi.IncomingCall;
import io.clinicsync.emr.tck.SandboxedEmr;
import io.clinicsync.sandbox.pteverywhere.PtEverywhereAccount;
import io.clinicsync.sandbox.pteverywhere.PtEverywhereHooks;
import io.clinicsync.sandbox.pteverywhere.PtEverywhereSimulator;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The sandbox's PtEverywhere, with a clock that stands still unless pushed. */
final class SimulatedPtEverywhere extends SandboxedEmr {

  static final ZoneId ZONE = ZoneId.of("America/New_York");
  private static final ObjectMapper JSON = new ObjectMapper();

  SimulatedPtEverywhere() {
    super("pteverywhere", Instant.parse("2026-06-10T16:00:00Z"));
  }

  @Override
  public boolean signsIn() {
    return true;
  }

  @Override
  public Optional<String> signInPath() {
    return Optional.of("/auth/token");
  }

  PtEverywhereSimulator vendor() {
    return (PtEverywhereSimulator) simulator();
  }

  @Override
  public Account open(String name, int patients) {
    return new Account(vendor().open(opening(name, patients, ZONE)));
  }

  /** One clinic. */
  final class Account implements SimulatedAccount {

    private final PtEverywhereAccount clinic;

    Account(PtEverywhereAccount clinic) {
      this.clinic = clinic;
    }

    PtEverywhereAccount clinic() {
      return clinic;
    }

    @Override
    public ZoneId zone() {
      return clinic.zone();
    }

    @Override
    public String currency() {
      return "USD";
    }

    Map<String, String> typed() {
      return new HashMap<>(clinic.credentials().get(PtEverywhereConnector.WAY));
    }

    @Override
    public Credentials credentials() {
      return new Credentials(typed());
    }

    @Override
    public Credentials wrongCredentials() {
      Map<String, String> wrong = typed();
      wrong.put(PtEverywhereTokens.PASSWORD, "not-the-right-one");
      return new Credentials(wrong);
    }

    @Override
    public Set<String> secrets() {
      return Set.of(
          typed().get(PtEverywhereTokens.PASSWORD), typed().get(PtEverywhereWebhooks.SECRET));
    }

    JsonNode truth() {
      try {
        return JSON.readTree(clinic.truth());
      } catch (JsonProcessingException impossible) {
        throw new AssertionError(impossible);
      }
    }

    private static String table(RecordKind kind) {
      return switch (kind) {
        case PATIENT -> "patients";
        case APPOINTMENT -> "appointments";
        default -> throw new IllegalArgumentException("no such records: " + kind);
      };
    }

    JsonNode rows(RecordKind kind) {
      return truth().path(table(kind));
    }

    @Override
    public Set<String> ids(RecordKind kind) {
      Set<String> ids = new HashSet<>();
      rows(kind).forEach(row -> ids.add(row.path("_id").asText()));
      return ids;
    }

    @Override
    public Set<String> removed(RecordKind kind) {
      return Set.of();
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
              row ->
                  starts.put(
                      row.path("_id").asText(), Instant.parse(row.path("startDateTime").asText())));
      return starts;
    }

    @Override
    public Set<String> changeTogether(RecordKind kind, int count) {
      return Set.copyOf(clinic.edits().touchMany(table(kind), count));
    }

    @Override
    public String poison(RecordKind kind) {
      String id = rows(kind).get(7).path("_id").asText();
      Map<String, ?> members =
          kind == RecordKind.PATIENT
              ? Map.of("lastName", "x".repeat(40_000))
              : Map.of("appointmentStatus", "A\u0000B");
      clinic.edits().set(table(kind), id, members);
      return id;
    }

    @Override
    public void garble(RecordKind kind) {
      ids(kind).forEach(id -> clinic.edits().set(table(kind), id, Map.of("dateOfBirth", "lately")));
    }

    @Override
    public String unknownStatus() {
      for (JsonNode row : rows(RecordKind.APPOINTMENT)) {
        if (!row.hasNonNull("cancellationNotice")) {
          String id = row.path("_id").asText();
          clinic.edits().set("appointments", id, Map.of("appointmentStatus", "Perhaps"));
          return id;
        }
      }
      throw new AssertionError("no such appointment");
    }

    @Override
    public void endSessions() {
      vendor().endSessions(clinic);
    }

    /** {@inheritDoc} Both reports are walked once as well. */
    @Override
    public int mostCalls(int pages) {
      return 3 * pages;
    }

    @Override
    public Optional<Hooks> hooks() {
      String id = rows(RecordKind.APPOINTMENT).get(0).path("_id").asText();
      clinic.edits().cancel(id);
      PtEverywhereHooks hooks = new PtEverywhereHooks(clinic);
      IncomingCall genuine = call(hooks.signed(id));
      String secret = typed().get(PtEverywhereWebhooks.SECRET);
      Map<String, IncomingCall> refused = new LinkedHashMap<>();
      refused.put("another clinic's", call(hooks.signed(id, "0".repeat(32), 2)));
      refused.put("unsigned", heard(Map.of(), genuine.body()));
      refused.put(
          "changed on the way",
          heard(genuine.headers(), "{\"data\":\"AAAA\"}".getBytes(StandardCharsets.UTF_8)));
      refused.put(
          "sealed with another secret",
          signedBody(PtEverywhereHooks.encrypted("{\"_id\":\"1\"}", "1".repeat(32), 2), secret));
      return Optional.of(new Hooks(EmrRef.appointment(id), List.of(genuine, genuine), refused));
    }

    private IncomingCall signedBody(String sealed, String secret) {
      byte[] body = ("{\"data\":\"" + sealed + "\"}").getBytes(StandardCharsets.UTF_8);
      return heard(
          Map.of("x-hub-signature-256", List.of("sha256=" + Signatures.of(body, secret))), body);
    }

    IncomingCall call(PtEverywhereHooks.SignedCall signed) {
      Map<String, List<String>> headers = new HashMap<>();
      signed
          .headers()
          .forEach((name, value) -> headers.put(name.toLowerCase(Locale.ROOT), List.of(value)));
      return heard(headers, signed.body());
    }

    IncomingCall heard(Map<String, List<String>> headers, byte[] body) {
      return new IncomingCall("POST", null, Map.of(), headers, body, clock.instant());
    }

    @Override
    public String plant(Person person) {
      return clinic
          .edits()
          .createPatient(
              Map.of(
                  "firstName", person.first(),
                  "lastName", person.last(),
                  "email", person.email(),
                  "dateOfBirth", person.birthDate(),
                  "phoneNumber", person.phone()));
    }
  }
}
