package io.clinicsync.emr.nookal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
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
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A connector before a small simulated clinic, and every call it makes. */
final class NookalStage implements AutoCloseable {

  final SimulatedNookal nookal = new SimulatedNookal();
  final SimulatedNookal.Account clinic;
  final NookalConnector connector;
  final List<HttpCall> calls = new CopyOnWriteArrayList<>();
  private final TestHttp http;

  /** What is answered in place of Nookal; null for what Nookal says. */
  Function<HttpCall, @Nullable HttpAnswer> instead = call -> null;

  /** What happens at Nookal as soon as it has done something. */
  Consumer<HttpCall> afterwards = call -> {};

  NookalStage(int patients) {
    clinic = nookal.open("Bay", patients);
    http = new TestHttp(nookal.clock(), nookal::pass);
    OutboundHttp noted =
        call -> {
          calls.add(call);
          HttpAnswer given = instead.apply(call);
          HttpAnswer answer = given == null ? http.send(call) : given;
          afterwards.accept(call);
          return answer;
        };
    connector =
        new NookalConnector(noted, new InMemorySessions(), nookal.clock(), "tests@example.org");
  }

  /** With the key of v2 alone. */
  EmrAccount account() {
    return account(Map.of("apiKey", clinic.typed().get("apiKey")));
  }

  /** With a v3 client as well. */
  EmrAccount withV3() {
    return account(clinic.typed());
  }

  EmrAccount account(Map<String, String> typed) {
    return new EmrAccount(
        new UUID(1, 1),
        new ConnectionId(new UUID(2, typed.size())),
        "api-key",
        URI.create(nookal.origin() + nookal.path()),
        SimulatedNookal.ZONE,
        "AUD",
        new Credentials(typed),
        Urgency.SYNC);
  }

  <C extends Capability> C capability(EmrAccount account, Class<C> type) {
    return connector.capabilities(account).stream()
        .filter(type::isInstance)
        .map(type::cast)
        .findFirst()
        .orElseThrow();
  }

  <T extends EmrRecord> List<T> all(RecordSource<T> source, EmrAccount account, ReadWindow window) {
    List<T> all = new ArrayList<>();
    Cursor cursor = null;
    do {
      Page<T> page = source.read(account, window, cursor);
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
    edit("{\"edit\":\"switch\",\"name\":\"%s\",\"value\":\"%s\"}".formatted(name, value));
  }

  void edit(String command) {
    try {
      clinic.clinic().edit(new ObjectMapper().readTree(command));
    } catch (JsonProcessingException impossible) {
      throw new AssertionError(impossible);
    }
  }

  @Override
  public void close() {
    http.close();
    nookal.close();
  }
}
