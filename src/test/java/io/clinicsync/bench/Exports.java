package io.clinicsync.bench;

import io.clinicsync.TestDatabase;
import io.clinicsync.access.ApiKeys;
import io.clinicsync.clinics.Connections;
import io.clinicsync.emr.spi.Urgency;
import io.clinicsync.tenancy.KeyScope;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.awaitility.Awaitility;

/**
 * Staff of a clinic whose EMR nobody may call: they export its reports whole, as workbooks, and
 * upload them through the API with a key of their clinic's.
 */
final class Exports implements AutoCloseable {

  private static final List<String> KINDS = List.of("patients", "visits", "charges");
  private static final String BOUNDARY = "export-of-the-benchmark";

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final SandboxProcess sandbox;
  private final Connections connections;
  private final ApiKeys keys;
  private final BenchClock clock;
  private final URI api;

  /** One for all looks: opening one for each would weigh more than what is measured. */
  private final Connection watching;

  private final Map<String, String> keyOf = new HashMap<>();
  private List<byte[]> files = List.of();
  private boolean kept;

  Exports(
      SandboxProcess sandbox,
      TestDatabase database,
      Connections connections,
      ApiKeys keys,
      BenchClock clock,
      URI api)
      throws SQLException {
    this.sandbox = sandbox;
    this.connections = connections;
    this.keys = keys;
    this.clock = clock;
    this.api = api;
    this.watching = database.connectAsSuperuser();
  }

  /** From now on the same files are uploaded again and again, instead of new ones. */
  void keepFiles() {
    kept = true;
  }

  /** New files; what staff do in their own EMR is in no figure. */
  void download(Bench.Subject subject) {
    if (kept) {
      return;
    }
    String workspace =
        connections
            .account(subject.clinic(), subject.connection(), Urgency.SYNC)
            .credentials()
            .require("workspace");
    List<byte[]> reports = new ArrayList<>();
    for (String kind : KINDS) {
      URI report =
          URI.create(sandbox.base() + "/promptemr/reports/" + kind + ".xlsx?w=" + workspace);
      reports.add(send(HttpRequest.newBuilder(report).build(), 200));
    }
    files = reports;
  }

  /** Uploads the files and waits until they are taken; the same ones again are refused. */
  void handOver(Bench.Subject subject) {
    for (int i = 0; i < KINDS.size(); i++) {
      URI imports = api.resolve("/api/v1/connections/" + subject.connection() + "/imports");
      HttpRequest upload =
          HttpRequest.newBuilder(imports)
              .header("x-api-key", key(subject))
              .header("Content-Type", "multipart/form-data; boundary=" + BOUNDARY)
              .POST(HttpRequest.BodyPublishers.ofByteArray(form(KINDS.get(i), files.get(i))))
              .build();
      send(upload, kept ? 409 : 202);
    }
    Awaitility.await()
        .atMost(Duration.ofMinutes(2))
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> taken(subject.clinic().value()));
  }

  private String key(Bench.Subject subject) {
    return keyOf.computeIfAbsent(
        subject.account(),
        name ->
            keys.issue(
                    subject.clinic(), subject.connection(), name, EnumSet.of(KeyScope.MANAGE), null)
                .secret());
  }

  private byte[] form(String kind, byte[] file) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    Map.of("kind", kind, "as_of", clock.instant().toString(), "complete", "true")
        .forEach((name, value) -> part(body, name, "", value.getBytes(StandardCharsets.UTF_8)));
    part(body, "file", "; filename=\"" + kind + ".xlsx\"", file);
    body.writeBytes(("--" + BOUNDARY + "--\r\n").getBytes(StandardCharsets.UTF_8));
    return body.toByteArray();
  }

  private static void part(ByteArrayOutputStream body, String name, String more, byte[] value) {
    String head = "--%s\r\nContent-Disposition: form-data; name=\"%s\"%s\r\n\r\n";
    body.writeBytes(head.formatted(BOUNDARY, name, more).getBytes(StandardCharsets.UTF_8));
    body.writeBytes(value);
    body.writeBytes("\r\n".getBytes(StandardCharsets.UTF_8));
  }

  private byte[] send(HttpRequest request, int expected) {
    try {
      HttpResponse<byte[]> answer = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
      if (answer.statusCode() != expected) {
        throw new IllegalStateException(
            request.uri().getPath()
                + " answered "
                + answer.statusCode()
                + " "
                + new String(answer.body(), StandardCharsets.UTF_8));
      }
      return answer.body();
    } catch (IOException failed) {
      throw new IllegalStateException(failed);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(stopped);
    }
  }

  /** Whether nothing waits; what could not be taken fails the benchmark. */
  private boolean taken(UUID clinic) throws SQLException {
    try (PreparedStatement look =
        watching.prepareStatement(
            "SELECT count(*) FILTER (WHERE state <> 'DONE'), coalesce(min(code), '') FROM imports_files WHERE tenant_id = ?")) {
      look.setObject(1, clinic);
      try (var row = look.executeQuery()) {
        row.next();
        if (!row.getString(2).isEmpty()) {
          throw new IllegalStateException("An export was not taken: " + row.getString(2));
        }
        return row.getLong(1) == 0;
      }
    }
  }

  @Override
  public void close() throws SQLException {
    watching.close();
  }
}
