package io.clinicsync.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.clinicsync.ApplicationTest;
import io.clinicsync.TestDatabase;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.clinics.Connection;
import io.clinicsync.clinics.ConnectionState;
import io.clinicsync.clinics.Connections;
import io.clinicsync.emr.spi.FileIntake.FileKind;
import io.clinicsync.emr.spi.ImportedRows;
import io.clinicsync.emr.spi.Urgency;
import io.clinicsync.imports.AlreadyImported;
import io.clinicsync.imports.ColumnMapping;
import io.clinicsync.imports.Import;
import io.clinicsync.imports.ImportState;
import io.clinicsync.imports.ImportWork;
import io.clinicsync.imports.Imports;
import io.clinicsync.imports.Imports.Upload;
import io.clinicsync.story.StoryBed.Scene;
import io.clinicsync.story.StoryBed.Stage;
import io.clinicsync.sync.RunResult;
import io.clinicsync.sync.RunState;
import io.clinicsync.sync.Syncs;
import io.clinicsync.tenancy.Tenancy;
import java.nio.charset.StandardCharsets;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What becomes of files that clinics hand over, good and bad. */
@ApplicationTest
@org.springframework.context.annotation.Import(StoryBed.class)
@ResourceLock(StoryBed.SANDBOX)
class HandedOverFilesTests {

  private static final String VISITS =
      "Acct#,First Name,Last Name,Visit Date,Visit Time,Visit Type,Provider,Facility,Stage\n";

  @Autowired private Stage stage;
  @Autowired private Imports imports;
  @Autowired private ImportWork work;
  @Autowired private Connections connections;
  @Autowired private Syncs syncs;
  @Autowired private Tenancy tenancy;
  @Autowired private JdbcClient jdbc;
  @Autowired private ImportedRows importedRows;
  @Autowired private TestDatabase database;

  private Scene scene;
  private Connection connection;

  /** A clinic that has handed nothing over yet. */
  private void clinic() {
    scene = stage.scene("promptemr", "exports", 5, 8, Map.of(), false);
    connection = connections.find(scene.clinic(), scene.connection()).orElseThrow();
  }

  private Import handOver(String kind, String text, Instant asOf, boolean complete) {
    return handOver(new Upload(kind, text.getBytes(StandardCharsets.UTF_8), asOf, complete, false));
  }

  private Import handOver(Upload upload) {
    Import taken = imports.take(connection, upload);
    return finished(taken);
  }

  private Import finished(Import taken) {
    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .pollInterval(Duration.ofMillis(20))
        .until(
            () -> {
              work.work(scene.clinic());
              ImportState state = imports.find(connection, taken.id()).orElseThrow().state();
              return state != ImportState.QUEUED && state != ImportState.RUNNING;
            });
    return imports.find(connection, taken.id()).orElseThrow();
  }

  private Instant ago(int minutes) {
    return scene.now().minus(Duration.ofMinutes(minutes));
  }

  private static String visit(int patient, String date, String time) {
    return "100%04d-ABK,Ava%d,Reed,%s,%s,Follow Up,K. Adeyemi,Harbor,Not Checked In\n"
        .formatted(patient, patient, date, time);
  }

  private List<Map<String, Object>> appointments() {
    return tenancy.inClinic(
        scene.clinic(),
        () ->
            jdbc.sql(
                    "SELECT id, starts_at, removed_at, body ->> 'movedFrom' AS moved FROM records_appointments"
                        + " WHERE connection_id = ? ORDER BY starts_at")
                .param(connection.id().value())
                .query()
                .listOfRows());
  }

  private int patients() {
    return tenancy.inClinic(
        scene.clinic(),
        () ->
            jdbc.sql("SELECT count(*) FROM records_patients WHERE connection_id = ?")
                .param(connection.id().value())
                .query(Integer.class)
                .single());
  }

