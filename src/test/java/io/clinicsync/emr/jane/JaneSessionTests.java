package io.clinicsync.emr.jane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.clinicsync.emr.spi.ConnectionCheck;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.emr.spi.EmrException.Kind;
import io.clinicsync.emr.spi.PatientSource;
import io.clinicsync.emr.spi.PersonStep;
import io.clinicsync.emr.spi.ReadWindow;
import io.clinicsync.emr.tck.InMemorySessions;
import io.clinicsync.http.HttpAnswer;
import io.clinicsync.http.HttpCall;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Signing in at the clinic's own pages and staying so. */
class JaneSessionTests {

  private final JaneStage stage = new JaneStage(JaneConnector.WEB);
  private final PatientSource patients = stage.capability(PatientSource.class);
  private final PersonStep step = stage.capability(PersonStep.class);

  @AfterEach
  void close() {
    stage.close();
  }

  private int read() {
    return patients.read(stage.account, new ReadWindow.Everything(), null).records().size();
  }

  private EmrException failure() {
    return catchThrowableOfType(EmrException.class, this::read);
  }

  @Test
  void aCookieThatChangesWithEveryAnswerIsKeptEachTime() {
    stage.flip("strictCookies", true);
    for (int i = 0; i < 5; i++) {
      assertThat(read()).isPositive();
    }
    assertThat(stage.sent("jane.web.sign-in")).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"unauthorized", "redirect", "page"})
  void eachFormOfASignedOutAnswerLeadsToOneSignIn(String form) {
    read();
    stage.flip("signedOut", form);
    stage.jane.jane().endSessions(stage.clinic.clinic());
    assertThat(read()).isPositive();
    assertThat(stage.sent("jane.web.sign-in")).isEqualTo(2);
  }

  @Test
  void afterTwoRefusalsNoPasswordIsSentUntilThereAreNewCredentials() {
    EmrAccount wrong = stage.with(stage.clinic.wrongCredentials());
    for (int i = 0; i < 4; i++) {
      assertThat(stage.connector.check(wrong))
          .isInstanceOfSatisfying(
              ConnectionCheck.Fails.class,
              fails -> assertThat(fails.kind()).isEqualTo(Kind.CREDENTIALS_REJECTED));
    }
    assertThat(stage.sent("jane.web.sign-in")).isEqualTo(2);
    // New credentials begin with no session.
    assertThat(stage.connector.check(stage.account(JaneConnector.WEB, 2)))
        .isInstanceOf(ConnectionCheck.Works.class);
  }

  @Test
  void aCodeIsAskedOfAPersonOnceAndNothingIsTriedMeanwhile() {
    stage.flip("secondFactor", true);
    stage.flip("strictCookies", true);
    assertThat(step.waitingFor(stage.account)).isEmpty();
    assertThat(failure().kind()).isEqualTo(Kind.PERSON_NEEDED);
    assertThat(step.waitingFor(stage.account)).get().asString().contains("code");
    int calls = stage.calls.size();
    assertThat(failure().kind()).isEqualTo(Kind.PERSON_NEEDED);
    assertThat(stage.calls).hasSize(calls);

    EmrException wrong =
        catchThrowableOfType(EmrException.class, () -> step.answer(stage.account, "000000"));
    assertThat(wrong.kind()).isEqualTo(Kind.PERSON_NEEDED);
    assertThat(step.waitingFor(stage.account)).isPresent();

    step.answer(stage.account, " 246810 ");
    assertThat(step.waitingFor(stage.account)).isEmpty();
    assertThat(read()).isPositive();
    assertThat(stage.sent("jane.web.sign-in")).isEqualTo(1);
  }

  @Test
  void aCodeTypedTooLateAsksForAnother() {
    stage.flip("secondFactor", true);
    failure();
    stage.jane.pass(Duration.ofMinutes(9));
    EmrException late =
        catchThrowableOfType(EmrException.class, () -> step.answer(stage.account, "246810"));
    assertThat(late.kind()).isEqualTo(Kind.PERSON_NEEDED);
    assertThat(stage.sent("jane.web.sign-in")).isEqualTo(2);
    step.answer(stage.account, "246810");
    assertThat(read()).isPositive();
  }

  @Test
  void aCheckAfterTheCodesTimeSendsANewOne() {
    stage.flip("secondFactor", true);
    failure();
    stage.connector.check(stage.account);
    assertThat(stage.sent("jane.web.sign-in")).isEqualTo(1);
    stage.jane.pass(Duration.ofMinutes(7));
    assertThat(stage.connector.check(stage.account))
        .isInstanceOfSatisfying(
            ConnectionCheck.Fails.class,
            fails -> assertThat(fails.kind()).isEqualTo(Kind.PERSON_NEEDED));
    assertThat(stage.sent("jane.web.sign-in")).isEqualTo(2);
  }

  @Test
  void openTimesAskedColdAreAskedAgainAfterAVisitOfThePage() {
    List<String> asked = new ArrayList<>();
    JaneConnector connector =
        scripted(
            asked,
            call -> {
              String path = call.uri().getPath();
              if (path.equals("/admin")) {
                return answer(200, "text/html", form("/auth", ""));
              }
              if (path.equals("/auth")) {
                return answer(302, "text/html", "");
              }
              return path.equals("/")
                  ? answer(200, "text/html", "<html></html>")
                  : asked.contains("/")
                      ? answer(200, "application/json", "[{\"id\":1,\"name\":\"Main\"}]")
                      : answer(403, "application/json", "{}");
            });
    assertThat(connector.check(real())).isInstanceOf(ConnectionCheck.Works.class);
    assertThat(asked)
        .containsExactly("/admin", "/auth", "/api/v2/locations", "/", "/api/v2/locations");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://harbour.janeapp.com.evil.example/auth",
        "//evil.example/auth",
        "http://harbour.janeapp.com/auth",
        "javascript:alert(1)"
      })
  void aPasswordGoesToNoOtherHost(String action) {
    List<String> asked = new ArrayList<>();
    JaneConnector connector = scripted(asked, call -> answer(200, "text/html", form(action, "")));
    assertThat(connector.check(real()))
        .isInstanceOfSatisfying(
            ConnectionCheck.Fails.class,
            fails -> assertThat(fails.kind()).isEqualTo(Kind.CONTRACT_BROKEN));
    assertThat(asked).containsExactly("/admin");
  }

  @Test
  void aCaptchaIsForPeopleAndGetsNoPassword() {
    List<String> asked = new ArrayList<>();
    JaneConnector connector =
        scripted(
            asked,
            call -> answer(200, "text/html", form("/auth", "<div class=\"g-recaptcha\"></div>")));
    assertThat(connector.check(real()))
        .isInstanceOfSatisfying(
            ConnectionCheck.Fails.class,
            fails -> assertThat(fails.kind()).isEqualTo(Kind.PERSON_NEEDED));
    assertThat(asked).containsExactly("/admin");
  }

  private static String form(String action, String more) {
    return "<form action='"
        + action
        + "' method=post><input type=hidden name=token value=\"a&amp;b\">"
        + "<input name=\"email\" type=\"email\"><input type='password' name='pw'>"
        + more
        + "</form>";
  }

  private EmrAccount real() {
    EmrAccount account = stage.account;
    return new EmrAccount(
        account.tenant(),
        account.id(),
        account.way(),
        java.net.URI.create("https://harbour.janeapp.com"),
        account.zone(),
        account.currency(),
        account.credentials(),
        account.urgency());
  }

  private static JaneConnector scripted(
      List<String> asked, java.util.function.Function<HttpCall, HttpAnswer> answers) {
    return new JaneConnector(
        call -> {
          HttpAnswer answer = answers.apply(call);
          asked.add(call.uri().getPath());
          return answer;
        },
        new InMemorySessions(),
        Clock.systemUTC(),
        "tests@example.org");
  }

  private static HttpAnswer answer(int status, String type, String body) {
    Map<String, List<String>> headers =
        Map.of("Content-Type", List.of(type), "Location", List.of("/admin"));
    return new HttpAnswer(
        status,
        HttpHeaders.of(headers, (name, value) -> true),
        body.getBytes(StandardCharsets.UTF_8),
        Instant.EPOCH);
  }
}
