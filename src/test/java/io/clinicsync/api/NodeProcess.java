package io.clinicsync.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.clinicsync.ChildJvm;
import io.clinicsync.ClinicSync;
import io.clinicsync.TestDatabase;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/**
 * The application as a process of its own beside the test's, on the same database: another node.
 */
public final class NodeProcess implements AutoCloseable {

  private final Process process;
  private final Path output;
  private final int port;

  private NodeProcess(Process process, Path output, int port) {
    this.process = process;
    this.output = output;
    this.port = port;
  }

  /** Starts one and waits until it takes calls. */
  public static NodeProcess start(TestDatabase database, Path folder) throws IOException {
    int port = freePort();
    List<String> command = new ArrayList<>(ChildJvm.command(ClinicSync.class));
    command.addAll(
        List.of(
            "--server.port=" + port,
            "--management.server.port=-1",
            "--spring.quartz.auto-startup=false",
            "--clinicsync.http.sandbox-hosts=localhost",
            "--clinicsync.quota-factor=1000"));
    database.settings().forEach((name, value) -> command.add("--" + name + "=" + value));
    Path output = Files.createTempFile(folder, "node", ".txt");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    Awaitility.await()
        .atMost(Duration.ofMinutes(2))
        .pollInterval(Duration.ofMillis(200))
        .until(
            () -> {
              assertThat(process.isAlive()).as(Files.readString(output)).isTrue();
              return Files.readString(output).contains("Started ClinicSync");
            });
    return new NodeProcess(process, output, port);
  }

  private static int freePort() throws IOException {
    try (ServerSocket probe = new ServerSocket(0)) {
      return probe.getLocalPort();
    }
  }

  /** Where it takes calls. */
  public int port() {
    return port;
  }

  /** All it said. */
  public String output() throws IOException {
    return Files.readString(output);
  }

  /** kill -9. */
  public void kill() throws InterruptedException {
    process.destroyForcibly();
    process.waitFor(30, TimeUnit.SECONDS);
  }

  /** A rolling deploy's polite end; whether it ended in time. */
  public boolean stop(Duration atMost) throws InterruptedException {
    process.destroy();
    return process.waitFor(atMost.toSeconds(), TimeUnit.SECONDS);
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
