package io.clinicsync.ghl;

import static org.assertj.core.api.Assertions.assertThat;

import io.clinicsync.http.OutboundHttp;
import io.clinicsync.http.Permits;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class GhlConfigurationTests {

  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withUserConfiguration(Settings.class, GhlConfiguration.class)
          .withBean(OutboundHttp.class, DirectHttp::new)
          .withBean(Permits.class, SeenPermits::new);

  @EnableConfigurationProperties(GhlSettings.class)
  static class Settings {}

  @Test
  void theApplicationStartsWithoutTokensAndHasAClientWithThem() {
    runner.run(context -> assertThat(context).hasNotFailed());
    runner
        .withBean(
            GhlTokens.class,
            () -> new InMemoryGhlTokens(InstantSource.fixed(Instant.EPOCH), "pit-1", null, null))
        .run(context -> assertThat(context).hasSingleBean(GhlApi.class));
  }

  @Test
  void theSecretOfTheAppIsNeverWritten() {
    runner
        .withPropertyValues(
            "clinicsync.ghl.client-id=app1-x", "clinicsync.ghl.client-secret=s3cret")
        .run(
            context ->
                assertThat(
                        context.getBean(GhlSettings.class)
                            + " "
                            + context.getBean(GhlSettings.class).app())
                    .doesNotContain("s3cret"));
  }

  @Test
  void onlyTheVendorsHostIsKnown() {
    assertThat(new GhlHosts().patterns())
        .allMatch(pattern -> pattern.matcher(GhlAccount.PUBLIC_BASE.getHost()).matches())
        .noneMatch(
            pattern -> pattern.matcher("services.leadconnectorhq.com.example.org").matches());
  }
}
