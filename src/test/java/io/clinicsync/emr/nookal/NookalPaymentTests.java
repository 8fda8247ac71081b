package io.clinicsync.emr.nookal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.Payment;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.canonical.TimeRange;
import io.clinicsync.emr.spi.ConnectionCheck;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.emr.spi.PaymentSource;
import io.clinicsync.emr.spi.ReadWindow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Payments, which only a v3 client gives. */
class NookalPaymentTests {

  private static final ReadWindow EVERYTHING = new ReadWindow.Everything();

  private NookalStage stage;
  private EmrAccount account;
  private PaymentSource payments;

  @BeforeEach
  void start() {
    stage = new NookalStage(260);
    account = stage.withV3();
    payments = stage.capability(account, PaymentSource.class);
  }

  @AfterEach
  void stop() {
    stage.close();
  }

  private Map<String, JsonNode> truth() {
    Map<String, JsonNode> rows = new HashMap<>();
    stage
        .clinic
        .truth()
        .path("payments")
        .forEach(
            row ->
                rows.put(
                    Instant.parse(row.path("_at").asText())
                            .atZone(SimulatedNookal.ZONE)
                            .toLocalDate()
                        + "."
                        + row.path("paymentID").asText(),
                    row));
    return rows;
  }

  @Test
  void withoutAV3ClientThereAreNoPayments() {
    assertThat(stage.connector.capabilities(stage.account()))
        .noneMatch(PaymentSource.class::isInstance);
  }

  @Test
  void everyPaymentComesOnceWithItsMomentAndAmount() {
    List<Payment> all = stage.all(payments, account, EVERYTHING);
    Map<String, JsonNode> truth = truth();
    assertThat(all).hasSizeGreaterThan(NookalGraph.PER_PAGE).hasSameSizeAs(truth.keySet());
    for (Payment payment : all) {
      JsonNode row = truth.remove(payment.ref().id().value());
      assertThat(row).isNotNull();
      assertThat(payment.paidAt()).isEqualTo(Instant.parse(row.path("_at").asText()));
      assertThat(payment.amount().amount()).isEqualByComparingTo(row.path("amount").asText());
      assertThat(payment.invoice())
          .isEqualTo(EmrRef.of(RecordKind.INVOICE, row.path("invoiceID").asText()));
    }
    assertThat(stage.sent("nookal.v3.token")).isEqualTo(1);
    Payment one = all.get(all.size() / 2);
    assertThat(payments.get(account, one.ref())).contains(one);
    assertThat(payments.get(account, EmrRef.of(RecordKind.PAYMENT, "2026-01-01.1"))).isEmpty();
    assertThat(payments.get(account, EmrRef.of(RecordKind.PAYMENT, "1"))).isEmpty();
  }

  @Test
  void aLooseRangeIsMadeExactAndOneRowIsARow() {
    Payment some = stage.all(payments, account, EVERYTHING).get(40);
    TimeRange around = new TimeRange(some.paidAt(), some.paidAt().plus(Duration.ofSeconds(1)));
    assertThat(stage.all(payments, account, new ReadWindow.StartingIn(around)))
        .contains(some)
        .allMatch(each -> around.contains(each.paidAt()));
    // Far from every other one: the only row of its range comes as an object.
    String id = truth().get(some.ref().id().value()).path("paymentID").asText();
    stage.clinic.clinic().edits().set("payments", id, Map.of("_at", "2020-05-05T02:00:00Z"));
    TimeRange apart =
        new TimeRange(Instant.parse("2020-05-01T00:00:00Z"), Instant.parse("2020-05-09T00:00:00Z"));
    assertThat(stage.all(payments, account, new ReadWindow.StartingIn(apart)))
        .singleElement()
        .satisfies(each -> assertThat(each.ref().id().value()).isEqualTo("2020-05-05." + id));
  }

  @Test
  void anEndedTokenIsReplacedOnceHoweverManyAsk() throws Exception {
    for (boolean as200 : List.of(false, true)) {
      stage.flip("expiredAs200", as200);
      payments.read(account, EVERYTHING, null);
      stage.nookal.nookal().endToken(stage.clinic.clinic());
      stage.calls.clear();
      try (var workers = Executors.newVirtualThreadPerTaskExecutor()) {
        List<Future<?>> reads = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
          reads.add(workers.submit(() -> payments.read(account, EVERYTHING, null)));
        }
        for (Future<?> read : reads) {
          read.get();
        }
      }
      assertThat(stage.sent("nookal.v3.token")).isEqualTo(1);
    }
  }

  @Test
  void aTokenIsRenewedBeforeItEndsAndAGatewayIsAskedAgain() {
    // Ten calls earn one repetition.
    for (int i = 0; i < 10; i++) {
      payments.read(account, EVERYTHING, null);
    }
    stage.nookal.pass(Duration.ofMinutes(59).plusSeconds(30));
    stage.flip("badGateways", 1);
    assertThat(payments.read(account, EVERYTHING, null).records()).isNotEmpty();
    assertThat(stage.sent("nookal.v3.token")).isEqualTo(2);
  }

  @Test
  void aWrongBasicKeyIsNamedWhileTheApiKeyIsGood() {
    Map<String, String> typed = new HashMap<>(stage.clinic.typed());
    typed.put("basicKey", "bm90LXRoZS1yaWdodC1vbmU=");
    assertThat(stage.connector.check(stage.account(typed)))
        .isInstanceOfSatisfying(
            ConnectionCheck.Fails.class,
            fails -> {
              assertThat(fails.kind()).isEqualTo(EmrException.Kind.CREDENTIALS_REJECTED);
              assertThat(fails.advice()).contains("Basic Key").doesNotContain("bm90");
            });
    EmrException failure =
        catchThrowableOfType(
            EmrException.class, () -> payments.read(stage.account(typed), EVERYTHING, null));
    assertThat(failure.kind()).isEqualTo(EmrException.Kind.CREDENTIALS_REJECTED);
    assertThat(stage.connector.check(account)).isInstanceOf(ConnectionCheck.Works.class);
  }

  @Test
  void aPaymentTakenBackIsGoneAndABadOneIsRejectedAlone() {
    List<Payment> all = stage.all(payments, account, EVERYTHING);
    Payment one = all.get(3);
    String id = one.ref().id().value().split("\\.")[1];
    stage.clinic.clinic().edits().set("payments", id, Map.of("active", 0));
    assertThat(payments.get(account, one.ref()).orElseThrow().removedAt()).isNotNull();
    stage.clinic.clinic().edits().set("payments", id, Map.of("date", "yesterday"));
    var page = payments.read(account, EVERYTHING, null);
    assertThat(page.rejected()).hasSize(1);
    assertThat(page.records()).hasSize(NookalGraph.PER_PAGE - 1);
  }
}
