package io.clinicsync.sync;

import java.util.List;

/**
 * Triggers that write down each record that was moved to an older vendor version, and each mark
 * that went back.
 */
final class VersionWatch {

  private static final List<String> TABLES =
      List.of("records_patients", "records_appointments", "records_invoices");

  private VersionWatch() {}

  static void install(SyncTestBed bed) {
    bed.execute(
        """
        CREATE TABLE regressions (tenant_id uuid, tab text, id text, was timestamptz, became timestamptz);
        CREATE FUNCTION watch_versions() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
        BEGIN
          IF NEW.changed_at < OLD.changed_at THEN
            INSERT INTO regressions VALUES (OLD.tenant_id, TG_TABLE_NAME, OLD.id, OLD.changed_at, NEW.changed_at);
          END IF;
          RETURN NEW;
        END $$;
        CREATE FUNCTION watch_marks() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
        BEGIN
          IF NEW.mark < OLD.mark THEN
            INSERT INTO regressions VALUES (OLD.tenant_id, TG_TABLE_NAME, OLD.source, OLD.mark, NEW.mark);
          END IF;
          RETURN NEW;
        END $$;
        CREATE TRIGGER watch BEFORE UPDATE ON sync_checkpoints FOR EACH ROW EXECUTE FUNCTION watch_marks();
        """);
    for (String table : TABLES) {
      bed.execute(
          "CREATE TRIGGER watch BEFORE UPDATE ON "
              + table
              + " FOR EACH ROW EXECUTE FUNCTION watch_versions()");
    }
  }
}