  @Test
  void aConnectionWaitsForItsFirstFile() {
    clinic();
    RunResult waiting = scene.sync();
    assertThat(waiting.state()).isEqualTo(RunState.FAILED);
    assertThat(waiting.code()).isEqualTo("emr_person_needed");
    Connection now = connections.find(scene.clinic(), scene.connection()).orElseThrow();
    assertThat(now.state()).isEqualTo(ConnectionState.ACTION_NEEDED);
    assertThat(now.quietUntilLoaded()).isTrue();
    assertThat(syncs.freshness(connection)).isEmpty();

    handOver("visits", VISITS + visit(1, "3/20/26", "8:10am"), ago(60), true);
    assertThat(scene.sync().state()).isEqualTo(RunState.SUCCEEDED);
    assertThat(patients()).as("the file tells of patients, too").isEqualTo(1);
    assertThat(appointments()).hasSize(1);
    now = connections.find(scene.clinic(), scene.connection()).orElseThrow();
    assertThat(now.state()).isEqualTo(ConnectionState.HEALTHY);
    assertThat(syncs.freshness(connection))
        .hasSize(2)
        .allSatisfy(
            each ->
                assertThat(Duration.between(each.asOf(), ago(60)).abs())
                    .as("fresh as of the export, not of the run")
                    .isLessThan(Duration.ofMinutes(1)));
  }

  @Test
  void aFileWhoseColumnsAreCalledOtherwiseWaitsForAMapping() {
    clinic();
    String text = "Konto,Vorname,Nachname,Geboren\n7-ABK,Jürgen,Müller,09.04.1988\n";
    Import waiting = handOver("patients", text, null, false);
    assertThat(waiting.state()).isEqualTo(ImportState.MAPPING_NEEDED);
    assertThat(waiting.code()).isEqualTo("import_mapping_needed");
    assertThat(imports.headers(connection, waiting.id()))
        .containsExactly("Konto", "Vorname", "Nachname", "Geboren");
    FileKind kind = imports.kinds(connection).getFirst();
    imports.save(
        connection,
        kind,
        new ColumnMapping(
            Map.of(
                "externalId", "konto",
                "firstName", "Vorname",
                "lastName", "Nachname",
                "dob", "Geboren"),
            "dd.MM.yyyy",
            null));
    Import done = finished(waiting);
    assertThat(done.state()).isEqualTo(ImportState.DONE);
    assertThat(imports.headers(connection, waiting.id())).as("its rows are gone").isEmpty();
    scene.sync();
    assertThat(patients()).isEqualTo(1);
  }

  @Test
  void shuffledAndUnknownColumnsDoNoHarm() {
    clinic();
    String text =
        "Last Name,Favourite Colour,DOB,Acct#,First Name\nReed,green,4/9/1988,1-ABK,=Ava()\n";
    assertThat(handOver("patients", text, null, true).state()).isEqualTo(ImportState.DONE);
    scene.sync();
    String name =
        tenancy.inClinic(
            scene.clinic(),
            () ->
                jdbc.sql(
                        "SELECT body #>> '{name,first}' FROM records_patients WHERE connection_id = ?")
                    .param(connection.id().value())
                    .query(String.class)
                    .single());
    assertThat(name).as("a text that looks like a formula is a text").isEqualTo("=Ava()");
  }

  @Test
  void ofAFileMoreThanAFifthOfWhichIsRefusedNothingIsTaken() {
    clinic();
    String text =
        VISITS
            + visit(1, "3/20/26", "8:10am")
            + visit(2, "3/20/26", "9:10am")
            + visit(3, "3/20/26", "10:10am")
            + visit(4, "lately", "8:10am");
    Import failed = handOver("visits", text, null, true);
    assertThat(failed.state()).isEqualTo(ImportState.FAILED);
    assertThat(failed.code()).isEqualTo("import_rows_rejected");
    assertThat(failed.rows()).isEqualTo(4);
    assertThat(failed.rejected()).isEqualTo(1);
    assertThat(failed.flaws())
        .containsExactly(new Import.Flaw(5, "Visit Date", "date_not_understood", true));
    assertThat(scene.sync().code()).as("still nothing").isEqualTo("emr_person_needed");
    // What failed may be tried again, also unchanged.
    assertThat(handOver("visits", text, null, true).state()).isEqualTo(ImportState.FAILED);
  }

