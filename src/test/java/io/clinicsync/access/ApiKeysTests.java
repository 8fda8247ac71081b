package io.clinicsync.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.clinicsync.ApplicationTest;
import io.clinicsync.clinics.Clinics;
import io.clinicsync.tenancy.Caller;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.KeyScope;
import io.clinicsync.tenancy.OrganisationId;
import io.clinicsync.vault.Owner;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

@ApplicationTest
class ApiKeysTests {

  @Autowired private ApiKeys keys;
  @Autowired private KeyRows rows;
  @Autowired private io.clinicsync.vault.Vault vault;
  @Autowired private Clinics clinics;

  private OrganisationId organisation;
  private ClinicId clinic;

  @BeforeEach
  void aClinic() {
    organisation = clinics.createOrganisation("Org");
    clinic = clinics.create(organisation, "Clinic", ZoneId.of("Europe/London"), "GB", "GBP").id();
  }

  @Test
  void aKeyNamesItsCaller() {
    IssuedKey key = keys.issue(clinic, null, "voice", Set.of(KeyScope.READ, KeyScope.BOOK), null);
    Caller caller = keys.authenticate(key.secret()).orElseThrow();
    assertThat(caller.clinic()).isEqualTo(clinic);
    assertThat(caller.organisation()).isNull();
    assertThat(caller.scopes()).containsExactlyInAnyOrder(KeyScope.READ, KeyScope.BOOK);
    assertThat(key.toString()).doesNotContain(key.secret());
  }

  @Test
  void anOrganisationsKeyNamesTheOrganisation() {
    IssuedKey key = keys.issue(organisation, "agency", Set.of(KeyScope.MANAGE));
    assertThat(keys.authenticate(key.secret()).orElseThrow().organisation())
        .isEqualTo(organisation);
  }

  @Test
  void wrongMalformedAndUnknownKeysAreAllRefused() {
    String good = keys.issue(clinic, null, "voice", Set.of(KeyScope.READ), null).secret();
    char last = good.charAt(good.length() - 1);
    String other = keys.issue(clinic, null, "other", Set.of(KeyScope.READ), null).secret();
    List<String> bad =
        List.of(
            "",
            "cs_",
            good.substring(0, good.length() - 1),
            good + "x",
            good.substring(0, good.length() - 1) + (last == 'A' ? 'E' : 'A'),
            good.substring(0, 25) + other.substring(25),
            KeyText.create().text(),
            "cs_!!!!!!!!!!!!!!!!!!!!!!_" + "a".repeat(43));
    assertThat(bad).allSatisfy(key -> assertThat(keys.authenticate(key)).isEmpty());
  }

  @Test
  void aKeyRevokedOnOneNodeStopsOnEveryOtherAtOnce() {
    ApiKeys otherNode = new ApiKeys(rows, vault, Clock.systemUTC());
    IssuedKey key = keys.issue(clinic, null, "voice", Set.of(KeyScope.BOOK), null);
    IssuedKey ofAll = keys.issue(organisation, "agency", Set.of(KeyScope.MANAGE));
    for (IssuedKey each : List.of(key, ofAll)) {
      assertThat(keys.authenticate(each.secret())).isPresent();
      assertThat(otherNode.authenticate(each.secret())).as("remembered there").isPresent();
    }
    keys.revoke(Owner.of(clinic), key.id());
    keys.revoke(Owner.of(organisation), ofAll.id());
    assertThat(otherNode.authenticate(key.secret())).isEmpty();
    assertThat(otherNode.authenticate(ofAll.secret())).isEmpty();
  }

  @Test
  void aRevokedKeyStopsAtOnce() {
    IssuedKey key = keys.issue(clinic, null, "voice", Set.of(KeyScope.READ), null);
    assertThat(keys.authenticate(key.secret())).isPresent();
    assertThat(keys.revoke(Owner.of(clinic), key.id())).isTrue();
    assertThat(keys.authenticate(key.secret())).isEmpty();
    assertThat(keys.revoke(Owner.of(clinic), key.id())).isFalse();
  }

