package io.clinicsync.emr.pteverywhere;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.clinicsync.canonical.Appointment;
import io.clinicsync.canonical.Appointment.Status;
import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.canonical.EmrRecord;
import io.clinicsync.canonical.Patient;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.canonical.TimeRange;
import io.clinicsync.emr.spi.AppointmentSource;
import io.clinicsync.emr.spi.Capability;
import io.clinicsync.emr.spi.ChangeListener;
import io.clinicsync.emr.spi.ConnectionCheck;
import io.clinicsync.emr.spi.Credentials;
import io.clinicsync.emr.spi.Cursor;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.emr.spi.IncomingCall;
import io.clinicsync.emr.spi.Page;
import io.clinicsync.emr.spi.PatientSource;
import io.clinicsync.emr.spi.ReadWindow;
import io.clinicsync.emr.spi.RecordSource;
import io.clinicsync.emr.spi.Urgency;
import io.clinicsync.emr.tck.InMemorySessions;
import io.clinicsync.emr.wire.Entry;
import io.clinicsync.http.HttpCall;
import io.clinicsync.http.OutboundHttp;
import io.clinicsync.http.TestHttp;
import io.clinicsync.sandbox.pteverywhere.PtEverywhereHooks;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** PtEverywhere's traps, besides what every connector must hold. */
class PtEverywhereReadingTests {

  private static final String SECRET = "0123456789abcdef0123456789abcdef";
  private static final ReadWindow EVERYTHING = new ReadWindow.Everything();

  private final SimulatedPtEverywhere vendor = new SimulatedPtEverywhere();
  private final List<HttpCall> calls = new CopyOnWriteArrayList<>();
  private SimulatedPtEverywhere.Account clinic;
  private TestHttp http;
  private PtEverywhereConnector connector;

  @BeforeEach
  void start() {
    clinic = vendor.open("Shore", 230);
    http = new TestHttp(vendor.clock(), vendor::pass);
    OutboundHttp noted =
        call -> {
          calls.add(call);
          return http.send(call);
        };
    connector = new PtEverywhereConnector(noted, new InMemorySessions(), vendor.clock());
  }

  @AfterEach
  void stop() {
    http.close();
    vendor.close();
  }

  private EmrAccount account() {
    return account(clinic.typed());
  }

  private EmrAccount account(Map<String, String> typed) {
    return new EmrAccount(
        new UUID(1, 1),
        new ConnectionId(new UUID(2, 1)),
        PtEverywhereConnector.WAY,
        URI.create(vendor.origin() + vendor.path()),
        SimulatedPtEverywhere.ZONE,
        "USD",
        new Credentials(typed),
        Urgency.SYNC);
  }

  private <C extends Capability> C capability(Class<C> type) {
    return connector.capabilities(account()).stream()
        .filter(type::isInstance)
        .map(type::cast)
        .findFirst()
        .orElseThrow();
  }

  private <T extends EmrRecord> List<String> ids(RecordSource<T> source, ReadWindow window) {
    List<String> ids = new ArrayList<>();
    Cursor cursor = null;
    do {
      Page<T> page = source.read(account(), window, cursor);
      page.records().forEach(record -> ids.add(record.ref().id().value()));
      cursor = page.next();
    } while (cursor != null);
    return ids;
  }

  private void flip(String name, String value) {
    try {
      clinic
          .clinic()
          .edit(
              new ObjectMapper()
                  .readTree(
                      "{\"edit\":\"switch\",\"name\":\"%s\",\"value\":%s}".formatted(name, value)));
    } catch (JsonProcessingException impossible) {
      throw new AssertionError(impossible);
    }
  }

  private long sent(String operation) {
    return calls.stream().filter(call -> call.operation().equals(operation)).count();
  }

  @ParameterizedTest
  @ValueSource(strings = {"docs", "data", "items", ""})
  void listsWithoutTotalsThatRepeatTheirLastPageEndAllTheSame(String key) {
    flip("noPaging", "true");
    flip("repeatLast", "true");
    flip("listKey", "\"" + key + "\"");
    assertThat(ids(capability(PatientSource.class), EVERYTHING))
        .doesNotHaveDuplicates()
        .hasSameElementsAs(clinic.ids(RecordKind.PATIENT));
    assertThat(ids(capability(AppointmentSource.class), EVERYTHING))
        .doesNotHaveDuplicates()
        .hasSameElementsAs(clinic.ids(RecordKind.APPOINTMENT));
  }

