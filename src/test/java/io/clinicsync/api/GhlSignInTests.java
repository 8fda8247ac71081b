package io.clinicsync.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.clinicsync.ApplicationTest;
import io.clinicsync.api.ApiClient.Answer;
import io.clinicsync.sandbox.SandboxClock;
import io.clinicsync.sandbox.SandboxServer;
import io.clinicsync.sandbox.ghl.GhlSimulator;
import java.net.URI;
import java.time.ZoneId;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/**
 * Connecting GoHighLevel through its consent page; the state is all the way back is trusted for.
 */
@ApplicationTest
class GhlSignInTests {

  private static final SandboxServer VENDOR = SandboxServer.start(0, new SandboxClock(), 1000);

  @DynamicPropertySource
  static void ourMarketplaceApp(DynamicPropertyRegistry settings) {
    settings.add("clinicsync.ghl.client-id", () -> GhlSimulator.CLIENT_ID);
    settings.add("clinicsync.ghl.client-secret", () -> GhlSimulator.CLIENT_SECRET);
    settings.add("clinicsync.ghl.base", () -> VENDOR.ghlBase().toString());
  }

  @Autowired private ApplicationContext context;

  private ApiStage stage;
  private ApiClient organisation;
  private ApiClient browser;
  private String base;

  @BeforeEach
  void aClinic() {
    stage = new ApiStage(context);
    organisation = stage.organisation();
    browser = new ApiClient(stage.port, null);
    base = "/api/v1/clinics/" + stage.clinic(organisation);
  }

  @Test
  void aStateIsUsedOnceAndOnlyWhileItsKeyIsLive() {
    String state = state(organisation);
    assertThat(says("x".repeat(43))).contains("used, too old or incomplete");
    assertThat(says(state)).contains("did not confirm the sign-in");
    assertThat(says(state)).contains("used, too old or incomplete");
    assertThat(organisation.get(base + "/ghl").body().at("/connected").asBoolean()).isFalse();

    Answer key =
        organisation.post(base + "/keys", "{\"name\": \"leaver\", \"scopes\": [\"manage\"]}");
    String begun = state(stage.with(key.text("/secret")));
    organisation.delete(base + "/keys/" + key.text("/id"));
    assertThat(says(begun)).contains("used, too old or incomplete");
  }

  @Test
  void theSubAccountChosenThereIsConnectedAndAnAgencyIsRefused() {
    String agency =
        "/oauth/ghl?code="
            + VENDOR.ghl().agencyAuthorizationCode()
            + "&state="
            + state(organisation);
    assertThat(browser.get(agency).raw().body()).contains("An agency was chosen");
    String location = VENDOR.ghlLocation("Signed in", "AU", ZoneId.of("Australia/Sydney")).id();
    String code = VENDOR.ghl().authorizationCode(location);
    assertThat(
            browser.get("/oauth/ghl?code=" + code + "&state=" + state(organisation)).raw().body())
        .contains("GoHighLevel is connected");
    Answer connected = organisation.get(base + "/ghl");
    assertThat(connected.text("/location_id")).isEqualTo(location);
    assertThat(connected.text("/kind")).isEqualTo("oauth");
  }

  @Test
  void theWayBackShowsAPageWithoutScriptAndAnswersNothingElse() {
    Answer page = browser.get("/oauth/ghl");
    assertThat(page.status()).isEqualTo(200);
    assertThat(page.raw().body()).contains("Not connected").doesNotContain("<script");
  }

  private String state(ApiClient caller) {
    URI url = URI.create(caller.post(base + "/ghl/authorize", null).text("/url"));
    assertThat(url.getQuery()).contains("client_id=" + GhlSimulator.CLIENT_ID);
    return Arrays.stream(url.getRawQuery().split("&"))
        .filter(part -> part.startsWith("state="))
        .map(part -> part.substring("state=".length()))
        .findFirst()
        .orElseThrow();
  }

  private String says(String state) {
    return browser.get("/oauth/ghl?code=invented&state=" + state).raw().body();
  }
}
