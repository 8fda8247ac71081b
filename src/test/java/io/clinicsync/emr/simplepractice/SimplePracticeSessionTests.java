package io.clinicsync.emr.simplepractice;

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
import java.net.URI;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Signing in at the vendor's pages and staying so. */
class SimplePracticeSessionTests {

  private final PracticeStage stage = new PracticeStage();
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
  void theChainOfFormsIsReadFromThePagesAndSpacedOut() {
    assertThat(read()).isEqualTo(50);
    assertThat(stage.calls)
        .extracting(call -> call.method() + " " + call.uri().getPath())
        .containsExactly(
            "GET /simplepractice/calendar/appointments",
            "GET /simplepractice/account/saml/auth",
            "POST /simplepractice/account/",
            "POST /simplepractice/saml/consume",
            "GET /simplepractice/calendar/appointments",
            "GET /simplepractice/frontend/base-clients");
    String form = new String(stage.calls.get(2).body(), StandardCharsets.UTF_8);
    assertThat(form)
        .contains("user%5Bencrypted_device%5D=&")
        .contains("return=a%26b")
        .contains("commit=Sign+In");
    assertThat(stage.calls.getLast().headers()).containsEntry("Accept", "application/vnd.api+json");
    read();
    assertThat(stage.calls).hasSize(7);
  }

  @ParameterizedTest
  @ValueSource(strings = {"redirect", "page", "unauthorized", "forbidden"})
  void eachFormOfALostSessionLeadsToOneSignIn(String form) {
    read();
    stage.flip("signedOut", "\"" + form + "\"");
    stage.clinic.endSessions();
    assertThat(read()).isEqualTo(50);
    assertThat(stage.passwords()).isEqualTo(2);
  }

  @Test
  void aUserTheSignInSideStillKnowsComesBackWithoutAPassword() {
    read();
    stage.vendor.vendor().endAppSessions(stage.clinic.practice());
    assertThat(read()).isEqualTo(50);
    assertThat(stage.passwords()).isEqualTo(1);
  }

  @Test
  void afterTwoRefusalsNoPasswordIsSentUntilThereAreNewCredentials() {
    EmrAccount wrong = stage.account(stage.clinic.wrongCredentials(), 1);
    for (int i = 0; i < 4; i++) {
      assertThat(kind(stage.connector.check(wrong))).isEqualTo(Kind.CREDENTIALS_REJECTED);
    }
    assertThat(stage.passwords()).isEqualTo(2);
    // New credentials begin with no session.
    assertThat(stage.connector.check(stage.account(stage.clinic.credentials(), 2)))
        .isInstanceOf(ConnectionCheck.Works.class);
  }

  @Test
  void aLockedUserGetsNoOtherPasswordAndAdvice() {
    for (int i = 10; i < 15; i++) {
      stage.connector.check(stage.account(stage.clinic.wrongCredentials(), i));
    }
    ConnectionCheck locked = stage.connector.check(stage.account);
    assertThat(kind(locked)).isEqualTo(Kind.CREDENTIALS_REJECTED);
    assertThat(((ConnectionCheck.Fails) locked).advice()).contains("locked");
    long sent = stage.passwords();
    stage.clinic.edit("{\"edit\":\"unlock\"}");
    assertThat(kind(stage.connector.check(stage.account))).isEqualTo(Kind.CREDENTIALS_REJECTED);
    assertThat(stage.passwords()).as("a person clears it").isEqualTo(sent);
  }

  @Test
  void aCodeIsAskedOfAPersonOnceAndNothingIsTriedMeanwhile() {
    stage.flip("secondFactor", "true");
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

    step.answer(stage.account, " 135790 ");
    assertThat(step.waitingFor(stage.account)).isEmpty();
    assertThat(read()).isEqualTo(50);
    assertThat(stage.passwords()).isEqualTo(1);
  }

