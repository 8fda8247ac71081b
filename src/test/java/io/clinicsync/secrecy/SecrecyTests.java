package io.clinicsync.secrecy;

import static org.assertj.core.api.Assertions.assertThat;

import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.sandbox.SandboxClock;
import io.clinicsync.sandbox.SandboxServer;
import io.clinicsync.sandbox.server.EmrSimulator;
import io.clinicsync.sandbox.server.SimulatedClinic;
import io.clinicsync.sandbox.world.Canaries;
import io.clinicsync.sandbox.world.ClinicWorld;
import io.clinicsync.sandbox.world.Person;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import jdk.jfr.FlightRecorder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** The watch over the whole run sees what it must, wherever it is said. */
class SecrecyTests {

  private static final Instant NOW = Instant.parse("2026-06-10T00:00:00Z");

  private final CanaryDetector detector = new CanaryDetector();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Australia/Sydney",
        "America/New_York",
        "America/Vancouver",
        "Europe/London",
        "Pacific/Auckland"
      })
  void everyWorldHasPeopleOfWhomEachTraitIsRecognised(String zone) {
    List<Person> canaries =
        ClinicWorld.of(5, 130, ZoneId.of(zone), NOW).persons().stream()
            .filter(each -> each.lastName().contains(Canaries.LAST))
            .toList();
    assertThat(canaries).hasSizeGreaterThanOrEqualTo(3);
    for (Person each : canaries) {
      assertThat(List.of("Hello " + each.firstName(), each.lastName().toUpperCase(), each.email()))
          .allMatch(text -> detector.in(text).isPresent());
      String written = each.phones().getFirst().typed();
      String digits = each.phones().getFirst().digits();
      for (String phone :
          List.of(written, digits, "+" + digits, "%2B" + digits, "tel=" + digits + "&x=1")) {
        assertThat(detector.in(phone)).as(phone).isPresent();
      }
      int day = each.birthDate().getDayOfMonth();
      int month = each.birthDate().getMonthValue();
      for (String date :
          List.of(
              each.birthDate().toString(),
              each.birthDate() + "T00:00:00Z",
              each.birthDate().toString().replace("-", ""),
              day + "/" + month + "/1913",
              month + "/" + day + "/1913")) {
        assertThat(detector.in("dob=" + date)).as(date).isPresent();
      }
    }
  }

  @Test
  void nothingElseIsTakenForACanary() {
    for (String text :
        List.of(
            "Nothing to see",
            "patient 491570123456789012 of run 7",
            "took 1913 ms",
            "b4d9e1a2-1913-4c6d-8e57-0491572345af",
            "c3fd2460-1913-43e0-8c39-6f858c63df8e",
            "b4d9e1a2-0c3d-4c6d-8e57-191343ef0123",
            "req_3f191304e7d118cb103f819",
            "staff1@clinic.example.com",
            "GET /v1/patients?page=3&q[]=updated_at:>=2026-06-10T00:00:00Z")) {
      assertThat(detector.in(text)).as(text).isEmpty();
    }
  }

  @Test
  void aSecretIsRecognisedWhereverItStandsInBase64() {
    for (String before : List.of("", "a", "ab", "abc", "key:")) {
      String basic =
          Base64.getEncoder()
              .encodeToString((before + Canaries.SECRET + "-1").getBytes(StandardCharsets.UTF_8));
      assertThat(detector.in("Basic " + basic)).as(before).isPresent();
    }
  }

  @Test
  void everySimulatorsSecretsCarryTheMark() {
    try (SandboxServer sandbox = SandboxServer.start(0, new SandboxClock(), 1)) {
      assertThat(sandbox.emrs()).hasSizeGreaterThanOrEqualTo(7);
      for (EmrSimulator emr : sandbox.emrs()) {
        SimulatedClinic clinic =
            emr.open(new EmrSimulator.Opening("Marks", 1, 8, emr.home().zone(), NOW));
        // What is typed to hand files over is no secret.
        (emr.id().equals("promptemr")
                ? Map.<String, Map<String, String>>of()
                : clinic.credentials())
            .forEach(
                (way, typed) ->
                    assertThat(
                            typed.values().stream().anyMatch(each -> detector.in(each).isPresent()))
                        .as(emr.id() + ", " + way)
                        .isTrue());
        assertThat(clinic.truth()).as(emr.id()).contains(Canaries.LAST);
      }
      String token = sandbox.ghlLocation("Marks", "AU", ZoneId.of("Australia/Sydney")).secret();
      assertThat(detector.in(token)).isPresent();
    }
  }

  @Test
  void whatIsFoundIsReportedOnce() {
    SecrecyWatch watch = new SecrecyWatch();
    watch.look("here", "all is well");
    assertThat(watch.take()).isEmpty();
    watch.look("here", "Linnet called");
    watch.look("here", "Linnet called again");
    watch.look("there", new IllegalStateException("x", new IllegalArgumentException("1913-02-03")));
    assertThat(watch.take())
        .hasSize(2)
        .anyMatch(each -> each.startsWith("here on ") && each.contains("…Linnet called…"))
        .anyMatch(each -> each.startsWith("there, java.lang.IllegalArgumentException on "));
    assertThat(watch.take()).isEmpty();
  }

  @Test
  void everyLogCallOfOursIsSeenAndEveryLineOfOthers() throws Exception {
    String word = "expected-" + UUID.randomUUID();
    Set<String> seen = SecrecyWatch.WHOLE_RUN.expect(word);
    LogTap.during(
        () -> {
          LoggerFactory.getLogger("io.clinicsync.quiet").trace("{} Linnet", word);
          LoggerFactory.getLogger("io.clinicsync.failing")
              .debug("x", new IllegalStateException(word + " Linnet"));
          LoggerFactory.getLogger("org.other").trace("{} Linnet", word);
          LoggerFactory.getLogger("org.loud").error("{} Linnet", word);
          LoggerFactory.getLogger("org.deep")
              .error(
                  "x",
                  new IllegalStateException("y", new IllegalArgumentException(word + " Linnet")));
          MDC.put("who", word + " Linnet");
          LoggerFactory.getLogger("org.context").error("x");
          MDC.remove("who");
        });
    assertThat(seen)
        .containsExactlyInAnyOrder(
            "the log of io.clinicsync.quiet",
            "the log of io.clinicsync.failing, java.lang.IllegalStateException",
            "the log of org.loud",
            "the log of org.deep, java.lang.IllegalArgumentException",
            "the log of org.context, MDC who");
  }

  @Test
  void aMetersLabelsAreSeen() {
    String word = "expected-" + UUID.randomUUID();
    Set<String> seen = SecrecyWatch.WHOLE_RUN.expect(word);
    SecrecyInitializer.watched(new SimpleMeterRegistry()).counter("calls", "who", word + "Linnet");
    assertThat(seen).containsExactly("the meter calls");
  }

  @Test
  void aRequestLineIsSeen() throws Exception {
    String word = "expected-" + UUID.randomUUID();
    Set<String> seen = SecrecyWatch.WHOLE_RUN.expect(word);
    try (SandboxServer sandbox = SandboxServer.start(0, new SandboxClock(), 1);
        HttpClient http = HttpClient.newHttpClient()) {
      URI uri = URI.create(sandbox.emrBase("jane") + "/patients?mail=linnet%40" + word);
      LogTap.during(
          () ->
              http.send(
                  HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.discarding()));
    }
    assertThat(seen).containsExactly("a request to GET /patients");
  }

  @Test
  void anExceptionThatNobodyLogsIsSeen() {
    String word = "expected-" + UUID.randomUUID();
    Set<String> seen = SecrecyWatch.WHOLE_RUN.expect(word);
    EmrException unsaid;
    try (ThrownMessages thrown = ThrownMessages.start(SecrecyWatch.WHOLE_RUN)) {
      unsaid = new EmrException(EmrException.Kind.CONTRACT_BROKEN, word + " Linnet");
    }
    assertThat(seen).containsExactly("the message of " + unsaid.getClass().getName());
    assertThat(FlightRecorder.getFlightRecorder().getRecordings())
        .as("the one of the whole run")
        .anyMatch(each -> each.getName().equals(ThrownMessages.NAME));
  }
}
