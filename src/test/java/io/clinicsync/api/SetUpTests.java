package io.clinicsync.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.clinicsync.ApplicationTest;
import io.clinicsync.api.ApiClient.Answer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;
import org.springframework.test.context.TestPropertySource;

@ApplicationTest
@TestPropertySource(properties = "spring.application.name=clinicsync-set-up")
class SetUpTests {

  @Autowired private ApplicationContext context;
  @Autowired private SetUp setUp;

  @Test
  void theAddressMakesOneOrganisationAndIsThenAsUnknownAsAnyOther() {
    ApiClient browser = new ApiClient(new ApiStage(context).port, null);
    String token = setUp.newOffer();
    Answer unknown = browser.get("/setup/" + "x".repeat(43));
    assertThat(unknown.status()).isEqualTo(404);

    Answer form = browser.get("/setup/" + token);
    assertThat(form.status()).isEqualTo(200);
    assertThat(form.raw().body())
        .contains("<form")
        .doesNotContain("<script")
        .doesNotContain("style=");
    assertThat(form.raw().headers().firstValue("Content-Security-Policy").orElseThrow())
        .contains("script-src 'self'");
    assertThat(
            browser
                .send("POST", "/setup/" + token, "name=+", "application/x-www-form-urlencoded")
                .status())
        .isEqualTo(400);

    Answer done =
        browser.send("POST", "/setup/" + token, "name=Agency", "application/x-www-form-urlencoded");
    assertThat(done.status()).as(done.raw().body()).isEqualTo(200);
    Matcher key = Pattern.compile("cs_[\\w-]+").matcher(done.raw().body());
    assertThat(key.find()).isTrue();
    assertThat(
            new ApiClient(new ApiStage(context).port, key.group()).get("/api/v1/clinics").status())
        .isEqualTo(200);

    assertThat(browser.get("/setup/" + token).withoutRequestId())
        .isEqualTo(unknown.withoutRequestId());
    String late = setUp.newOffer();
    assertThat(browser.get("/setup/" + late).withoutRequestId())
        .isEqualTo(unknown.withoutRequestId());
  }
}
