package io.clinicsync.ghl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GhlRenewalTests {

  private static final Instant START = Instant.parse("2026-03-10T01:00:00Z");

  private final TokenVendor vendor = new TokenVendor();
  private final SettableClock clock = new SettableClock();
  private final GhlAccount account = new GhlAccount(new UUID(0, 1), "loc1", vendor.base(), false);

  @AfterEach
  void close() {
    vendor.close();
  }

  @Test
  void twentyWorkersWithAnExpiredTokenRefreshExactlyOnce() throws Exception {
    InMemoryGhlTokens tokens = tokens(START.plus(Duration.ofHours(20)));
    vendor.expireAccess();

    List<String> ids = twenty(() -> api(tokens).contact(account, "c1").orElseThrow().id());

    assertThat(ids).hasSize(20).containsOnly("c1");
    assertThat(vendor.refreshes).hasValue(1);
    assertThat(vendor.refusals).hasValue(0);
    assertThat(tokens.stored).isEqualTo(1);
    assertThat(tokens.read(account).reconnect()).isFalse();
  }

  @Test
  void twentyWorkersNearTheEndOfATokenRefreshExactlyOnceAndNoCallIsRejected() throws Exception {
    InMemoryGhlTokens tokens = tokens(START.plusSeconds(30));

    twenty(() -> api(tokens).contact(account, "c1").orElseThrow().id());

    assertThat(vendor.refreshes).hasValue(1);
    assertThat(vendor.rejectedCalls).hasValue(0);
  }

  @Test
  void aCrashBetweenTokenAnswerAndStoringEndsInReconnectWithoutAStorm() {
    InMemoryGhlTokens tokens = tokens(START.plus(Duration.ofHours(20)));
    vendor.expireAccess();
    tokens.crashBeforeStoring();
    assertThatThrownBy(() -> api(tokens).contact(account, "c1"))
        .hasMessage("The process died here");

    // The dead holder's lease lapses; the pair is lost, and the vendor refuses the used refresh
    // token.
    clock.forward(GhlRenewal.HOLD);
    assertUnauthorised(tokens);
    assertThat(tokens.read(account).reconnect()).isFalse();

    // Within the spacing nobody asks again.
    int refused = vendor.refusals.get();
    int rejected = vendor.rejectedCalls.get();
    for (int attempt = 0; attempt < 50; attempt++) {
      assertUnauthorised(tokens);
    }
    assertThat(vendor.refusals).hasValue(refused);
    assertThat(vendor.rejectedCalls).hasValue(rejected);

    // A second refusal, spaced and with the version unchanged, is believed.
    clock.forward(GhlRenewal.SPACING);
    assertUnauthorised(tokens);
    assertThat(tokens.read(account).reconnect()).isTrue();
    assertThat(tokens.refusals).isEqualTo(2);

    clock.forward(Duration.ofDays(1));
    refused = vendor.refusals.get();
    assertUnauthorised(tokens);
    assertThat(vendor.refusals).hasValue(refused);
  }

  @Test
  void aTokenRevokedInTheMiddleOfARunStopsAllTwentyWorkersWithTwoQuestions() throws Exception {
    InMemoryGhlTokens tokens = tokens(START.plus(Duration.ofHours(20)));
    assertThat(api(tokens).contact(account, "c1")).isPresent();
    vendor.revoke();

    assertThat(twenty(() -> outcome(tokens))).containsOnly(GhlException.Kind.UNAUTHORISED.name());
    clock.forward(GhlRenewal.SPACING);
    assertThat(twenty(() -> outcome(tokens))).containsOnly(GhlException.Kind.UNAUTHORISED.name());

    assertThat(vendor.refusals).hasValue(2);
    assertThat(tokens.read(account).reconnect()).isTrue();
  }

  @Test
  void aTokenWithoutRefreshTokenIsMintedAnewFromTheAgency() {
    InMemoryGhlTokens tokens =
        new InMemoryGhlTokens(clock, "access-0", null, START.plus(Duration.ofHours(20)))
            .agency("co1", "agency-token");

    assertThat(api(tokens).contact(account, "c1")).isPresent();
    assertThat(tokens.read(account).accessToken()).isEqualTo("access-1");
  }

  @Test
  void aRefusedPrivateIntegrationTokenNeedsToBePastedAgain() {
    InMemoryGhlTokens tokens = new InMemoryGhlTokens(clock, "pit-wrong", null, null);
    assertUnauthorised(tokens);
    clock.forward(GhlRenewal.SPACING);
    assertUnauthorised(tokens);
    assertThat(tokens.read(account).reconnect()).isTrue();
    int rejected = vendor.rejectedCalls.get();
    assertUnauthorised(tokens);
    assertThat(vendor.rejectedCalls).hasValue(rejected);
  }

  @Test
  void nothingSecretIsEverWritten() {
    GhlGrant grant = oauth().refresh(account, "refresh-1");
    assertThat(
            grant.toString()
                + tokens(START).read(account)
                + app()
                + new GhlTokens.Agency("co1", "agency-token"))
        .doesNotContain("access-")
        .doesNotContain("refresh-")
        .doesNotContain("agency-token")
        .doesNotContain("app-secret");
  }

  private String outcome(InMemoryGhlTokens tokens) {
    try {
      return api(tokens).contact(account, "c1").orElseThrow().id();
    } catch (GhlException failure) {
      return failure.kind().name();
    }
  }

  private void assertUnauthorised(InMemoryGhlTokens tokens) {
    assertThat(outcome(tokens)).isEqualTo(GhlException.Kind.UNAUTHORISED.name());
  }

  private InMemoryGhlTokens tokens(Instant expiresAt) {
    return new InMemoryGhlTokens(clock, "access-1", "refresh-1", expiresAt);
  }

  /** A node of its own: nothing is shared but the stored tokens. */
  private GhlApi api(InMemoryGhlTokens tokens) {
    GhlRenewal renewal =
        new GhlRenewal(tokens, oauth(), clock, time -> LockSupport.parkNanos(1_000_000));
    return new GhlApi(new DirectHttp(), new SeenPermits(), renewal);
  }

  private GhlOAuth oauth() {
    return new GhlOAuth(app(), new DirectHttp(), new SeenPermits());
  }

  private static GhlApp app() {
    return new GhlApp(
        "app1-suffix",
        "app-secret",
        GhlApp.PUBLIC_AUTHORIZE_PAGE,
        URI.create("https://example.org/back"),
        GhlApp.SCOPES);
  }

  private static List<String> twenty(Callable<String> work) throws Exception {
    CountDownLatch start = new CountDownLatch(1);
    try (ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<String>> futures = new ArrayList<>();
      for (int worker = 0; worker < 20; worker++) {
        futures.add(
            workers.submit(
                () -> {
                  start.await();
                  return work.call();
                }));
      }
      start.countDown();
      List<String> results = new ArrayList<>();
      for (Future<String> future : futures) {
        results.add(future.get());
      }
      return results;
    }
  }

  private static final class SettableClock implements InstantSource {
    private volatile Instant now = START;

    void forward(Duration time) {
      now = now.plus(time);
    }

    @Override
    public Instant instant() {
      return now;
    }
  }
}
