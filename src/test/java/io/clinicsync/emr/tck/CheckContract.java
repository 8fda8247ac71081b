package io.clinicsync.emr.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.clinicsync.emr.spi.ConnectionCheck;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrException.Kind;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** How a connector tries credentials. */
interface CheckContract {

  TckStage stage();

  @Test
  default void goodCredentialsWork() {
    ConnectionCheck check = stage().connector().check(stage().first().account());
    assertThat(check)
        .isInstanceOfSatisfying(
            ConnectionCheck.Works.class, works -> assertThat(works.accountName()).isNotBlank());
    assertThat(stage().proxy().journal()).hasSizeLessThanOrEqualTo(2);
  }

  @Test
  default void anAccountKeepsItsIdAndSharesItWithNoOther() {
    String first = accountId(stage().first().account());
    assertThat(accountId(stage().first().account())).isEqualTo(first);
    if (first != null) {
      assertThat(first).isNotBlank();
      assertThat(accountId(stage().second().account())).isNotBlank().isNotEqualTo(first);
    }
  }

  private @Nullable String accountId(EmrAccount account) {
    ConnectionCheck check = stage().connector().check(account);
    assertThat(check).isInstanceOf(ConnectionCheck.Works.class);
    return ((ConnectionCheck.Works) check).accountId();
  }

  @Test
  default void wrongCredentialsAreRejectedWithAdvice() {
    EmrAccount wrong = stage().with(stage().first().truth().wrongCredentials());
    assertFails(stage().connector().check(wrong), Kind.CREDENTIALS_REJECTED);
  }

  @Test
  default void aMissingRightIsNamed() {
    stage().proxy().answer(403, "application/json", "{}");
    if (!stage().isCalled()) {
      assertThat(stage().connector().check(stage().first().account()))
          .isInstanceOf(ConnectionCheck.Works.class);
      assertThat(stage().proxy().journal()).isEmpty();
      return;
    }
    assertFails(stage().connector().check(stage().first().account()), Kind.PERMISSION_MISSING);
  }

  @Test
  default void aVendorThatIsDownIsNotTheClinicsFault() {
    stage().proxy().answer(503, "text/html", "<html>down</html>");
    if (!stage().isCalled()) {
      assertThat(stage().connector().check(stage().first().account()))
          .isInstanceOf(ConnectionCheck.Works.class);
      assertThat(stage().proxy().journal()).isEmpty();
      return;
    }
    assertFails(stage().connector().check(stage().first().account()), Kind.UNAVAILABLE);
    stage().proxy().loseAnswers();
    assertFails(stage().connector().check(stage().first().account()), Kind.UNAVAILABLE);
  }

  private static void assertFails(ConnectionCheck check, Kind kind) {
    assertThat(check)
        .isInstanceOfSatisfying(
            ConnectionCheck.Fails.class,
            fails -> {
              assertThat(fails.kind()).isEqualTo(kind);
              assertThat(fails.advice()).hasSizeBetween(30, 300).endsWith(".");
            });
  }
}