  @Test
  void aRefusedRowIsSetApartWhatWeHeldOfItStaysAndTheRestGoesOn() {
    clinic();
    StringBuilder good = new StringBuilder("Acct#,First Name,Last Name,DOB\n");
    for (int i = 0; i < 10; i++) {
      good.append(i).append("-ABK,Ava,Reed,4/9/1988\n");
    }
    handOver("patients", good.toString(), ago(90), true);
    scene.sync();
    String bad =
        good.toString()
            .replace("3-ABK,Ava,Reed,4/9/1988", "3-ABK,Ava,Reed,long ago")
            .replace("4-ABK,Ava,", "4-ABK,Mia,");
    Import done = handOver("patients", bad, ago(30), true);
    assertThat(done.state()).isEqualTo(ImportState.DONE);
    assertThat(done.flaws())
        .containsExactly(new Import.Flaw(5, "DOB", "date_not_understood", true));
    assertThat(done.removed()).as("a row that is there is not absent").isZero();
    RunResult run = scene.sync();
    assertThat(run.rejected()).isEqualTo(1);
    assertThat(run.updated()).isEqualTo(1);
    assertThat(patients()).isEqualTo(10);
  }

  @Test
  void aCompleteFileRemovesWhatItLacksWithinItsSpanAndPairsWhatWasMoved() {
    clinic();
    String first =
        VISITS
            + visit(1, "3/20/26", "8:10am")
            + visit(2, "3/21/26", "9:00am")
            + visit(3, "3/25/26", "9:00am")
            + visit(4, "6/1/26", "9:00am");
    handOver("visits", first, ago(90), true);
    scene.sync();
    String ids = appointments().get(1).get("id").toString();
    // Of the first patient nothing is left, the second was moved, the fourth lies beyond the span.
    String second = VISITS + visit(2, "3/22/26", "9:00am") + visit(3, "3/25/26", "9:00am");
    String withFirst = second + visit(5, "3/19/26", "7:00am");
    Import done = handOver("visits", withFirst, ago(60), true);
    assertThat(done.removed()).isEqualTo(2);
    scene.sync();
    List<Map<String, Object>> now = appointments();
    assertThat(now).hasSize(6);
    assertThat(now).filteredOn(each -> each.get("removed_at") != null).hasSize(2);
    assertThat(now)
        .filteredOn(each -> each.get("moved") != null)
        .singleElement()
        .satisfies(each -> assertThat(each.get("moved").toString()).contains(ids));
    // One that does not claim to be complete removes nothing, and an older one changes nothing.
    assertThat(handOver("visits", VISITS + visit(3, "3/25/26", "9:00am"), ago(50), false).removed())
        .isZero();
    Import old = handOver("visits", first + visit(6, "3/20/26", "1:00pm"), ago(80), true);
    assertThat(old.state()).isEqualTo(ImportState.DONE);
    scene.sync();
    assertThat(appointments())
        .filteredOn(each -> each.get("removed_at") != null)
        .as("what went after it was made stays gone")
        .hasSize(2);
  }

  @Test
  void unusuallyManyRemovalsWaitForAPerson() {
    clinic();
    StringBuilder all = new StringBuilder("Acct#,First Name,Last Name\n");
    for (int i = 0; i < 40; i++) {
      all.append(i).append("-ABK,Ava,Reed\n");
    }
    handOver("patients", all.toString(), ago(90), true);
    String few = "Acct#,First Name,Last Name\n1-ABK,Ava,Reed\n";
    Import braked = handOver("patients", few, ago(60), true);
    assertThat(braked.state()).isEqualTo(ImportState.FAILED);
    assertThat(braked.code()).isEqualTo("import_removals_braked");
    Upload confirmed =
        new Upload("patients", few.getBytes(StandardCharsets.UTF_8), ago(30), true, true);
    assertThat(handOver(confirmed).removed()).isEqualTo(39);
  }

