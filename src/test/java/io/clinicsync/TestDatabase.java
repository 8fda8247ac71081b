package io.clinicsync;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.flywaydb.core.Flyway;
import org.testcontainers.containers.PostgreSQLContainer;

/**
 * Real PostgreSQL for tests: one server per JVM, migrated once into a template, and a cloned
 * database for whoever asks. {@code -Dtest.database=testcontainers} takes a container instead of
 * the embedded server.
 */
public record TestDatabase(String name, String url, Server server) {

  public static final String PASSWORD = "test";
  private static final AtomicInteger COUNT = new AtomicInteger();
  private static final Server SERVER = Server.start();

  /** A database of one's own, migrated and empty. */
  public static TestDatabase create() {
    return SERVER.database();
  }

  /** The same database for an application that reaches it by another port. */
  public TestDatabase through(int port) {
    return new TestDatabase(name, "jdbc:postgresql://localhost:" + port + "/" + name, server);
  }

  /** The settings that make an application use this database. */
  public Map<String, Object> settings() {
    return Map.of(
        // Quartz keeps its connections in a map of the whole JVM, by the scheduler's name.
        "spring.quartz.properties.org.quartz.scheduler.instanceName",
        "clinicsync-" + name,
        "clinicsync.database.url",
        url,
        "clinicsync.database.owner.user",
        "clinicsync_owner",
        "clinicsync.database.owner.password",
        PASSWORD,
        "clinicsync.database.app.user",
        "clinicsync_app",
        "clinicsync.database.app.password",
        PASSWORD,
        "clinicsync.database.system.user",
        "clinicsync_system",
        "clinicsync.database.system.password",
        PASSWORD,
        "clinicsync.vault.master-keys",
        "test:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
  }

  /** A plain connection as one of the roles: owner, app or system. */
  public Connection connect(String role) throws SQLException {
    return DriverManager.getConnection(url, "clinicsync_" + role, PASSWORD);
  }

  /** A connection that bypasses everything, to look behind the scenes. */
  public Connection connectAsSuperuser() throws SQLException {
    return server.superuser(name);
  }

  /** A PostgreSQL server with the roles and the migrated template. */
  public record Server(String host, int port, String user, String password) {

    /** Prepares an embedded server of somebody's own. */
    public static Server embedded(int port) throws IOException {
      Server server = new Server("localhost", port, "postgres", "postgres");
      server.prepareTemplate();
      return server;
    }

    /** A database of one's own on this server, migrated and empty. */
    public TestDatabase database() {
      String name = "test_" + COUNT.incrementAndGet();
      execute("CREATE DATABASE " + name + " TEMPLATE template_clinicsync OWNER clinicsync_owner");
      return new TestDatabase(name, url(name), this);
    }

    static Server start() {
      try {
        Server server;
        if ("testcontainers".equals(System.getProperty("test.database"))) {
          PostgreSQLContainer<?> container = new PostgreSQLContainer<>("postgres:18");
          container.start();
          server =
              new Server(
                  container.getHost(),
                  container.getMappedPort(5432),
                  container.getUsername(),
                  container.getPassword());
        } else {
          EmbeddedPostgres embedded =
              EmbeddedPostgres.builder()
                  .setServerConfig("max_connections", "300")
                  .setServerConfig("fsync", "off")
                  .setServerConfig("full_page_writes", "off")
                  .setServerConfig("synchronous_commit", "off")
                  .setServerConfig("autovacuum", "off")
                  .start();
          return embedded(embedded.getPort());
        }
        server.prepareTemplate();
        return server;
      } catch (IOException failure) {
        throw new UncheckedIOException(failure);
      }
    }

    private void prepareTemplate() throws IOException {
      try (var roles = TestDatabase.class.getResourceAsStream("/db/roles.sql")) {
        execute(new String(roles.readAllBytes(), StandardCharsets.UTF_8));
      }
      for (String role : List.of("owner", "app", "system")) {
        execute("ALTER ROLE clinicsync_" + role + " PASSWORD '" + PASSWORD + "'");
      }
      execute("CREATE DATABASE template_clinicsync OWNER clinicsync_owner");
      Flyway.configure()
          .dataSource(url("template_clinicsync"), "clinicsync_owner", PASSWORD)
          .locations("classpath:db/migration")
          .load()
          .migrate();
    }

    String url(String database) {
      return "jdbc:postgresql://" + host + ":" + port + "/" + database;
    }

    Connection superuser(String database) throws SQLException {
      return DriverManager.getConnection(url(database), user, password);
    }

    void execute(String sql) {
      try (Connection connection = superuser("postgres");
          Statement statement = connection.createStatement()) {
        statement.execute(sql);
      } catch (SQLException failure) {
        throw new IllegalStateException(failure);
      }
    }
  }
}
