package io.clinicsync.demo;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The developer's PostgreSQL: real binaries, started with the application and kept in the data
 * folder.
 */
final class LocalDatabase implements AutoCloseable {

  static final String PASSWORD = "local";

  private final EmbeddedPostgres server;
  private final FileChannel folderLock;

  private LocalDatabase(EmbeddedPostgres server, FileChannel folderLock) {
    this.server = server;
    this.folderLock = folderLock;
  }

  /**
   * Starts the server on this folder; a server that a killed run left behind is stopped first,
   * without losing data.
   */
  static LocalDatabase start(Path folder) {
    try {
      Path data = folder.resolve("postgres");
      Files.createDirectories(folder);
      FileChannel lock = lock(folder);
      stopLeftover(data);
      EmbeddedPostgres server =
          EmbeddedPostgres.builder()
              .setDataDirectory(data)
              .setCleanDataDirectory(false)
              // It would stop the server while the application still closes its connections.
              .setRegisterShutdownHook(false)
              .setPGStartupWait(Duration.ofSeconds(60))
              // The library says off, and commits of the last moment would be lost with a killed
              // server.
              .setServerConfig("synchronous_commit", "on")
              .setServerConfig("max_connections", "100")
              .setServerConfig("shared_buffers", "128MB")
              .setServerConfig("max_wal_size", "2GB")
              .start();
      LocalDatabase database = new LocalDatabase(server, lock);
      database.prepare();
      return database;
    } catch (IOException failure) {
      throw new UncheckedIOException(
          "The local database could not be started in " + folder, failure);
    } catch (SQLException failure) {
      throw new IllegalStateException("The local database could not be prepared", failure);
    }
  }

  String url() {
    return "jdbc:postgresql://localhost:" + server.getPort() + "/clinicsync";
  }

  private void prepare() throws SQLException, IOException {
    try (Connection connection = server.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(resource("/db/roles.sql"));
      for (String role : List.of("clinicsync_owner", "clinicsync_app", "clinicsync_system")) {
        statement.execute("ALTER ROLE " + role + " PASSWORD '" + PASSWORD + "'");
      }
      boolean exists;
      try (var found =
          statement.executeQuery("SELECT FROM pg_database WHERE datname = 'clinicsync'")) {
        exists = found.next();
      }
      if (!exists) {
        statement.execute("CREATE DATABASE clinicsync OWNER clinicsync_owner");
      }
    }
  }

  /**
   * Held until the process ends, however it ends: a server whose folder can be locked is nobody's.
   */
  private static FileChannel lock(Path folder) throws IOException {
    FileChannel channel =
        FileChannel.open(
            folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    if (channel.tryLock() == null) {
      channel.close();
      throw new IOException(
          "Another ClinicSync is running on "
              + folder
              + "; set CLINICSYNC_DATA to use a second one");
    }
    return channel;
  }

  private static void stopLeftover(Path data) throws IOException {
    Path pidFile = data.resolve("postmaster.pid");
    if (!Files.exists(pidFile)) {
      return;
    }
    List<String> lines = Files.readAllLines(pidFile, StandardCharsets.UTF_8);
    Optional<ProcessHandle> leftover =
        lines.isEmpty()
            ? Optional.empty()
            : ProcessHandle.of(Long.parseLong(lines.getFirst().strip()));
    if (leftover.isEmpty()) {
      return;
    }
    if (!isPostgres(leftover.get())) {
      // The number was given to another process meanwhile; PostgreSQL would take that for a server.
      Files.delete(pidFile);
      return;
    }
    // SIGTERM lets it finish and write its checkpoint; its clients died with the killed
    // application.
    leftover.get().destroy();
    try {
      leftover.get().onExit().get(30, TimeUnit.SECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException stuck) {
      throw new IOException(
          "A database of an earlier run still holds " + data + " and does not stop", stuck);
    }
  }

  private static boolean isPostgres(ProcessHandle process) {
    return process.info().command().map(command -> command.contains("postgres")).orElse(false);
  }

  private static String resource(String name) throws IOException {
    try (var stream = LocalDatabase.class.getResourceAsStream(name)) {
      if (stream == null) {
        throw new IOException("Missing on the classpath: " + name);
      }
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    folderLock.close();
  }
}
