package io.clinicsync.emr.jane;

import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.emr.spi.Capability;
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

/** A connector before a small simulated clinic, and every call it makes. */
final class JaneStage implements AutoCloseable {

  final SimulatedJane jane;
  final SimulatedJane.Account clinic;
  final JaneConnector connector;
  final EmrAccount account;
  final List<HttpCall> calls = new ArrayList<>();

  /** What is answered instead of sending; null sends. */
  @Nullable Function<HttpCall, @Nullable HttpAnswer> instead;

  private final TestHttp http;

  /** Sends without being noted. */
  final OutboundHttp sent;

  JaneStage(String way) {
    jane = new SimulatedJane(way);
    clinic = jane.open("Harbour", 60);
    http = new TestHttp(jane.clock(), jane::pass);
    sent = http;
    OutboundHttp noted =
        call -> {
          calls.add(call);
          HttpAnswer given = instead == null ? null : instead.apply(call);
          return given == null ? http.send(call) : given;
        };
    connector = new JaneConnector(noted, new InMemorySessions(), jane.clock(), "tests@example.org");
    account = account(way, 1);
  }

  /** The clinic as another connection of another way sees it. */
  EmrAccount account(String way, int number) {
    return new EmrAccount(
        new UUID(1, 1),
        new ConnectionId(new UUID(2, number)),
        way,
        URI.create(jane.origin() + jane.path()),
        SimulatedJane.ZONE,
        "CAD",
        new io.clinicsync.emr.spi.Credentials(clinic.clinic().credentials().get(way)),
        Urgency.SYNC);
  }

  /** The connection with other credentials. */
  EmrAccount with(io.clinicsync.emr.spi.Credentials credentials) {
    return new EmrAccount(
        account.tenant(),
        account.id(),
        account.way(),
        account.base(),
        account.zone(),
        account.currency(),
        credentials,
        account.urgency());
  }

  <C extends Capability> C capability(Class<C> type) {
    return connector.capabilities(account).stream()
        .filter(type::isInstance)
        .map(type::cast)
        .findFirst()
        .orElseThrow();
  }

  <T extends io.clinicsync.canonical.EmrRecord> List<T> all(RecordSource<T> source) {
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

  /** A switch of the simulated clinic. */
  void flip(String name, Object value) {
    String command =
        "{\"edit\":\"switch\",\"name\":\"%s\",\"value\":\"%s\"}".formatted(name, value);
    try {
      clinic.clinic().edit(new com.fasterxml.jackson.databind.ObjectMapper().readTree(command));
    } catch (com.fasterxml.jackson.core.JsonProcessingException impossible) {
      throw new AssertionError(impossible);
    }
  }

  @Override
  public void close() {
    http.close();
    jane.close();
  }
}
