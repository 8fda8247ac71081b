package io.clinicsync.emr.halaxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.canonical.Appointment;
import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.canonical.EmrRecord;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.emr.spi.Capability;
import io.clinicsync.emr.spi.Credentials;
import io.clinicsync.emr.spi.Cursor;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.emr.spi.EmrException.Kind;
import io.clinicsync.emr.spi.Page;
import io.clinicsync.emr.spi.ReadWindow;
import io.clinicsync.emr.spi.RecordSource;
import io.clinicsync.emr.spi.Urgency;
import io.clinicsync.emr.tck.InMemorySessions;
import io.clinicsync.http.HttpAnswer;
import io.clinicsync.http.HttpCall;
import io.clinicsync.http.OutboundHttp;
import io.clinicsync.http.TestHttp;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;

/** A connector before a small simulated practice group, and every call it makes. */
final class HalaxyStage implements AutoCloseable {

  final SimulatedHalaxy halaxy = new SimulatedHalaxy();
  final SimulatedHalaxy.Account clinic;
  final HalaxyConnector connector;
  final EmrAccount account;
  final List<HttpCall> calls = new ArrayList<>();
  Function<HttpCall, @Nullable HttpAnswer> instead = call -> null;
  private final TestHttp http;

  HalaxyStage() {
    clinic = halaxy.open("Harbour", 90);
    http = new TestHttp(halaxy.clock(), halaxy::pass);
    OutboundHttp noted =
        call -> {
          calls.add(call);
          HttpAnswer given = instead.apply(call);
          return given == null ? http.send(call) : given;
        };
    connector =
        new HalaxyConnector(noted, new InMemorySessions(), halaxy.clock(), "tests@example.org");
    account = account(clinic.credentials());
  }

  EmrAccount account(Credentials credentials) {
    return new EmrAccount(
        new UUID(1, 1),
        new ConnectionId(new UUID(2, 1)),
        HalaxyConnector.WAY,
        URI.create(halaxy.origin() + halaxy.path()),
        SimulatedHalaxy.ZONE,
        "AUD",
        credentials,
        Urgency.SYNC);
  }

  /** Calls that can change something; tokens are none. */
  List<HttpCall> writes() {
    return calls.stream()
        .filter(call -> !call.method().equals("GET"))
        .filter(call -> !call.operation().equals("halaxy.token"))
        .toList();
  }

  <C extends Capability> C capability(Class<C> type) {
    return connector.capabilities(account).stream()
        .filter(type::isInstance)
        .map(type::cast)
        .findFirst()
        .orElseThrow();
  }

  <T extends EmrRecord> List<T> all(RecordSource<T> source) {
    List<T> all = new ArrayList<>();
    Cursor cursor = null;
    do {
      Page<T> page = source.read(account, new ReadWindow.Everything(), cursor);
      all.addAll(page.records());
      cursor = page.next();
    } while (cursor != null);
    return all;
  }

  /** How often this operation was sent. */
  long sent(String operation) {
    return calls.stream().filter(call -> call.operation().equals(operation)).count();
  }

  JsonNode some(String type, int number) {
    return clinic.truth().path(type).path(number);
  }

  static String last(JsonNode reference) {
    String text = reference.path("reference").asText();
    return text.substring(text.lastIndexOf('/') + 1);
  }

  JsonNode role(int number) {
    int seen = 0;
    for (JsonNode each : clinic.truth().path("PractitionerRole")) {
      if (each.has("organization")
          && each.path("active").asBoolean()
          && last(each.path("organization")).startsWith("CL-")
          && seen++ == number) {
        return each;
      }
    }
    throw new IllegalStateException("no such role");
  }

  EmrRef practitioner() {
    return EmrRef.of(RecordKind.PRACTITIONER, last(role(0).path("practitioner")));
  }

  EmrRef patient(int number) {
    return EmrRef.patient(some("Patient", number).path("id").asText());
  }

  JsonNode row(String type, String id) {
    for (JsonNode each : clinic.truth().path(type)) {
      if (each.path("id").asText().equals(id)) {
        return each;
      }
    }
    throw new IllegalStateException("no such row");
  }

  JsonNode row(Appointment appointment) {
    return row("Appointment", appointment.ref().id().value().split("/")[0]);
  }

  static JsonNode sent(HttpCall call) {
    return SimulatedHalaxy.json(
        new String(Objects.requireNonNull(call.body()), StandardCharsets.UTF_8));
  }

  static Kind kind(ThrowingCallable call) {
    EmrException failure = catchThrowableOfType(EmrException.class, call);
    assertThat(failure).isNotNull();
    return failure.kind();
  }

  void edit(String command) {
    clinic.clinic().exclusively(() -> clinic.clinic().edit(SimulatedHalaxy.json(command)));
  }

  @Override
  public void close() {
    http.close();
    halaxy.close();
  }
}
