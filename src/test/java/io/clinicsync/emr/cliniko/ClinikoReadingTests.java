package io.clinicsync.emr.cliniko;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.clinicsync.canonical.Appointment;
import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.canonical.EmrRecord;
import io.clinicsync.emr.spi.Credentials;
import io.clinicsync.emr.spi.Cursor;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.emr.spi.Page;
import io.clinicsync.emr.spi.ReadWindow;
import io.clinicsync.emr.spi.RecordSource;
import io.clinicsync.emr.spi.Urgency;
import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class ClinikoReadingTests {

  private static final Instant DAY = Instant.parse("2026-03-10T00:00:00Z");
  private static final EmrAccount ACCOUNT =
      new EmrAccount(
          new UUID(1, 1),
          new ConnectionId(new UUID(1, 2)),
          "api-key",
          URI.create("https://api.au1.cliniko.com"),
          ZoneId.of("Australia/Sydney"),
          "AUD",
          new Credentials(Map.of("apiKey", "invented-au1")),
          Urgency.SYNC);

  private final ScriptedCliniko cliniko = new ScriptedCliniko();
  private final ClinikoApi api = new ClinikoApi(cliniko, "tests@example.org");

  private static Map<String, Object> patient(long id, Instant updated) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("id", Long.toString(700_000_000_000_000_000L + id));
    row.put("first_name", "Ava");
    row.put("last_name", "Reed" + id);
    row.put("created_at", DAY.toString());
    row.put("updated_at", updated.toString());
    return row;
  }

  private static Map<String, Object> booking(String id, Instant updated) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("id", id);
    row.put("starts_at", DAY.plusSeconds(86_400).toString());
    row.put("ends_at", DAY.plusSeconds(90_000).toString());
    row.put("created_at", DAY.toString());
    row.put("updated_at", updated.toString());
    row.put("practitioner", ScriptedCliniko.link("practitioners/5"));
    row.put("appointment_type", ScriptedCliniko.link("appointment_types/6"));
    row.put("business", ScriptedCliniko.link("businesses/7"));
    return row;
  }

  private static Map<String, Object> individual(String id, Instant updated) {
    Map<String, Object> row = booking(id, updated);
    row.put("patient", ScriptedCliniko.link("patients/1"));
    return row;
  }

  private static Map<String, Object> attendee(String id, String booking, Instant updated) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("id", id);
    row.put("booking", ScriptedCliniko.link("bookings/" + booking));
    row.put("patient", ScriptedCliniko.link("patients/1"));
    row.put("created_at", DAY.toString());
    row.put("updated_at", updated.toString());
    return row;
  }

  private <T extends EmrRecord> List<T> all(RecordSource<T> source, ReadWindow window) {
    List<T> records = new ArrayList<>();
    Set<Cursor> seen = new HashSet<>();
    Cursor cursor = null;
    do {
      Page<T> page = source.read(ACCOUNT, window, cursor);
      records.addAll(page.records());
      cursor = page.next();
      assertThat(cursor == null || seen.add(cursor)).as("a cursor never repeats").isTrue();
    } while (cursor != null);
    return records;
  }

  private List<String> ids(List<? extends EmrRecord> records) {
    return records.stream().map(record -> record.ref().id().value()).toList();
  }

  private Set<Object> truth(String table) {
    Set<Object> ids = new HashSet<>();
    cliniko.table(table).forEach(row -> ids.add(row.get("id")));
    return ids;
  }

  @Test
  void everyPatientComesExactlyOnceAcrossPages() {
    for (int i = 0; i < 350; i++) {
      Map<String, Object> row = patient(i, DAY.plusSeconds(i / 3));
      row.put("created_at", DAY.plusSeconds(i / 3).toString());
      cliniko.table("patients").add(row);
    }
    List<String> read = ids(all(new ClinikoPatients(api), new ReadWindow.Everything()));
    assertThat(read).doesNotHaveDuplicates();
    assertThat(Set.copyOf(read)).isEqualTo(truth("patients"));
    assertThat(cliniko.calls()).hasSize(4);
  }

  @Test
  void allPatientsComeInTheOrderOfTheirRegistrationWhateverIsEditedMeanwhile() {
    for (int i = 0; i < 350; i++) {
      Map<String, Object> row = patient(i, DAY.plusSeconds(350 - i));
      row.put("created_at", DAY.plusSeconds(i).toString());
      cliniko.table("patients").add(row);
    }
    cliniko.beforeEachCall(
        () ->
            cliniko
                .table("patients")
                .get(cliniko.calls().size() * 60)
                .put("updated_at", DAY.plusSeconds(4000).toString()));
    List<String> read = ids(all(new ClinikoPatients(api), new ReadWindow.Everything()));
    assertThat(read)
        .isEqualTo(
            cliniko.table("patients").stream().map(row -> String.valueOf(row.get("id"))).toList());
  }

  @Test
  void aBulkEditOfOneSecondIsReadWhole() {
    for (int i = 0; i < 60; i++) {
      cliniko.table("patients").add(patient(i, DAY.plusSeconds(i)));
    }
    for (int i = 60; i < 460; i++) {
      cliniko.table("patients").add(patient(i, DAY.plusSeconds(500)));
    }
    for (int i = 460; i < 480; i++) {
      cliniko.table("patients").add(patient(i, DAY.plusSeconds(600)));
    }
    List<String> read = ids(all(new ClinikoPatients(api), new ReadWindow.ChangedSince(DAY)));
    assertThat(Set.copyOf(read)).isEqualTo(truth("patients"));
  }

  /**
   * Before each call some rows are edited, so that they move to the end of what is being walked.
   */
  @Property(tries = 60)
  void rowsEditedUnderWayAreNeverLost(
      @ForAll @IntRange(min = 1, max = 400) int spread,
      @ForAll @Size(min = 12, max = 12) List<@IntRange(max = 499) Integer> edits) {
    ScriptedCliniko moving = new ScriptedCliniko();
    for (int i = 0; i < 500; i++) {
      moving.table("patients").add(patient(i, DAY.plusSeconds((long) i * spread / 500)));
    }
    int[] call = {0};
    moving.beforeEachCall(
        () -> {
          int at = call[0]++;
          if (at < edits.size()) {
            for (int near = 0; near < 7; near++) {
              Map<String, Object> row = moving.table("patients").get((edits.get(at) + near) % 500);
              row.put("updated_at", DAY.plusSeconds(5000 + at).toString());
            }
          }
        });
    ClinikoPatients source = new ClinikoPatients(new ClinikoApi(moving, "tests@example.org"));
    List<String> read = ids(all(source, new ReadWindow.ChangedSince(DAY)));
    assertThat(new HashSet<>(read)).hasSize(500);
  }

  @Test
  void anUnchangedCycleCostsOneCallPerList() {
    ReadWindow window = new ReadWindow.ChangedSince(DAY);
    all(new ClinikoPatients(api), window);
    all(new ClinikoAppointments(api), window);
    all(new ClinikoInvoices(api), window);
    assertThat(cliniko.calls().stream().map(call -> call.substring(0, call.indexOf('?'))))
        .containsExactly(
            "/v1/patients",
            "/v1/individual_appointments",
            "/v1/group_appointments",
            "/v1/attendees",
            "/v1/invoices");
    assertThat(cliniko.calls().get(1))
        .contains("q[]=updated_at:>=2026-03-10T00:00:00Z")
        .contains("q[]=cancelled_at:*&q[]=archived_at:*&q[]=deleted_at:*");
  }

  @Test
  void anArrivalThatDoesNotTouchTheBookingIsSeen() {
    Map<String, Object> old = individual("901", DAY.minusSeconds(90_000));
    cliniko.table("bookings").add(old);
    cliniko.table("individual_appointments").add(old);
    Map<String, Object> here = attendee("31", "901", DAY.plusSeconds(60));
    here.put("arrived", true);
    cliniko.table("attendees").add(here);
    List<Appointment> read = all(new ClinikoAppointments(api), new ReadWindow.ChangedSince(DAY));
    assertThat(read).hasSize(1);
    assertThat(read.getFirst().ref().id().value()).isEqualTo("901");
    assertThat(read.getFirst().status()).isEqualTo(Appointment.Status.ARRIVED);
    assertThat(read.getFirst().changedAt()).isEqualTo(DAY.plusSeconds(60));
    assertThat(cliniko.calls()).hasSize(4);
  }

  @Test
  void aParticipantRowMadeWithItsBookingCostsNoSecondLook() {
    Instant fresh = DAY.plusSeconds(60);
    cliniko.table("individual_appointments").add(individual("901", fresh));
    cliniko.table("attendees").add(attendee("31", "901", fresh));
    assertThat(ids(all(new ClinikoAppointments(api), new ReadWindow.ChangedSince(DAY))))
        .containsExactly("901");
    assertThat(cliniko.calls()).hasSize(3);
  }

  @Test
  void aParticipantRowYoungerThanOurReadingIsLookedAtAgain() {
    Instant fresh = DAY.plusSeconds(60);
    cliniko.now(DAY.plusSeconds(61));
    Map<String, Object> row = individual("901", fresh);
    cliniko.table("individual_appointments").add(row);
    cliniko.table("bookings").add(row);
    Map<String, Object> missed = attendee("31", "901", DAY.plusSeconds(62));
    missed.put("arrived", false);
    cliniko.table("attendees").add(missed);
    List<Appointment> read = all(new ClinikoAppointments(api), new ReadWindow.ChangedSince(DAY));
    assertThat(read.getLast().status()).isEqualTo(Appointment.Status.NO_SHOW);
  }

  @Test
  void eachParticipantOfAClassIsOneAppointment() {
    Map<String, Object> group = booking("950", DAY.plusSeconds(30));
    group.put("max_attendees", 8);
    group.put("patient_ids", List.of("1"));
    cliniko.table("group_appointments").add(group);
    for (int i = 0; i < 130; i++) {
      cliniko
          .table("attendees")
          .add(attendee(Integer.toString(1000 + i), "950", DAY.minusSeconds(9)));
    }
    List<Appointment> read = all(new ClinikoAppointments(api), new ReadWindow.ChangedSince(DAY));
    assertThat(read).hasSize(130).allMatch(each -> "950".equals(each.booking()));
    assertThat(ids(read)).doesNotHaveDuplicates().allMatch(id -> id.startsWith("attendee-"));
    assertThat(ids(all(new ClinikoAppointments(api), new ReadWindow.Everything()))).hasSize(130);
  }

  @Test
  void onePoisonedRowIsRejectedAloneAndNothingReadableBreaksTheContract() {
    cliniko.table("patients").add(patient(1, DAY));
    Map<String, Map<String, Object>> poison = new HashMap<>();
    for (String kind : List.of("nul", "half", "long", "deep", "heavy", "time")) {
      poison.put(kind, patient(10 + poison.size(), DAY.plusSeconds(1)));
    }
    poison.get("nul").put("last_name", "A\u0000B");
    poison.get("half").put("last_name", "A\uD800");
    poison.get("long").put("first_name", "x".repeat(40_000));
    poison.get("heavy").put("unknown", "x".repeat(1_200_000));
    poison.get("time").put("updated_at", "soon");
    Object nested = List.of();
    for (int i = 0; i < 70; i++) {
      nested = List.of(nested);
    }
    poison.get("deep").put("unknown", nested);
    cliniko.table("patients").addAll(poison.values());
    Page<?> page = new ClinikoPatients(api).read(ACCOUNT, new ReadWindow.Everything(), null);
    assertThat(page.records()).hasSize(1);
    assertThat(page.rejected()).hasSize(6).allMatch(each -> each.id() != null);
    assertThat(page.rejected().toString()).doesNotContain("A\u0000B").doesNotContain("xxxx");
    assertThat(page.changedUpTo()).isEqualTo(DAY.plusSeconds(1));

    cliniko.table("patients").removeIf(row -> row != poison.get("time"));
    assertThatThrownBy(
            () -> new ClinikoPatients(api).read(ACCOUNT, new ReadWindow.Everything(), null))
        .isInstanceOfSatisfying(
            EmrException.class,
            failure -> assertThat(failure.kind()).isEqualTo(EmrException.Kind.CONTRACT_BROKEN));
  }

  @Test
  void aSinglePoisonedRowDoesNotStopTheSource() {
    Map<String, Object> row = patient(1, DAY);
    row.put("last_name", "A\u0000B");
    cliniko.table("patients").add(row);
    Page<?> page = new ClinikoPatients(api).read(ACCOUNT, new ReadWindow.Everything(), null);
    assertThat(page.records()).isEmpty();
    assertThat(page.rejected()).hasSize(1);
  }

  @Test
  void clinicalTextAndUnmappedIdentifiersAreNotKept() {
    Map<String, Object> row = patient(1, DAY);
    row.put("notes", "canary-notes");
    row.put("medicare", "canary-medicare");
    row.put("custom_fields", Map.of("sections", List.of("canary-custom")));
    cliniko.table("patients").add(row);
    Map<String, Object> visit = individual("901", DAY);
    visit.put("notes", "canary-visit");
    visit.put("cancellation_note", "canary-why");
    cliniko.table("individual_appointments").add(visit);
    assertThat(all(new ClinikoPatients(api), new ReadWindow.Everything()).toString())
        .contains("Reed1")
        .doesNotContain("canary");
    assertThat(all(new ClinikoAppointments(api), new ReadWindow.Everything()).toString())
        .contains("patient_id")
        .doesNotContain("canary");
  }

  @Test
  void theShardAtTheEndOfAKeyNamesTheHost() {
    ClinikoConnector connector = new ClinikoConnector(api, Clock.systemUTC());
    assertThat(base(connector, "MS0xYWJj-with-hyphens-uk2"))
        .hasToString("https://api.uk2.cliniko.com");
    assertThat(base(connector, "oldkeywithoutshard")).hasToString("https://api.au1.cliniko.com");
    assertThat(base(connector, "key-evil.example/au1")).hasToString("https://api.au1.cliniko.com");
    assertThatThrownBy(() -> base(connector, "two words-au1")).isInstanceOf(EmrException.class);
  }

  private static URI base(ClinikoConnector connector, String key) {
    return connector.base(
        connector.descriptor().way("api-key"), new Credentials(Map.of("apiKey", key)));
  }

  @Test
  void foreignIdsNeverReachAnAddress() {
    assertThat(
            new ClinikoPatients(api)
                .get(ACCOUNT, io.clinicsync.canonical.EmrRef.patient("../users")))
        .isEmpty();
    assertThat(cliniko.calls()).isEmpty();
  }
}
