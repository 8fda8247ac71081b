package io.clinicsync.sync;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.util.FileSystemUtils;

/**
 * A PostgreSQL server that a test may stop like a power cut, start again on the same data and port,
 * and whose disk it may fill. Commits are durable, unlike those of the server that other tests
 * share.
 */
final class OwnServer {

  private static final int DISK_MEGABYTES = 256;

  private final Path folder;
  private final boolean smallDisk;
  private final int port;

  private OwnServer(Path folder, boolean smallDisk, int port) {
    this.folder = folder;
    this.smallDisk = smallDisk;
    this.port = port;
  }

  /** Starts one, on a small file system of its own where mounting is permitted. */
  static OwnServer start() {
    try {
      Path folder = Files.createTempDirectory("own-postgres-");
      boolean mounted =
          succeeds(
              "mount", "-t", "tmpfs", "-o", "size=" + DISK_MEGABYTES + "m", "tmpfs", folder + "");
      EmbeddedPostgres first = launch(folder.resolve("data"), 0);
      OwnServer server = new OwnServer(folder, mounted, first.getPort());
      Runtime.getRuntime().addShutdownHook(new Thread(server::discard));
      return server;
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  int port() {
    return port;
  }

  /** Whether its data stands on a file system small enough to be filled. */
  boolean hasSmallDisk() {
    return smallDisk;
  }

  /** Starts again on the same data and port, after it was stopped or went down by itself. */
  void startAgain() {
    try {
      var unused = launch(folder.resolve("data"), port);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  boolean isRunning() {
    return postmaster() != null;
  }

  /** Ends every process at once without a checkpoint, as {@code pg_ctl stop -m immediate} does. */
  void stopImmediately() {
    ProcessHandle running = postmaster();
    if (running == null || !succeeds("kill", "-QUIT", Long.toString(running.pid()))) {
      throw new IllegalStateException("The server does not run");
    }
    running.onExit().orTimeout(30, TimeUnit.SECONDS).join();
  }

  /** Takes all space that is left on its disk. */
  void fillDisk() {
    succeeds("sh", "-c", "cat /dev/zero > " + folder.resolve("ballast") + " 2>/dev/null");
  }

  void freeDisk() {
    try {
      Files.deleteIfExists(folder.resolve("ballast"));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  long bytesLeft() {
    return folder.toFile().getUsableSpace();
  }

  private static EmbeddedPostgres launch(Path data, int port) throws IOException {
    EmbeddedPostgres.Builder builder =
        EmbeddedPostgres.builder()
            .setDataDirectory(data)
            .setCleanDataDirectory(false)
            .setRegisterShutdownHook(false)
            .setPGStartupWait(Duration.ofSeconds(60))
            .setServerConfig("synchronous_commit", "on")
            .setServerConfig("max_connections", "60")
            .setServerConfig("shared_buffers", "32MB")
            .setServerConfig("min_wal_size", "32MB")
            .setServerConfig("max_wal_size", "48MB")
            .setServerConfig("autovacuum", "off");
    return port == 0 ? builder.start() : builder.setPort(port).start();
  }

  private @Nullable ProcessHandle postmaster() {
    try (Stream<String> lines = Files.lines(folder.resolve("data/postmaster.pid"))) {
      return lines
          .findFirst()
          .map(String::strip)
          .flatMap(line -> ProcessHandle.of(Long.parseLong(line)))
          .filter(ProcessHandle::isAlive)
          .orElse(null);
    } catch (IOException | UncheckedIOException stopped) {
      return null;
    }
  }

  private void discard() {
    if (isRunning()) {
      stopImmediately();
    }
    if (smallDisk) {
      succeeds("umount", folder.toString());
    }
    FileSystemUtils.deleteRecursively(folder.toFile());
  }

  private static boolean succeeds(String... command) {
    try {
      return new ProcessBuilder(List.of(command))
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException missing) {
      return false;
    } catch (InterruptedException stopped) {
      throw new IllegalStateException(stopped);
    }
  }
}