  @Test
  void aLargeFileIsTakenAsAWhole() {
    clinic();
    StringBuilder text =
        new StringBuilder("Acct#,Visit Date,Visit Time,Visit Type,Provider,Stage\n");
    LocalDate day = LocalDate.of(2020, 1, 1);
    for (int i = 0; i < 60_000; i++) {
      text.append(i % 5_000)
          .append("-ABK,")
          .append(day.plusDays(i / 150))
          .append(",8:10am,Follow Up,K. Adeyemi,Checked Out\n");
    }
    byte[] file = text.toString().getBytes(StandardCharsets.UTF_8);
    assertThat(file.length).isLessThan(Imports.MOST_BYTES);
    Import taken = imports.take(connection, new Upload("visits", file, ago(60), true, false));
    Import done = finished(taken);
    assertThat(done.state()).isEqualTo(ImportState.DONE);
    assertThat(done.accepted()).isEqualTo(60_000);
    int rows =
        tenancy.inClinic(
            scene.clinic(),
            () ->
                jdbc.sql("SELECT count(*) FROM imports_rows WHERE connection_id = ?")
                    .param(connection.id().value())
                    .query(Integer.class)
                    .single());
    assertThat(rows).isEqualTo(60_000);
  }

  /** Everything kept of this connection's files between being read and being taken. */
  private int parts() {
    return tenancy.inClinic(
        scene.clinic(),
        () ->
            jdbc.sql(
                    "SELECT count(*) FROM imports_file_parts p JOIN imports_files f ON f.tenant_id = p.tenant_id AND f.id = p.file_id WHERE f.connection_id = ?")
                .param(connection.id().value())
                .query(Integer.class)
                .single());
  }

  /** Rows as they lie in the table: whoever writes one changes what this says. */
  private List<String> versions() {
    return tenancy.inClinic(
        scene.clinic(),
        () ->
            jdbc.sql(
                    "SELECT id || ' ' || xmin || ' ' || position FROM imports_rows WHERE connection_id = ? ORDER BY id")
                .param(connection.id().value())
                .query(String.class)
                .list());
  }

  /** As if what is known had been learnt so long ago that the next run reads no overlap. */
  private void later() {
    tenancy.inClinic(
        scene.clinic(),
        () ->
            jdbc.sql(
                    "UPDATE imports_rows SET learnt_at = learnt_at - interval '10 minutes' WHERE connection_id = ?")
                .param(connection.id().value())
                .update());
  }

  private static String patients(int count, String last) {
    StringBuilder text = new StringBuilder("Acct#,First Name,Last Name\n");
    for (int i = 0; i < count; i++) {
      text.append(1000 + i).append("-ABK,Ava,").append(last).append('\n');
    }
    return text.toString();
  }

  private Import take(String text, Instant asOf) {
    byte[] file = text.getBytes(StandardCharsets.UTF_8);
    return imports.take(connection, new Upload("patients", file, asOf, true, false));
  }

  @Test
  void aSmallFileIsTakenWhileItsSenderWaitsAndNothingOfItIsPutBy() {
    clinic();
    Import taken = take(patients(1_200, "Reed"), ago(60));
    assertThat(taken.state()).isEqualTo(ImportState.DONE);
    assertThat(taken.accepted()).isEqualTo(1_200);
    assertThat(taken.finishedAt()).isNotNull();
    assertThat(parts()).isZero();
    scene.sync();
    assertThat(patients()).isEqualTo(1_200);
  }

