package io.clinicsync.emr.practicebetter;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.emr.spi.Credentials;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrConnector;
import io.clinicsync.emr.spi.IncomingCall;
import io.clinicsync.emr.tck.SandboxedEmr;
import io.clinicsync.sandbox.practicebetter.PracticeBetterAccount;
import io.clinicsync.sandbox.practicebetter.PracticeBetterHooks;
import io.clinicsync.sandbox.practicebetter.PracticeBetterSimulator;
import java.time.Instant;
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

/** The sandbox's Practice Better, with a clock that stands still unless pushed. */
final class SimulatedPracticeBetter extends SandboxedEmr {

  static final ZoneId ZONE = ZoneId.of("America/New_York");
  static final ObjectMapper JSON = new ObjectMapper();

  private final List<HookReceiver> receivers = new ArrayList<>();

  SimulatedPracticeBetter() {
    super("practicebetter", Instant.parse("2026-06-10T16:00:00Z"));
  }

  @Override
  public boolean signsIn() {
    return true;
  }

  @Override
  public Optional<String> signInPath() {
    return Optional.of("/oauth2/token");
  }

  /** A token is no change. */
  @Override
  public boolean commits(String method, String url, String body) {
    return !method.equals("GET") && !url.endsWith("/oauth2/token");
  }

  PracticeBetterSimulator vendor() {
    return (PracticeBetterSimulator) simulator();
  }

  @Override
  public Account open(String name, int patients) {
    return new Account(vendor().open(opening(name, patients, ZONE)));
  }

  @Override
  public void close() {
    receivers.forEach(HookReceiver::close);
    super.close();
  }

  final class Account implements SimulatedAccount {

    private final PracticeBetterAccount clinic;

    Account(PracticeBetterAccount clinic) {
      this.clinic = clinic;
    }

    PracticeBetterAccount clinic() {
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
      return new HashMap<>(clinic.credentials().get(PracticeBetterConnector.WAY));
    }

    @Override
    public Credentials credentials() {
      return new Credentials(typed());
    }

    @Override
    public Credentials wrongCredentials() {
      Map<String, String> wrong = typed();
      wrong.put(PracticeBetterTokens.CLIENT_SECRET, "not-the-right-one");
      return new Credentials(wrong);
    }

    @Override
    public Set<String> secrets() {
      return Set.of(typed().get(PracticeBetterTokens.CLIENT_SECRET));
    }

    @Override
    public Optional<Diary> diary() {
      return Optional.of(new SimulatedPracticeBetterDiary(clinic));
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
        case PATIENT -> "records";
        case APPOINTMENT -> "sessions";
        case INVOICE -> "invoices";
        default -> throw new IllegalArgumentException("no such records: " + kind);
      };
    }

    List<JsonNode> rows(RecordKind kind) {
      List<JsonNode> rows = new ArrayList<>();
      truth().path(table(kind)).forEach(rows::add);
      return rows;
    }

    @Override
    public Set<String> ids(RecordKind kind) {
      Set<String> ids = new HashSet<>();
      rows(kind).forEach(row -> ids.add(row.path("id").asText()));
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
                      row.path("id").asText(), Instant.parse(row.path("sessionDate").asText())));
      return starts;
    }

    @Override
    public Set<String> changeTogether(RecordKind kind, int count) {
      return Set.copyOf(clinic.edits().touchMany(table(kind), count));
    }

    @Override
    public String poison(RecordKind kind) {
      String id = rows(kind).get(7).path("id").asText();
      String endless = "x".repeat(40_000);
      switch (kind) {
        case PATIENT -> clinic.edits().set("records", id, Map.of("/profile/lastName", endless));
        case INVOICE -> clinic.edits().set("invoices", id, Map.of("invoiceNumber", endless));
        default -> clinic.edits().set("sessions", id, Map.of("serviceType", "A\u0000B"));
      }
      return id;
    }

    @Override
    public void garble(RecordKind kind) {
      for (String id : ids(kind)) {
        clinic.edits().set(table(kind), id, Map.of("/profile/dateOfBirth", "lately"));
      }
    }

    @Override
    public String unknownStatus() {
      String id =
          rows(RecordKind.APPOINTMENT).stream()
              .filter(row -> !row.path("cancelled").asBoolean())
              .findFirst()
              .orElseThrow()
              .path("id")
              .asText();
      clinic.edits().set("sessions", id, Map.of("confirmationStatus", "perhaps"));
      return id;
    }

    /** Registers our address, which the vendor tries out. */
    @Override
    public void grant(EmrConnector connector, EmrAccount account) {
      var listener = HookReceiver.listener(connector, account);
      HookReceiver receiver = new HookReceiver(listener, account, clock);
      receivers.add(receiver);
      listener.register(account, receiver.address());
    }

    @Override
    public void endSessions() {
      vendor().endSessions(clinic);
    }

    @Override
    public Optional<Hooks> hooks() {
      String id = rows(RecordKind.APPOINTMENT).getFirst().path("id").asText();
      clinic.edits().cancel(id);
      Instant now = clock.instant();
      String event = "session.cancelled";
      PracticeBetterHooks hooks = new PracticeBetterHooks(clinic);
      IncomingCall genuine = call(hooks.signed(event, id, now), now);
      Map<String, IncomingCall> refused = new LinkedHashMap<>();
      refused.put("another practice's", call(hooks.signed(event, id, now, "pbwh-other"), now));
      refused.put("too old", call(hooks.signed(event, id, now), now.plusSeconds(301)));
      refused.put(
          "changed on the way",
          new IncomingCall(
              "POST", null, Map.of(), genuine.headers(), "{\"id\":\"1\"}".getBytes(), now));
      refused.put(
          "unsigned", new IncomingCall("POST", null, Map.of(), Map.of(), genuine.body(), now));
      refused.put(
          "a stranger's handshake",
          new IncomingCall(
              "GET",
              null,
              Map.of("challenge", List.of("x"), "verification_token", List.of("guessed")),
              Map.of(),
              new byte[0],
              now));
      return Optional.of(new Hooks(EmrRef.appointment(id), List.of(genuine, genuine), refused));
    }

    @Override
    public String plant(Person person) {
      return clinic
          .edits()
          .createPatient(
              Map.of(
                  "firstName", person.first(),
                  "lastName", person.last(),
                  "emailAddress", person.email(),
                  "dateOfBirth", person.birthDate(),
                  "mobilePhone", person.phone()));
    }
  }

  static IncomingCall call(PracticeBetterHooks.SignedCall signed, Instant receivedAt) {
    Map<String, List<String>> headers = new HashMap<>();
    signed
        .headers()
        .forEach((name, value) -> headers.put(name.toLowerCase(Locale.ROOT), List.of(value)));
    return new IncomingCall("POST", null, Map.of(), headers, signed.body(), receivedAt);
  }
}
