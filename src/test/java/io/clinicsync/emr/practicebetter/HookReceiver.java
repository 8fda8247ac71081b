package io.clinicsync.emr.practicebetter;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.clinicsync.emr.spi.ChangeListener;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrConnector;
import io.clinicsync.emr.spi.IncomingCall;
import io.clinicsync.sandbox.server.Request;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** Our own address, as the vendor calls it over HTTP. */
final class HookReceiver implements AutoCloseable {

  private final HttpServer server;
  private final ChangeListener listener;
  private final EmrAccount account;
  private final Clock clock;
  final List<ChangeListener.Heard> heard = new CopyOnWriteArrayList<>();

  HookReceiver(ChangeListener listener, EmrAccount account, Clock clock) {
    this.listener = listener;
    this.account = account;
    this.clock = clock;
    try {
      server = HttpServer.create(new InetSocketAddress("localhost", 0), 0);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    server.createContext("/", this::answer);
    server.start();
  }

  static ChangeListener listener(EmrConnector connector, EmrAccount account) {
    return connector.capabilities(account).stream()
        .filter(ChangeListener.class::isInstance)
        .map(ChangeListener.class::cast)
        .findFirst()
        .orElseThrow();
  }

  URI address() {
    return URI.create("http://localhost:" + server.getAddress().getPort() + "/hooks/one");
  }

  private void answer(HttpExchange exchange) throws IOException {
    Map<String, List<String>> headers = new HashMap<>();
    exchange
        .getRequestHeaders()
        .forEach(
            (name, values) -> headers.put(name.toLowerCase(Locale.ROOT), new ArrayList<>(values)));
    String query = exchange.getRequestURI().getRawQuery();
    ChangeListener.Heard what =
        listener.hear(
            account,
            new IncomingCall(
                exchange.getRequestMethod(),
                null,
                Request.parameters(query == null ? "" : query),
                headers,
                exchange.getRequestBody().readAllBytes(),
                clock.instant()));
    heard.add(what);
    byte[] body =
        what instanceof ChangeListener.Heard.Handshake shake
            ? shake.body().getBytes(StandardCharsets.UTF_8)
            : "{}".getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(
        what instanceof ChangeListener.Heard.Refused ? 401 : 200, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