  @Test
  void aCodeTypedTooLateAsksForAnother() {
    stage.flip("secondFactor", "true");
    failure();
    stage.vendor.pass(Duration.ofMinutes(15));
    EmrException late =
        catchThrowableOfType(EmrException.class, () -> step.answer(stage.account, "135790"));
    assertThat(late.kind()).isEqualTo(Kind.PERSON_NEEDED);
    assertThat(stage.passwords()).isEqualTo(2);
    step.answer(stage.account, "135790");
    assertThat(read()).isEqualTo(50);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://account.simplepractice.com.evil.example/",
        "https://secure.simplepractice.com/",
        "//evil.example/auth",
        "http://account.simplepractice.com/",
        "https://account.simplepractice.com@evil.example/",
        "javascript:alert(1)"
      })
  void aPasswordGoesToNoOtherHost(String action) {
    List<String> asked = new ArrayList<>();
    SimplePracticeConnector connector =
        scripted(
            asked,
            call ->
                call.uri().getHost().startsWith("secure")
                    ? answer(302, "https://account.simplepractice.com/saml/auth?SAMLRequest=x", "")
                    : answer(200, "", form(action)));
    assertThat(kind(connector.check(real()))).isEqualTo(Kind.CONTRACT_BROKEN);
    assertThat(asked).containsExactly("secure.simplepractice.com", "account.simplepractice.com");
  }

  @Test
  void aRedirectElsewhereIsNotFollowed() {
    List<String> asked = new ArrayList<>();
    SimplePracticeConnector connector =
        scripted(asked, call -> answer(302, "https://evil.example/saml/auth", ""));
    assertThat(kind(connector.check(real()))).isEqualTo(Kind.CONTRACT_BROKEN);
    assertThat(asked).containsExactly("secure.simplepractice.com");
  }

  @Test
  void aCookieGoesBackToTheSideItCameFrom() {
    List<String> sent = new ArrayList<>();
    SimplePracticeConnector connector =
        scripted(
            new ArrayList<>(),
            call -> {
              String host = call.uri().getHost();
              sent.add(host.split("\\.")[0] + " " + call.headers().getOrDefault("Cookie", "-"));
              return host.startsWith("secure")
                  ? answer(302, "https://account.simplepractice.com/saml/auth", "")
                  : answer(200, "", call.method().equals("GET") ? form("/") : "<p>odd</p>");
            });
    connector.check(real());
    assertThat(sent).containsExactly("secure -", "account -", "account c=account");
  }

  private static String form(String action) {
    return "<form action='"
        + action
        + "' method=post><input type=hidden name=token value=\"a&amp;b\">"
        + "<input name=\"user[email]\" type=\"email\"><input type='password' name='pw'></form>";
  }

  private static Kind kind(ConnectionCheck check) {
    assertThat(check).isInstanceOf(ConnectionCheck.Fails.class);
    return ((ConnectionCheck.Fails) check).kind();
  }

  private EmrAccount real() {
    EmrAccount account = stage.account;
    return new EmrAccount(
        account.tenant(),
        account.id(),
        account.way(),
        URI.create("https://secure.simplepractice.com"),
        account.zone(),
        account.currency(),
        account.credentials(),
        account.urgency());
  }

  private static SimplePracticeConnector scripted(
      List<String> asked, Function<HttpCall, HttpAnswer> answers) {
    return new SimplePracticeConnector(
        call -> {
          HttpAnswer answer = answers.apply(call);
          asked.add(call.uri().getHost());
          String side = call.uri().getHost().split("\\.")[0];
          return new HttpAnswer(
              answer.status(),
              HttpHeaders.of(
                  Map.of(
                      "Content-Type",
                      List.of("text/html"),
                      "Set-Cookie",
                      List.of("c=" + side + "; path=/"),
                      "Location",
                      List.of(answer.header("Location").orElse(""))),
                  (name, value) -> true),
              answer.body(),
              Instant.EPOCH);
        },
        new InMemorySessions(),
        Clock.systemUTC(),
        "tests@example.org");
  }

  private static HttpAnswer answer(int status, String location, String body) {
    return new HttpAnswer(
        status,
        HttpHeaders.of(Map.of("Location", List.of(location)), (name, value) -> true),
        body.getBytes(StandardCharsets.UTF_8),
        Instant.EPOCH);
  }
}
