package io.clinicsync.tenancy;

import java.io.Serial;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.sql.DataSource;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Refuses to start with a database role that row-level security does not bind [R39]. */
final class DatabaseRoleCheck implements InitializingBean {

  private final DataSource app;
  private final DataSource system;

  DatabaseRoleCheck(DataSource app, DataSource system) {
    this.app = app;
    this.system = system;
  }

  @Override
  public void afterPropertiesSet() {
    List<String> problems = new ArrayList<>();
    problems.addAll(problems("app", JdbcClient.create(app)));
    problems.addAll(problems("system", JdbcClient.create(system)));
    if (!problems.isEmpty()) {
      throw new DatabaseRoleUnsafe(problems);
    }
  }

  private static List<String> problems(String role, JdbcClient jdbc) {
    List<String> problems = new ArrayList<>();
    String setting = "CLINICSYNC_DATABASE_" + role.toUpperCase(Locale.ROOT) + "_USER";
    jdbc.sql(
            "SELECT rolname, rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname = current_user")
        .query(
            row -> {
              String name = row.getString("rolname");
              if (row.getBoolean("rolsuper")) {
                problems.add(
                    setting + " " + name + " is a superuser, which bypasses row-level security");
              } else if (row.getBoolean("rolbypassrls")) {
                problems.add(setting + " " + name + " has BYPASSRLS");
              }
              if (row.getBoolean("rolcreaterole")) {
                problems.add(setting + " " + name + " may create roles and so give itself rights");
              }
            });
    // Membership counts as ownership: a member may switch the row security of its group's tables
    // off.
    List<String> owned =
        jdbc.sql(
                """
                SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE c.relkind IN ('r', 'p', 'v', 'm') AND n.nspname IN ('public', 'app', 'quartz')
                  AND pg_has_role(current_user, c.relowner, 'MEMBER')
                ORDER BY 1 LIMIT 5
                """)
            .query(String.class)
            .list();
    if (!owned.isEmpty()) {
      problems.add(
          setting
              + " owns tables, or is a member of the role that does: "
              + String.join(", ", owned));
    }
    return problems;
  }

  /** Carries the reasons. */
  static final class DatabaseRoleUnsafe extends IllegalStateException {
    @Serial private static final long serialVersionUID = 1L;

    private final transient List<String> problems;

    DatabaseRoleUnsafe(List<String> problems) {
      super("A database role would not be bound by row-level security: " + problems);
      this.problems = problems;
    }
  }

  /** Says it in plain words instead of a stack trace. */
  static final class Analyzer extends AbstractFailureAnalyzer<DatabaseRoleUnsafe> {
    @Override
    protected FailureAnalysis analyze(Throwable root, DatabaseRoleUnsafe cause) {
      return new FailureAnalysis(
          "Clinics would not be isolated from each other with these database roles:\n\n  - "
              + String.join("\n  - ", cause.problems),
          "Create the roles with db/roles.sql, migrate as clinicsync_owner, serve as clinicsync_app,"
              + " sweep as clinicsync_system.",
          cause);
    }
  }
}
