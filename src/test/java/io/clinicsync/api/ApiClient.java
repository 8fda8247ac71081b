package io.clinicsync.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.clinicsync.secrecy.SecrecyWatch;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Calls the API as a program does: over HTTP, with a key. */
public final class ApiClient {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final int port;
  private final @Nullable String key;

  public ApiClient(int port, @Nullable String key) {
    this.port = port;
    this.key = key;
  }

  /** An answer; the body is JSON null when there is none. */
  public record Answer(int status, JsonNode body, HttpResponse<String> raw) {

    public String text(String pointer) {
      return body.at(pointer).asText();
    }

    /** Everything of a problem that must not depend on which request it was. */
    String withoutRequestId() {
      String id = raw.headers().firstValue("X-Request-Id").orElse("none");
      return raw.statusCode()
          + "\n"
          + raw.headers().firstValue("Content-Type").orElse("")
          + "\n"
          + raw.body().replace(id, "ID");
    }
  }

  public Answer get(String path) {
    return send("GET", path, null, "application/json");
  }

  public Answer post(String path, @Nullable String body) {
    return send("POST", path, body, "application/json");
  }

  public Answer put(String path, String body) {
    return send("PUT", path, body, "application/json");
  }

  public Answer delete(String path) {
    return send("DELETE", path, null, "application/json");
  }

  /** Addresses and problems show no person and no secret. */
  private static void look(String method, String path, HttpResponse<String> answer) {
    String where = method + " " + path.replaceAll("[0-9a-fA-F-]{6,}|\\?.*", "{…}");
    SecrecyWatch.WHOLE_RUN.look("the address of " + where, path);
    answer
        .headers()
        .firstValue("Location")
        .ifPresent(to -> SecrecyWatch.WHOLE_RUN.look("the way on from " + where, to));
    if (answer.statusCode() >= 400) {
      SecrecyWatch.WHOLE_RUN.look("the problem of " + where, answer.body());
    }
  }

  public Answer send(
      String method, String path, @Nullable String body, String contentType, String... headers) {
    return sendBytes(
        method,
        path,
        body == null ? null : body.getBytes(StandardCharsets.UTF_8),
        contentType,
        headers);
  }

  Answer sendBytes(
      String method, String path, byte @Nullable [] body, String contentType, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
            .method(
                method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
    if (body != null) {
      request.header("Content-Type", contentType);
    }
    if (key != null) {
      request.header("x-api-key", key);
    }
    if (headers.length > 0) {
      request.headers(headers);
    }
    try {
      HttpResponse<String> answer = HTTP.send(request.build(), BodyHandlers.ofString());
      look(method, path, answer);
      boolean isJson = answer.headers().firstValue("Content-Type").orElse("").contains("json");
      return new Answer(
          answer.statusCode(), isJson ? JSON.readTree(answer.body()) : JSON.nullNode(), answer);
    } catch (IOException failed) {
      throw new IllegalStateException(failed);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(stopped);
    }
  }
}
