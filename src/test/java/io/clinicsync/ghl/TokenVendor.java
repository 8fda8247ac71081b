package io.clinicsync.ghl;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** A vendor whose refresh tokens work once and whose access tokens die with each refresh. */
final class TokenVendor implements AutoCloseable {

  final AtomicInteger refreshes = new AtomicInteger();
  final AtomicInteger refusals = new AtomicInteger();
  final AtomicInteger rejectedCalls = new AtomicInteger();
  final AtomicInteger servedCalls = new AtomicInteger();
  private final HttpServer server;
  private int generation = 1;
  private boolean revoked;

  TokenVendor() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/oauth/token", this::token);
    server.createContext("/oauth/locationToken", this::mint);
    server.createContext("/contacts/", this::contact);
    server.start();
  }

  URI base() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** The access token of now stops working; its refresh token still does. */
  synchronized void expireAccess() {
    generation++;
    accessOnly = true;
  }

  private boolean accessOnly;

  synchronized void revoke() {
    revoked = true;
  }

  private synchronized void token(HttpExchange exchange) throws IOException {
    String form = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    int refreshable = accessOnly ? generation - 1 : generation;
    if (revoked || !form.contains("refresh_token=refresh-" + refreshable + "&")) {
      refusals.incrementAndGet();
      answer(
          exchange,
          400,
          "{\"error\":\"invalid_grant\",\"error_description\":\"This refresh token is invalid\"}");
      return;
    }
    refreshes.incrementAndGet();
    if (!accessOnly) {
      generation++;
    }
    accessOnly = false;
    answer(
        exchange,
        200,
        "{\"access_token\":\"access-%d\",\"token_type\":\"Bearer\",\"expires_in\":86399,\"refresh_token\":\"refresh-%d\",\"scope\":\"contacts.readonly\",\"userType\":\"Location\",\"locationId\":\"loc1\",\"companyId\":\"co1\"}"
            .formatted(generation, generation));
  }

  private synchronized void mint(HttpExchange exchange) throws IOException {
    if (!"Bearer agency-token".equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
      answer(exchange, 401, "{\"statusCode\":401,\"message\":\"Invalid JWT\"}");
      return;
    }
    accessOnly = false;
    answer(
        exchange,
        200,
        "{\"access_token\":\"access-%d\",\"expires_in\":86399,\"locationId\":\"loc1\",\"userType\":\"Location\"}"
            .formatted(generation));
  }

  private synchronized void contact(HttpExchange exchange) throws IOException {
    boolean good =
        !revoked
            && ("Bearer access-" + generation)
                .equals(exchange.getRequestHeaders().getFirst("Authorization"));
    (good ? servedCalls : rejectedCalls).incrementAndGet();
    if (good) {
      answer(exchange, 200, "{\"contact\":{\"id\":\"c1\",\"locationId\":\"loc1\"}}");
    } else {
      answer(
          exchange,
          401,
          "{\"statusCode\":401,\"message\":\"Invalid JWT\",\"error\":\"Unauthorized\"}");
    }
  }

  private static void answer(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
