package io.clinicsync.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** The simulated vendors as a process of their own, and its control endpoints. */
final class SandboxProcess implements AutoCloseable {

  static final ObjectMapper JSON = new ObjectMapper();

  private final Process process;
  private final URI base;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private SandboxProcess(Process process, URI base) {
    this.process = process;
    this.base = base;
  }

  /** Starts it on a free port and waits until it answers. */
  static SandboxProcess start(double quotaFactor) throws IOException {
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    ProcessBuilder builder =
        new ProcessBuilder(
            ProcessHandle.current().info().command().orElseThrow(),
            "-Xmx2g",
            "-cp",
            System.getProperty("java.class.path"),
            "io.clinicsync.ClinicSync",
            "--spring.profiles.active=sandbox",
            "--clinicsync.sandbox.quota-factor=" + quotaFactor);
    builder.environment().put("CLINICSYNC_SANDBOX_PORT", Integer.toString(port));
    builder.redirectErrorStream(true).redirectOutput(new File("target/bench/sandbox.log"));
    SandboxProcess sandbox =
        new SandboxProcess(builder.start(), URI.create("http://localhost:" + port));
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(200))
        .ignoreExceptions()
        .until(() -> sandbox.logEnd() >= 0);
    return sandbox;
  }

  URI base() {
    return base;
  }

  URI clinikoBase() {
    return base.resolve("/cliniko");
  }

  URI ghlBase() {
    return base.resolve("/ghl");
  }

  /** One operation of the vendors' log. */
  record Operation(
      long seq,
      Instant at,
      String kind,
      String operation,
      int count,
      int status,
      String id,
      String version) {}

  JsonNode control(String path, Map<String, ?> body) {
    return call("POST", "/_sandbox/" + path, body);
  }

  /** Everything of an account as it truly stands. */
  JsonNode truth(String account) {
    String name = URLEncoder.encode(account, StandardCharsets.UTF_8).replace("+", "%20");
    return call("GET", "/_sandbox/truth/" + name, null);
  }

  /** The number of the newest operation. */
  long logEnd() {
    return call("GET", "/_sandbox/log?since=" + Long.MAX_VALUE, null).get("last").asLong();
  }

  /** An account's operations after a number, oldest first. */
  List<Operation> log(String account, long since) {
    String name = URLEncoder.encode(account, StandardCharsets.UTF_8);
    JsonNode answer = call("GET", "/_sandbox/log?since=" + since + "&account=" + name, null);
    List<Operation> all = new ArrayList<>();
    for (JsonNode entry : answer.get("entries")) {
      all.add(
          new Operation(
              entry.get("seq").asLong(),
              Instant.parse(entry.get("at").asText()),
              entry.get("kind").asText(),
              entry.get("operation").asText(),
              entry.get("count").asInt(),
              entry.get("status").asInt(),
              entry.get("ids").path(0).asText(""),
              entry.has("version") ? entry.get("version").toString() : ""));
    }
    return all;
  }

  private JsonNode call(String method, String path, Map<String, ?> body) {
    try {
      HttpRequest.BodyPublisher publisher =
          body == null
              ? HttpRequest.BodyPublishers.noBody()
              : HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body));
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(base + path)).method(method, publisher).build();
      HttpResponse<byte[]> answer = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
      if (answer.statusCode() != 200) {
        throw new IllegalStateException(
            path
                + " answered "
                + answer.statusCode()
                + " "
                + new String(answer.body(), StandardCharsets.UTF_8));
      }
      return JSON.readTree(answer.body());
    } catch (IOException failed) {
      throw new IllegalStateException(failed);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(stopped);
    }
  }

  @Override
  public void close() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(5, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
  }
}
