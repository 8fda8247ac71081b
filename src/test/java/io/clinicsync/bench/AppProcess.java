package io.clinicsync.bench;

import io.clinicsync.TestDatabase;
import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;

/**
 * The application as a process of its own, as production runs it: no test classes, scheduler on.
 */
final class AppProcess implements AutoCloseable {

  private final Process process;
  private final URI base;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private AppProcess(Process process, URI base) {
    this.process = process;
    this.base = base;
  }

  /** Starts it on a free port and that database, and waits until it is ready. */
  static AppProcess start(TestDatabase database, double quotaFactor) throws IOException {
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElseThrow());
    command.addAll(
        List.of(
            "-Xms1g",
            "-Xmx1g",
            "--sun-misc-unsafe-memory-access=allow",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            withoutTests(),
            "io.clinicsync.ClinicSync",
            "--server.port=" + port,
            "--clinicsync.http.sandbox-hosts=localhost",
            "--clinicsync.quota-factor=" + quotaFactor));
    String recording = System.getProperty("bench.recording", "");
    if (!recording.isEmpty()) {
      command.add(1, "-XX:StartFlightRecording=settings=profile,filename=" + recording);
    }
    database.settings().forEach((name, value) -> command.add("--" + name + "=" + value));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.redirectErrorStream(true).redirectOutput(new File("target/bench/application.log"));
    AppProcess application =
        new AppProcess(builder.start(), URI.create("http://localhost:" + port));
    Awaitility.await()
        .atMost(Duration.ofSeconds(120))
        .pollInterval(Duration.ofMillis(500))
        .ignoreExceptions()
        .until(() -> application.status("GET", "/actuator/health/readiness", null, null) == 200);
    return application;
  }

  private static String withoutTests() {
    String all =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    return Arrays.stream(all.split(File.pathSeparator))
        .filter(each -> !each.endsWith("test-classes"))
        .collect(Collectors.joining(File.pathSeparator));
  }

  URI base() {
    return base;
  }

  /** How much processor time it has taken so far. */
  Duration processorTime() {
    return process.info().totalCpuDuration().orElseThrow();
  }

  /** Calls it and gives the status of its answer. */
  int status(String method, String path, String key, String body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(base + path))
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body))
            .header("Content-Type", "application/json");
    if (key != null) {
      request.header("x-api-key", key);
    }
    try {
      return http.send(request.build(), HttpResponse.BodyHandlers.discarding()).statusCode();
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
    if (!process.waitFor(40, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
  }
}
