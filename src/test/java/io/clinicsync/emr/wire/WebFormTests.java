package io.clinicsync.emr.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class WebFormTests {

  private static final String SIGN_IN =
      """
      <form action='/search'><input name=q></form>
      <FORM method="post" action="/in?a=1&amp;b=2"><input type=hidden name="token" value='x&quot;y'>
      <input type="hidden" name="device"/><INPUT TYPE=email NAME="user[email]">
      <input name="user[password]" type='password'><input type=checkbox name="remember" value=1>
      <input type="submit" name="commit" value="Sign In"><input type="submit" name="other"></FORM>
      """;

  @Test
  void everythingASignInNeedsIsReadFromItsPage() {
    assertThat(WebForm.signIn(SIGN_IN))
        .contains(
            new WebForm(
                "/in?a=1&b=2",
                Map.of("token", "x\"y", "device", ""),
                "user[email]",
                "user[password]",
                null,
                Map.of("commit", "Sign In")));
  }

  @Test
  void aCodeIsNoSignInAndASignInNoCode() {
    String code = "<form action=/c><input type=tel name=code_single></form>";
    assertThat(WebForm.challenge(code).orElseThrow().code()).isEqualTo("code_single");
    assertThat(WebForm.signIn(code)).isEmpty();
    assertThat(WebForm.challenge(SIGN_IN)).isEmpty();
  }

  @Test
  void aFormIsFoundByWhatItCarries() {
    assertThat(WebForm.withHidden(SIGN_IN, "token")).isEqualTo(WebForm.signIn(SIGN_IN));
    assertThat(WebForm.withHidden(SIGN_IN, "SAMLResponse")).isEmpty();
    assertThat(WebForm.hasCaptcha(SIGN_IN)).isFalse();
    assertThat(WebForm.hasCaptcha("<div class='g-reCAPTCHA'>")).isTrue();
  }

  @Test
  void itsNameShowsNoValue() {
    assertThat(WebForm.signIn(SIGN_IN).orElseThrow()).hasToString("WebForm[2 hidden]");
  }
}
