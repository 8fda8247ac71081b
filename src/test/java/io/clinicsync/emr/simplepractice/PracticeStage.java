package io.clinicsync.emr.simplepractice;

import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.canonical.EmrRecord;
import io.clinicsync.emr.spi.Capability;
import io.clinicsync.emr.spi.Credentials;
import io.clinicsync.emr.spi.Cursor;
import io.clinicsync.emr.spi.EmrAccount;
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
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A connector before a small simulated practice, and every call it makes. */
final class PracticeStage implements AutoCloseable {

  final SimulatedSimplePractice vendor = new SimulatedSimplePractice();
  final SimulatedSimplePractice.Account clinic = vendor.open("Harbour", 60);
  final List<HttpCall> calls = new ArrayList<>();
  Function<HttpCall, @Nullable HttpAnswer> instead = call -> null;
  final SimplePracticeConnector connector;
  final EmrAccount account = account(clinic.credentials(), 1);
  private final TestHttp http = new TestHttp(vendor.clock(), vendor::pass);

  PracticeStage() {
    OutboundHttp noted =
        call -> {
          calls.add(call);
          HttpAnswer given = instead.apply(call);
          return given == null ? http.send(call) : given;
        };
    connector =
        new SimplePracticeConnector(
            noted, new InMemorySessions(), vendor.clock(), "tests@example.org");
  }

  /** The practice as another connection sees it. */
  EmrAccount account(Credentials credentials, int number) {
    return new EmrAccount(
        new UUID(1, 1),
        new ConnectionId(new UUID(2, number)),
        SimplePracticeConnector.WEB,
        URI.create(vendor.origin() + vendor.path()),
        SimulatedSimplePractice.ZONE,
        "USD",
        credentials,
        Urgency.SYNC);
  }

  <C extends Capability> C capability(Class<C> type) {
    return connector.capabilities(account).stream()
        .filter(type::isInstance)
        .map(type::cast)
        .findFirst()
        .orElseThrow();
  }

  <T extends EmrRecord> List<T> all(RecordSource<T> source, ReadWindow window) {
    List<T> all = new ArrayList<>();
    Cursor cursor = null;
    do {
      Page<T> page = source.read(account, window, cursor);
      all.addAll(page.records());
      cursor = page.next();
    } while (cursor != null);
    return all;
  }

  void flip(String name, String value) {
    clinic.edit("{\"edit\":\"switch\",\"name\":\"%s\",\"value\":%s}".formatted(name, value));
  }

  /** Calls of the application's that can change something. */
  List<HttpCall> writes() {
    return calls.stream()
        .filter(call -> !call.method().equals("GET"))
        .filter(call -> call.uri().getPath().contains("/frontend/"))
        .toList();
  }

  /** Passwords that left. */
  long passwords() {
    return calls.stream()
        .filter(call -> call.method().equals("POST"))
        .filter(call -> call.uri().getPath().endsWith("/account/"))
        .count();
  }

  @Override
  public void close() {
    http.close();
    vendor.close();
  }
}