  @Test
  void whatASmallFileCannotDoAtOnceIsLeftToTheQueue() {
    clinic();
    String odd = "Konto,Vorname,Nachname\n7-ABK,Ava,Reed\n";
    assertThat(finished(take(odd, ago(90))).state()).isEqualTo(ImportState.MAPPING_NEEDED);
    assertThat(parts()).as("its rows wait").isPositive();
    take(patients(60, "Reed"), ago(60));
    Import braked = finished(take(patients(3, "Reed"), ago(40)));
    assertThat(braked.code()).isEqualTo("import_removals_braked");
    Import refused = finished(take("Acct#,First Name,Last Name\n,Ava,Reed\n", ago(30)));
    assertThat(refused.code()).isEqualTo("import_rows_rejected");
    scene.sync();
    assertThat(patients()).as("nothing was half taken").isEqualTo(60);
  }

  /** Its rows cannot be stored as long as it is being received. */
  @Test
  void whatFailsByOurFaultWhileItsSenderWaitsIsTakenByTheQueue() throws Exception {
    clinic();
    try (java.sql.Connection owner = database.connectAsSuperuser();
        Statement session = owner.createStatement()) {
      session.execute(
          """
          CREATE FUNCTION fails_at_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            IF EXISTS (SELECT FROM imports_files WHERE connection_id = NEW.connection_id AND state = 'RECEIVING') THEN
              RAISE EXCEPTION 'by our fault';
            END IF;
            RETURN NEW;
          END $$;
          CREATE TRIGGER fails_at_once BEFORE INSERT ON imports_rows FOR EACH ROW EXECUTE FUNCTION fails_at_once()
          """);
      try {
        Import waiting = take(patients(40, "Reed"), ago(30));
        assertThat(finished(waiting).state()).isEqualTo(ImportState.DONE);
        assertThat(attempts(waiting)).as("taken by the queue").isEqualTo(1);
      } finally {
        session.execute("DROP FUNCTION fails_at_once() CASCADE");
      }
    }
    assertThat(parts()).isZero();
    scene.sync();
    assertThat(patients()).isEqualTo(40);
  }

  private int attempts(Import file) {
    return tenancy.inClinic(
        scene.clinic(),
        () ->
            jdbc.sql("SELECT attempts FROM imports_files WHERE id = ?")
                .param(file.id())
                .query(Integer.class)
                .single());
  }

  @Test
  void aFileThatComesWhileAnotherIsTakenWaitsForIt() throws Exception {
    clinic();
    Import[] second = new Import[1];
    tenancy.inClinic(
        scene.clinic(),
        () -> {
          // What whoever takes a file of this connection holds.
          jdbc.sql("SELECT true FROM pg_advisory_xact_lock(hashtextextended(?, 40))")
              .param(connection.id().toString())
              .query(Boolean.class)
              .single();
          Thread sender =
              Thread.ofVirtual().start(() -> second[0] = take(patients(3, "Reed"), ago(30)));
          try {
            assertThat(sender.join(Duration.ofSeconds(30)))
                .as("nobody waits for the lock")
                .isTrue();
          } catch (InterruptedException stopped) {
            throw new IllegalStateException(stopped);
          }
          assertThat(second[0].state()).isIn(ImportState.QUEUED, ImportState.RUNNING);
        });
    assertThat(finished(second[0]).state()).isEqualTo(ImportState.DONE);
    scene.sync();
    assertThat(patients()).isEqualTo(3);
  }

  @Test
  void aFileGoesBehindThoseThatStillWait() {
    clinic();
    Import first = take(patients(3, "Reed"), ago(60));
    tenancy.inClinic(
        scene.clinic(),
        () ->
            jdbc.sql("UPDATE imports_files SET state = 'QUEUED' WHERE tenant_id = ? AND id = ?")
                .params(scene.clinic().value(), first.id())
                .update());
    assertThat(take(patients(3, "Ito"), ago(30)).state()).isEqualTo(ImportState.QUEUED);
  }