  @Test
  void rotationLeavesTwoLiveKeysForTheOverlapAndNeverThree() {
    IssuedKey old = keys.issue(clinic, null, "voice", Set.of(KeyScope.READ), null);
    IssuedKey fresh = keys.rotate(Owner.of(clinic), old.id(), Duration.ofHours(24)).orElseThrow();
    assertThat(keys.authenticate(old.secret())).isPresent();
    assertThat(keys.authenticate(fresh.secret())).isPresent();
    assertThat(keys.rotate(Owner.of(clinic), old.id(), Duration.ofHours(24))).isEmpty();
    ApiKeys tomorrow = at(Instant.now().plus(Duration.ofHours(25)));
    assertThat(tomorrow.authenticate(old.secret())).isEmpty();
    assertThat(tomorrow.authenticate(fresh.secret())).isPresent();
  }

  @Test
  void keysAreRotatedUnderTrafficWithoutAFailure() throws Exception {
    // F36, API keys: each caller takes the fresh key when it likes, on any of two nodes.
    ApiKeys otherNode = new ApiKeys(rows, vault, Clock.systemUTC());
    AtomicReference<IssuedKey> current =
        new AtomicReference<>(keys.issue(clinic, null, "voice", Set.of(KeyScope.BOOK), null));
    AtomicBoolean stop = new AtomicBoolean();
    AtomicInteger verified = new AtomicInteger();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> callers = new ArrayList<>();
      for (ApiKeys node : List.of(keys, otherNode, keys, otherNode)) {
        callers.add(
            threads.submit(
                () -> {
                  while (!stop.get()) {
                    IssuedKey mine = current.get();
                    // The key in hand is the last but one by the time it is used.
                    for (int call = 0; call < 5; call++) {
                      assertThat(node.authenticate(mine.secret())).isPresent();
                      verified.incrementAndGet();
                    }
                  }
                  return null;
                }));
      }
      for (int rotation = 0; rotation < 20; rotation++) {
        int before = verified.get();
        IssuedKey old = current.get();
        current.set(
            otherNode.rotate(Owner.of(clinic), old.id(), Duration.ofMinutes(10)).orElseThrow());
        Awaitility.await().until(() -> verified.get() >= before + 20 || anyEnded(callers));
      }
      stop.set(true);
      for (Future<?> caller : callers) {
        caller.get();
      }
    }
    assertThat(verified.get()).isGreaterThanOrEqualTo(400);
  }

  private static boolean anyEnded(List<Future<?>> callers) {
    return callers.stream().anyMatch(Future::isDone);
  }

  @Test
  void lastUseIsRecorded() {
    IssuedKey key = keys.issue(clinic, null, "voice", Set.of(KeyScope.READ), null);
    assertThat(keys.of(Owner.of(clinic)).getFirst().lastUsedAt()).isNull();
    keys.authenticate(key.secret());
    assertThat(keys.of(Owner.of(clinic)).getFirst().lastUsedAt()).isNotNull();
  }

  @Test
  void anotherClinicsKeyCannotBeRevokedOrRotated() {
    ClinicId other =
        clinics.create(organisation, "Other", ZoneId.of("Europe/London"), "GB", "GBP").id();
    IssuedKey key = keys.issue(clinic, null, "voice", Set.of(KeyScope.READ), null);
    assertThat(keys.revoke(Owner.of(other), key.id())).isFalse();
    assertThat(keys.rotate(Owner.of(other), key.id(), Duration.ofHours(1))).isEmpty();
    assertThat(keys.authenticate(key.secret())).isPresent();
  }

  private ApiKeys at(Instant now) {
    return new ApiKeys(rows, vault, Clock.fixed(now, ZoneOffset.UTC));
  }
}