  @ParameterizedTest
  @ValueSource(strings = {"false", "true"})
  void aWindowHoldsItsMomentsWhateverZoneTheReportMeans(String utc) {
    flip("utcDates", utc);
    AppointmentSource source = capability(AppointmentSource.class);
    Map<String, Instant> starts = clinic.starts();
    // Nine in the evening there, but the next day in UTC.
    Instant evening = Instant.parse("2026-06-06T01:00:00Z");
    clinic.clinic().edits().move(starts.keySet().iterator().next(), evening);
    for (TimeRange range :
        List.of(
            new TimeRange(evening, evening.plus(Duration.ofHours(2))),
            new TimeRange(evening.minus(Duration.ofDays(200)), evening))) {
      Set<String> expected = new HashSet<>();
      clinic
          .starts()
          .forEach(
              (id, start) -> {
                if (range.contains(start)) {
                  expected.add(id);
                }
              });
      assertThat(expected).isNotEmpty();
      assertThat(ids(source, new ReadWindow.StartingIn(range)))
          .doesNotHaveDuplicates()
          .hasSameElementsAs(expected);
    }
  }

  @Test
  void oldHistoryBehindAGapIsRead() {
    String id = clinic.starts().keySet().iterator().next();
    clinic.clinic().edits().move(id, Instant.parse("2017-02-03T15:00:00Z"));
    assertThat(ids(capability(AppointmentSource.class), EVERYTHING))
        .hasSameElementsAs(clinic.ids(RecordKind.APPOINTMENT));
    assertThat(
            capability(AppointmentSource.class)
                .get(account(), io.clinicsync.canonical.EmrRef.appointment(id)))
        .map(Appointment::startsAt)
        .contains(Instant.parse("2017-02-03T15:00:00Z"));
  }

  @Test
  void theReportsAreWalkedOnceForAFullReadAndSayWhatTheMasterDataDoesNot() {
    List<Patient> all = new ArrayList<>();
    PatientSource source = capability(PatientSource.class);
    Cursor cursor = null;
    do {
      Page<Patient> page = source.read(account(), EVERYTHING, cursor);
      all.addAll(page.records());
      cursor = page.next();
    } while (cursor != null);
    assertThat(sent("pteverywhere.patients.list")).isEqualTo(2);
    assertThat(sent("pteverywhere.report.patient")).isEqualTo(2);
    assertThat(sent("pteverywhere.report.demographics")).isEqualTo(2);
    Patient known =
        all.stream()
            .filter(
                each -> each.extras().keySet().containsAll(Set.of("tertiaryPayer", "lastSeenBy")))
            .findFirst()
            .orElseThrow();
    assertThat(known.extras())
        .containsEntry("primaryPayer", "Northway PPO")
        .containsEntry("secondaryPayer", "Harbor Mutual")
        .containsEntry("tertiaryPayer", "State Fund")
        .containsKeys("totalRevenue", "totalCollected", "firstAppointment");
    assertThat(known.source()).contains("\"totalRevenue\":").contains("\"lastSeenBy\":");
    assertThat(all).anyMatch(each -> each.extras().containsKey("activeCases"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1200 | 1200",
        "1200.5 | 1200.5",
        "'\"$1,200.00\"' | 1200.00",
        "'\"-$20.00\"' | -20.00",
        "'\"($20.00)\"' | -20.00",
        "'\"120.00 USD\"' | 120.00",
        "'\"-\"' |",
        "'\"\"' |",
        "null |"
      })
  void moneyIsReadHoweverItIsWritten(String json, String amount) throws JsonProcessingException {
    Entry entry =
        new Entry(new ObjectMapper().readTree("{\"charges\":" + json + "}"), false, false);
    if (amount == null) {
      assertThat(PtEverywhereMapper.amount(entry, "charges")).isNull();
    } else {
      assertThat(PtEverywhereMapper.amount(entry, "charges")).isEqualByComparingTo(amount);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "Scheduled, , BOOKED",
    "RESCHEDULED, , BOOKED",
    "Booked, , BOOKED",
    "Confirmed, , CONFIRMED",
    "Completed, , ARRIVED",
    "Checked Out, , ARRIVED",
    "checked-in, , ARRIVED",
    "No Show, , NO_SHOW",
    "NoShow, , NO_SHOW",
    "Cancelled, , CANCELLED",
    "Late Cancel, , CANCELLED",
    "Scheduled, Called, CANCELLED",
    "Unconfirmed, , UNKNOWN",
    "Perhaps, , UNKNOWN",
    ", , UNKNOWN"
  })
  void everyStatusWordIsUnderstoodOrUnknown(String word, String notice, Status status) {
    assertThat(PtEverywhereMapper.status(word, notice)).isEqualTo(status);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "access_token",
        "accessToken",
        "token",
        "id_token",
        "data.token",
        "data.access_token",
        "data.accessToken"
      })
  void theTokenIsFoundWhereverItStandsAndGoesAsItIs(String key) {
    flip("tokenKey", "\"" + key + "\"");
    assertThat(connector.check(account())).isInstanceOf(ConnectionCheck.Works.class);
    assertThat(calls.getLast().headers().get("Authorization")).doesNotContain(" ");
  }

