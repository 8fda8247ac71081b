package io.clinicsync.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The developer's database survives a killed application. */
class LocalDatabaseTests {

  @TempDir private Path folder;

  /** Started as a process of its own: writes one row and waits to be killed. */
  static final class Killed {
    public static void main(String[] args) throws Exception {
      LocalDatabase database = LocalDatabase.start(Path.of(args[0]));
      try (Connection connection = connect(database);
          Statement statement = connection.createStatement()) {
        statement.execute("CREATE TABLE IF NOT EXISTS kept (n int)");
        statement.execute("INSERT INTO kept VALUES (1)");
        System.out.println("written");
        Thread.currentThread().join();
      }
    }
  }

  private static Connection connect(LocalDatabase database) throws SQLException {
    return DriverManager.getConnection(database.url(), "clinicsync_owner", LocalDatabase.PASSWORD);
  }

  private void writeAndBeKilled() throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-cp",
                System.getProperty("java.class.path"),
                Killed.class.getName(),
                folder.toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      assertThat(lines.lines().anyMatch("written"::equals)).isTrue();
    } finally {
      process.destroyForcibly();
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    }
  }

  private ProcessHandle leftover() throws IOException {
    String pid = Files.readAllLines(folder.resolve("postgres/postmaster.pid")).getFirst().strip();
    return ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
  }

  @Test
  void aServerLeftByAKilledRunIsStoppedAndNothingIsLost() throws Exception {
    writeAndBeKilled();
    ProcessHandle first = leftover();
    assertThat(first.isAlive()).isTrue();
    writeAndBeKilled();
    assertThat(first.isAlive()).isFalse();
    ProcessHandle second = leftover();
    try (LocalDatabase database = LocalDatabase.start(folder);
        Connection connection = connect(database);
        Statement statement = connection.createStatement();
        var rows = statement.executeQuery("SELECT count(*) FROM kept")) {
      assertThat(second.isAlive()).isFalse();
      rows.next();
      assertThat(rows.getInt(1)).isEqualTo(2);
    }
    assertThat(folder.resolve("postgres/postmaster.pid")).doesNotExist();
  }

  @Test
  void aNumberThatBelongsToAnotherProcessByNowIsNotStopped() throws Exception {
    LocalDatabase.start(folder).close();
    Path pidFile = folder.resolve("postgres/postmaster.pid");
    Files.writeString(pidFile, ProcessHandle.current().pid() + "\n" + folder + "\n");
    LocalDatabase.start(folder).close();
    assertThat(pidFile).doesNotExist();
  }

  @Test
  void aFolderInUseIsRefusedWithAnAdvice() throws Exception {
    try (LocalDatabase database = LocalDatabase.start(folder)) {
      assertThat(database.url()).isNotEmpty();
      assertThatThrownBy(() -> LocalDatabase.start(folder)).isNotNull();
    }
  }
}