  @Test
  void anExportThatSaysTheSameWritesNoRowAndIsReadByNoRun() {
    clinic();
    take(patients(400, "Reed"), ago(60));
    later();
    scene.sync();
    List<String> before = versions();
    // As a spreadsheet writes it: other bytes, the same rows.
    Import again = take(patients(400, "Reed") + "\n", ago(10));
    assertThat(again.state()).isEqualTo(ImportState.DONE);
    assertThat(again.accepted()).isEqualTo(400);
    assertThat(versions()).isEqualTo(before);
    assertThat(importedRows.asOf(scene.clinic().value(), connection.id(), RecordKind.PATIENT))
        .as("it is known to be so still")
        .hasValueSatisfying(
            asOf ->
                assertThat(Duration.between(asOf, ago(10)).abs())
                    .isLessThan(Duration.ofMinutes(1)));
    RunResult run = scene.sync();
    assertThat(run.read()).as("a file that was read is not read again").isZero();
    List<String> known = versions();
    String mia = patients(400, "Reed").replace("1007-ABK,Ava", "1007-ABK,Mia");
    take(mia, ago(1));
    assertThat(versions()).filteredOn(each -> !known.contains(each)).hasSize(1);
    RunResult changed = scene.sync();
    assertThat(changed.read()).isEqualTo(1);
    assertThat(changed.updated()).isEqualTo(1);
  }

  private void onANodeAhead(Runnable work) {
    stage.sandbox().clock().advance(Duration.ofHours(1));
    try {
      work.run();
    } finally {
      stage.sandbox().clock().advance(Duration.ofHours(-1));
    }
  }

  @Test
  void whatANodeTakesThatIsBehindIsReadAfterARunOfOneThatIsAhead() {
    clinic();
    onANodeAhead(
        () -> {
          take(patients(20, "Reed"), ago(180));
          scene.sync();
        });
    take(patients(20, "Ito"), ago(60));
    assertThat(scene.sync().updated()).isEqualTo(20);
  }

  @Test
  void aFileThatDoesNotSayOfWhenItIsIsNewerThanThoseBeforeItOfWhateverKind() {
    clinic();
    // It tells of patients, too; the clock of who exported it is four minutes ahead.
    Instant ahead = Instant.now().plus(Duration.ofMinutes(4));
    handOver("visits", VISITS + visit(1, "3/20/26", "8:10am"), ahead, false);
    take("Acct#,First Name,Last Name\n1000001-ABK,Ava1,Ito\n", null);
    scene.sync();
    assertThat(scene.crmTruth().toString()).contains("Ito").doesNotContain("Reed");
  }

  @Test
  void aFileWithFewerColumnsThatSaysTheSameWritesNoRow() {
    clinic();
    take("Acct#,First Name,Last Name,Email\n1-ABK,Ava,Reed,ava@example.test\n", ago(60));
    List<String> before = versions();
    take("Acct#,First Name,Last Name\n1-ABK,Ava,Reed\n", ago(30));
    assertThat(versions()).as("what it does not speak of stays").isEqualTo(before);
    take("Acct#,First Name,Last Name,Email\n1-ABK,Ava,Reed,\n", ago(10));
    assertThat(versions()).as("what it shows to be blank goes").isNotEqualTo(before);
  }

  @Test
  void whatIsCompleteIsNotSaidWhileAFileIsOnItsWay() {
    clinic();
    take(patients(3, "Reed"), ago(60));
    assertThat(complete()).isTrue();
    for (String state : List.of("RECEIVING", "RUNNING")) {
      String other =
          "UPDATE imports_files SET state = ?, claimed_until = clock_timestamp() + interval '1 hour' WHERE tenant_id = ?";
      tenancy.inClinic(
          scene.clinic(), () -> jdbc.sql(other).params(state, scene.clinic().value()).update());
      assertThat(complete()).as(state).isFalse();
    }
  }

