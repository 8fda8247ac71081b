package io.clinicsync.emr.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.github.tomakehurst.wiremock.http.HttpHeader;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.emr.spi.EmrException.Kind;
import io.clinicsync.emr.spi.ReadWindow;
import io.clinicsync.emr.spi.RecordSource;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** How a connector says what went wrong. */
interface ErrorsContract {

  TckStage stage();

  private EmrException failure() {
    RecordSource<?> source = stage().sources().getFirst();
    return catchThrowableOfType(
        EmrException.class,
        () -> source.read(stage().first().account(), new ReadWindow.Everything(), null));
  }

  private void assertStatus(int status, Kind kind) {
    stage().proxy().answer(status, "application/json", "{\"message\":\"vendor text\"}");
    if (!stage().isCalled()) {
      stage().readsWithoutACall();
      return;
    }
    EmrException failure = failure();
    assertThat(failure.kind()).as("status " + status).isEqualTo(kind);
    assertThat(failure.getMessage()).doesNotContain("vendor text");
  }

  @Test
  default void aRefusalHasTheRightKind() {
    assertStatus(401, Kind.CREDENTIALS_REJECTED);
    assertStatus(403, Kind.PERMISSION_MISSING);
    assertStatus(404, Kind.NOT_FOUND);
    assertStatus(400, Kind.REQUEST_REJECTED);
    assertStatus(409, Kind.REQUEST_REJECTED);
    assertStatus(422, Kind.REQUEST_REJECTED);
  }

  @Test
  default void aVendorInTroubleIsUnavailable() {
    assertStatus(500, Kind.UNAVAILABLE);
    assertStatus(503, Kind.UNAVAILABLE);
  }

  @Test
  default void tooManyCallsWaitAsLongAsTheVendorSays() {
    stage().proxy().answer(429, "application/json", "{}", new HttpHeader("Retry-After", "77"));
    if (!stage().isCalled()) {
      stage().readsWithoutACall();
      return;
    }
    EmrException failure = failure();
    assertThat(failure.kind()).isEqualTo(Kind.RATE_LIMITED);
    assertThat(failure.retryAfter().orElseThrow()).isGreaterThanOrEqualTo(Duration.ofSeconds(77));
  }

  @Test
  default void tooManyCallsWithoutAHintWaitAnyway() {
    stage().proxy().answer(429, "application/json", "{}");
    if (!stage().isCalled()) {
      stage().readsWithoutACall();
      return;
    }
    EmrException failure = failure();
    assertThat(failure.kind()).isEqualTo(Kind.RATE_LIMITED);
    assertThat(failure.retryAfter().orElseThrow()).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
  }

  @Test
  default void aPageWhereJsonBelongsBreaksTheContract() {
    stage().proxy().answer(200, "text/html", "<html><body>Sign in</body></html>");
    if (!stage().isCalled()) {
      stage().readsWithoutACall();
      return;
    }
    assertThat(failure().kind()).isEqualTo(Kind.CONTRACT_BROKEN);
    stage().proxy().answer(200, "application/json", "{\"unexpected\":[]}");
    assertThat(failure().kind()).isEqualTo(Kind.CONTRACT_BROKEN);
    stage().proxy().truncateAnswers();
    assertThat(failure().kind()).isEqualTo(Kind.CONTRACT_BROKEN);
  }

  @Test
  default void aLostAnswerToAReadIsUnavailableAndTrulyLost() {
    stage().proxy().loseAnswers();
    if (!stage().isCalled()) {
      stage().readsWithoutACall();
      return;
    }
    assertThat(failure().kind()).isEqualTo(Kind.UNAVAILABLE);
    assertThat(stage().proxy().journal()).as("the vendor did answer").hasSize(1);
    stage().proxy().cutAnswers();
    assertThat(failure().kind()).isEqualTo(Kind.UNAVAILABLE);
  }
}