  @Test
  void aWrongPasswordToldWithSuccessIsAWrongPassword() {
    flip("errorAs200", "true");
    Map<String, String> wrong = clinic.typed();
    wrong.put(PtEverywhereTokens.PASSWORD, "not-the-right-one");
    assertThat(connector.check(account(wrong)))
        .isInstanceOfSatisfying(
            ConnectionCheck.Fails.class,
            fails -> assertThat(fails.kind()).isEqualTo(EmrException.Kind.CREDENTIALS_REJECTED));
  }

  @Test
  void tokensThatEndEarlyAreRenewedAndOthersAfter55Minutes() {
    flip("callsPerToken", "3");
    assertThat(ids(capability(PatientSource.class), EVERYTHING))
        .hasSameElementsAs(clinic.ids(RecordKind.PATIENT));
    assertThat(sent("pteverywhere.token")).isEqualTo(2);
    flip("callsPerToken", "0");
    vendor.pass(Duration.ofMinutes(56));
    connector.check(account());
    assertThat(sent("pteverywhere.token")).isEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void noticesOfEveryModeLeadToTheDayOfTheirAppointment(int mode) {
    Instant late = Instant.parse("2026-06-06T02:30:00Z");
    String id = clinic.starts().keySet().iterator().next();
    clinic.clinic().edits().move(id, late);
    IncomingCall call =
        clinic.call(
            new PtEverywhereHooks(clinic.clinic())
                .signed(id, clinic.typed().get(PtEverywhereWebhooks.SECRET), mode));
    ChangeListener.Heard.Changed heard =
        (ChangeListener.Heard.Changed) capability(ChangeListener.class).hear(account(), call);
    LocalDate day = LocalDate.of(2026, 6, 5);
    assertThat(heard.what())
        .containsExactly(
            new ChangeListener.ReRead.Span(
                RecordKind.APPOINTMENT,
                new TimeRange(
                    day.atStartOfDay(SimulatedPtEverywhere.ZONE).toInstant(),
                    day.plusDays(1).atStartOfDay(SimulatedPtEverywhere.ZONE).toInstant())));
  }

  /** The vendor page's own vector. */
  @Test
  void theKnownNoticeIsUnderstood() {
    byte[] body =
        ("{\"data\":\"fPpiwIPr2gsP90O2/VNAXBMvdq2yVE90HHdcS+OTP14MrbwHD+JiXN700ACskyUK"
                + "30KAwThWGV8Nt3z52WhAvA==\"}")
            .getBytes(StandardCharsets.UTF_8);
    assertThat(
            PtEverywhereCipher.open(
                new String(body, StandardCharsets.UTF_8).substring(9, 97), SECRET))
        .contains("{\"_id\":\"66f0c0ffee00000000000001\",\"Status\":\"Scheduled\"}");
    String signature = "sha256=ec32185a5b0be5773e77d61da9623b07a5c4d1d5427e2a9c7f06b46fe3e538d8";
    EmrAccount account = account(Map.of(PtEverywhereWebhooks.SECRET, SECRET));
    assertThat(
            capability(ChangeListener.class)
                .hear(
                    account, clinic.heard(Map.of("x-hub-signature-256", List.of(signature)), body)))
        .isInstanceOf(ChangeListener.Heard.Changed.class);
  }
}