  private boolean complete() {
    return importedRows
        .read(
            connections.account(scene.clinic(), connection.id(), Urgency.SYNC),
            RecordKind.PATIENT,
            null,
            0,
            10)
        .complete();
  }

  @Test
  void whatWasSaidBeforeMayBeSaidAgain() {
    clinic();
    String reed = patients(2, "Reed");
    take(reed, ago(60));
    take(patients(2, "Ito"), ago(40));
    Import back = take(reed, ago(20));
    assertThat(finished(back).state()).isEqualTo(ImportState.DONE);
    scene.sync();
    assertThat(scene.crmTruth().toString()).contains("Reed").doesNotContain("Ito");
  }

  @Test
  void anEarlierFileWithoutItsMomentTakesNothingBack() {
    clinic();
    String reed = patients(2, "Reed");
    Import first = take(reed, ago(60));
    take(patients(2, "Ito"), ago(40));
    assertThatThrownBy(() -> handOver("patients", reed, null, true))
        .isInstanceOfSatisfying(
            AlreadyImported.class, again -> assertThat(again.id()).isEqualTo(first.id()));
    scene.sync();
    assertThat(scene.crmTruth().toString()).contains("Ito").doesNotContain("Reed");
  }

  @Test
  void theSameBytesAreTakenOnce() {
    clinic();
    String text = "Acct#,First Name,Last Name\n1-ABK,Ava,Reed\n";
    Import first = handOver("patients", text, ago(60), true);
    assertThatThrownBy(() -> handOver("patients", text, ago(30), true))
        .isInstanceOfSatisfying(
            AlreadyImported.class, again -> assertThat(again.id()).isEqualTo(first.id()));
  }

  @Test
  void noSocialSecurityNumberAndNoNoteIsStoredOrLogged() {
    clinic();
    Logger logger = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    ListAppender<ILoggingEvent> seen = new ListAppender<>();
    seen.start();
    Level before = logger.getLevel();
    logger.addAppender(seen);
    try {
      String text =
          "Acct#,First Name,Last Name,SSN,Notes,Memo,DOB\n"
              + "1-ABK,Canarina,Reed,900-12-3456,canarynote,900-12-3457,4/9/1988\n"
              + "2-ABK,Canarina,Reed,900123458,canarynote,,soon\n"
              + "3-ABK,Ava,Reed,,,,\n4-ABK,Ava,Reed,,,,\n5-ABK,Ava,Reed,,,,\n6-ABK,Ava,Reed,,,,\n";
      assertThat(handOver("patients", text, null, true).state()).isEqualTo(ImportState.DONE);
      scene.sync();
    } finally {
      logger.detachAppender(seen);
      logger.setLevel(before);
    }
    assertThat(tablesWith("Canarina")).as("what is kept is found").contains("records_patients");
    for (String canary : List.of("900-12-3456", "900-12-3457", "900123458", "canarynote")) {
      assertThat(tablesWith(canary)).as(canary).isEmpty();
      assertThat(seen.list).noneMatch(event -> event.getFormattedMessage().contains(canary));
    }
    assertThat(seen.list).noneMatch(event -> event.getFormattedMessage().contains("Canarina"));
    assertThat(scene.crmTruth().toString()).contains("Canarina").doesNotContain("900-12");
  }

  private List<String> tablesWith(String text) {
    return tables().stream()
        .filter(
            table ->
                tenancy.inClinic(
                    scene.clinic(),
                    () ->
                        jdbc.sql("SELECT EXISTS (SELECT FROM " + table + " t WHERE t::text LIKE ?)")
                            .param("%" + text + "%")
                            .query(Boolean.class)
                            .single()))
        .toList();
  }

  private List<String> tables() {
    return tenancy.inClinic(
        scene.clinic(),
        () ->
            jdbc.sql(
                    "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'"
                        + " WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace")
                .query(String.class)
                .list());
  }
}
