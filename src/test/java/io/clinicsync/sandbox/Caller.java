package io.clinicsync.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.clinicsync.sandbox.server.SimulatedClinic;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/** A plain client for the sandbox's own tests; remembers the last exchange. */
final class Caller {

  static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final String base;
  final Map<String, String> headers = new LinkedHashMap<>();

  private Caller(URI base) {
    this.base = base.toString();
  }

  static Caller cliniko(SandboxServer sandbox, String key) {
    Caller caller = new Caller(URI.create(sandbox.clinikoBase() + "/v1"));
    caller.headers.put(
        "Authorization",
        "Basic "
            + Base64.getEncoder().encodeToString((key + ":").getBytes(StandardCharsets.UTF_8)));
    caller.headers.put("User-Agent", "Tests (tests@example.org)");
    caller.headers.put("Accept", "application/json");
    return caller;
  }

  static Caller ghl(SandboxServer sandbox, String token) {
    Caller caller = new Caller(sandbox.ghlBase());
    caller.headers.put("Authorization", "Bearer " + token);
    caller.headers.put("Accept", "application/json");
    return caller;
  }

  static Caller jane(SandboxServer sandbox) {
    return new Caller(sandbox.emrBase("jane"));
  }

  static Caller simplePractice(SandboxServer sandbox) {
    Caller caller = new Caller(sandbox.emrBase("simplepractice"));
    caller.headers.put("Accept", "application/vnd.api+json");
    return caller;
  }

  static Caller emr(SandboxServer sandbox, String id) {
    return new Caller(sandbox.emrBase(id));
  }

  static Caller halaxy(SandboxServer sandbox) {
    Caller caller = new Caller(sandbox.emrBase("halaxy"));
    caller.headers.put("User-Agent", "Tests (tests@example.org)");
    return caller;
  }

  /** Gets a token of Halaxy's and sends it along from now on. */
  void signIn(SimulatedClinic clinic) {
    Map<String, String> typed = clinic.credentials().get("client-credentials");
    String body =
        "{\"grant_type\":\"client_credentials\",\"client_id\":\"%s\",\"client_secret\":\"%s\"}"
            .formatted(typed.get("clientId"), typed.get("clientSecret"));
    headers.put(
        "Authorization",
        "Bearer " + send("POST", "/main/oauth/token", body).json().path("access_token").asText());
  }

  static Caller nookal(SandboxServer sandbox) {
    return new Caller(sandbox.emrBase("nookal"));
  }

  static Caller plain(SandboxServer sandbox) {
    return new Caller(sandbox.base());
  }

  /** One answer. */
  record Reply(
      int status,
      java.net.http.HttpHeaders headers,
      String text,
      HttpRequest request,
      String sent) {
    JsonNode json() {
      try {
        return JSON.readTree(text);
      } catch (IOException notJson) {
        throw new AssertionError(notJson);
      }
    }
  }

  Reply get(String path) {
    return send("GET", path, null);
  }

  Reply send(String method, String path, String body) {
    try {
      return tried(method, path, body);
    } catch (IOException failed) {
      throw new AssertionError(failed);
    }
  }

  Reply tried(String method, String path, String body) throws IOException {
    HttpRequest.BodyPublisher publisher =
        body == null
            ? HttpRequest.BodyPublishers.noBody()
            : HttpRequest.BodyPublishers.ofString(body);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(base + path)).method(method, publisher);
    headers.forEach(request::setHeader);
    if (path.startsWith("/calendars")) {
      request.setHeader("Version", "2021-04-15");
    } else if (!headers.containsKey("User-Agent") && !headers.containsKey("Version")) {
      request.setHeader("Version", "2021-07-28");
    }
    if (body != null && !headers.containsKey("Content-Type")) {
      request.setHeader("Content-Type", "application/json");
    }
    HttpRequest built = request.build();
    try {
      HttpResponse<String> answer = http.send(built, HttpResponse.BodyHandlers.ofString());
      return new Reply(answer.statusCode(), answer.headers(), answer.body(), built, body);
    } catch (InterruptedException stopped) {
      throw new AssertionError(stopped);
    }
  }

  static String q(String... filters) {
    StringBuilder query = new StringBuilder();
    for (String filter : filters) {
      query
          .append(query.isEmpty() ? "" : "&")
          .append("q%5B%5D=")
          .append(URLEncoder.encode(filter, StandardCharsets.UTF_8));
    }
    return query.toString();
  }
}
