package io.clinicsync.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.ApplicationTest;
import io.clinicsync.api.ApiClient.Answer;
import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.clinics.Connections;
import io.clinicsync.emr.spi.Urgency;
import io.clinicsync.sandbox.SandboxServer;
import io.clinicsync.tenancy.ClinicId;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;

/** Whole stories of an operator, over HTTP and against simulated vendors. */
@ApplicationTest
class ApiStoryTests {

  @Autowired private ApplicationContext context;

  private ApiStage stage;
  private ApiClient organisation;
  private String clinic;
  private String base;

  @BeforeEach
  void aClinic() {
    stage = new ApiStage(context);
    organisation = stage.organisation();
    clinic = stage.clinic(organisation);
    base = "/api/v1/clinics/" + clinic;
  }

  @Test
  void aClinicIsConnectedReadAndItsPatientsListedPageByPage() {
    SandboxServer.Account account = stage.cliniko(25);
    Answer created = organisation.post(base + "/connections", ApiStage.connecting(account));
    assertThat(created.status()).as(created.raw().body()).isEqualTo(201);
    assertThat(created.text("/state")).isEqualTo("connecting");
    assertThat(created.raw().body()).doesNotContain(account.secret());
    String connection = created.text("/id");

    run(connection);

    Answer read = organisation.get(base + "/connections/" + connection);
    assertThat(read.text("/state")).isEqualTo("healthy");
    assertThat(read.body().at("/freshness")).isNotEmpty();
    assertThat(read.text("/freshness/0/freshness")).isEqualTo("fresh");
    assertThat(read.text("/next_run_at")).isNotBlank();
    Answer runs = organisation.get(base + "/connections/" + connection + "/runs");
    assertThat(runs.text("/items/0/state")).isEqualTo("succeeded");
    assertThat(runs.body().at("/items/0/read").asInt()).isGreaterThan(25);
    Answer run =
        organisation.get(base + "/connections/" + connection + "/runs/" + runs.text("/items/0/id"));
    assertThat(run.body()).isEqualTo(runs.body().at("/items/0"));

    String key =
        organisation
            .post(
                base + "/keys",
                "{\"name\": \"reader\", \"scopes\": [\"read\"], \"connection\": \""
                    + connection
                    + "\"}")
            .text("/secret");
    ApiClient reader = stage.with(key);
    Set<String> ids = new HashSet<>();
    String cursor = "";
    do {
      Answer page = reader.get("/api/v1/patients?limit=10" + cursor);
      assertThat(page.status()).as(page.raw().body()).isEqualTo(200);
      assertThat(page.body().at("/items").size()).isBetween(1, 10);
      page.body()
          .at("/items")
          .forEach(item -> assertThat(ids.add(item.get("id").asText())).isTrue());
      cursor =
          page.body().at("/next_cursor").isNull() ? "" : "&cursor=" + page.text("/next_cursor");
    } while (!cursor.isEmpty());
    assertThat(ids).hasSizeGreaterThanOrEqualTo(25);

    Answer patient =
        reader.get("/api/v1/connections/" + connection + "/patients/" + ids.iterator().next());
    assertThat(patient.status()).as(patient.raw().body()).isEqualTo(200);
    JsonNode field = patient.body().at("/fields/0");
    assertThat(field.get("rule").asText()).isNotBlank();
    assertThat(field.at("/sources/count").asInt()).isPositive();

    assertThat(reader.post("/api/v1/connections/" + connection + "/sync", null).status())
        .isEqualTo(403);
    assertThat(organisation.post(base + "/connections/" + connection + "/sync", null).status())
        .isEqualTo(202);
    Answer one =
        organisation.post(
            base + "/connections/" + connection + "/patients/" + ids.iterator().next() + "/sync",
            null);
    assertThat(one.status()).as(one.raw().body()).isEqualTo(200);
    assertThat(one.body().get("read").asInt()).isPositive();
  }

  @Test
  void credentialsThatDoNotWorkAreRefusedWithAdviceAndNothingIsStored() {
    SandboxServer.Account account = stage.cliniko(1);
    Answer refused =
        organisation.post(
            base + "/connections",
            ApiStage.connecting(
                new SandboxServer.Account(
                    account.base(), account.id(), "MS0xLXdyb25nd3Jvbmc-au1")));
    assertThat(refused.status()).as(refused.raw().body()).isEqualTo(422);
    assertThat(refused.text("/code")).isEqualTo("emr_credentials_rejected");
    assertThat(refused.text("/next_step")).isNotBlank();
    assertThat(refused.raw().body()).doesNotContain("d3Jvbmc");
    assertThat(organisation.get(base + "/connections").body().at("/items")).isEmpty();
  }

  @Test
  void aConnectionIsPausedResumedAndItsCredentialsReplacedAndRemoved() {
    SandboxServer.Account account = stage.cliniko(3);
    String path =
        base
            + "/connections/"
            + organisation.post(base + "/connections", ApiStage.connecting(account)).text("/id");
    assertThat(organisation.post(path + "/pause", null).text("/state")).isEqualTo("paused");
    Answer refused = organisation.post(path + "/sync", null);
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.text("/next_step")).contains("Resume");
    assertThat(organisation.post(path + "/resume", null).text("/state")).isEqualTo("connecting");
    assertThat(
            organisation
                .put(
                    path + "/credentials",
                    "{\"credentials\": {\"apiKey\": \"MS0xLXdyb25nd3Jvbmc-au1\"}}")
                .status())
        .isEqualTo(422);
    Answer replaced =
        organisation.put(
            path + "/credentials", "{\"credentials\": {\"apiKey\": \"" + account.secret() + "\"}}");
    assertThat(replaced.status()).as(replaced.raw().body()).isEqualTo(200);
    Answer removed = organisation.delete(path + "/credentials");
    assertThat(removed.text("/state")).isEqualTo("revoked");
    assertThat(removed.text("/trouble/who")).isEqualTo("clinic");
  }

  @Test
  void aWorkingKeyOfAnotherAccountIsRefusedAndTheConnectionStaysAsItWas() {
    SandboxServer.Account account = stage.cliniko(3);
    SandboxServer.Account other = stage.cliniko(3);
    String path =
        base
            + "/connections/"
            + organisation.post(base + "/connections", ApiStage.connecting(account)).text("/id");
    ConnectionId connection =
        new ConnectionId(UUID.fromString(path.substring(path.lastIndexOf('/') + 1)));
    String before = storedKey(connection);
    Answer refused =
        organisation.put(
            path + "/credentials", "{\"credentials\": {\"apiKey\": \"" + other.secret() + "\"}}");
    assertThat(refused.status()).as(refused.raw().body()).isEqualTo(422);
    assertThat(refused.text("/code")).isEqualTo("other_account");
    assertThat(refused.text("/field")).isEqualTo("credentials");
    assertThat(refused.text("/detail")).contains("another account");
    assertThat(refused.text("/next_step")).isNotBlank();
    assertThat(storedKey(connection)).isEqualTo(before).isEqualTo(account.secret());

    // Also after the credentials were removed: the records are still those of the first account.
    organisation.delete(path + "/credentials");
    assertThat(
            organisation
                .put(
                    path + "/credentials",
                    "{\"credentials\": {\"apiKey\": \"" + other.secret() + "\"}}")
                .text("/code"))
        .isEqualTo("other_account");
    assertThat(
            organisation
                .put(
                    path + "/credentials",
                    "{\"credentials\": {\"apiKey\": \"" + account.secret() + "\"}}")
                .status())
        .isEqualTo(200);
  }

  @Test
  void keysAreIssuedRotatedAndRevoked() {
    Answer issued =
        organisation.post(
            base + "/keys", "{\"name\": \"front desk\", \"scopes\": [\"manage\", \"read\"]}");
    assertThat(issued.status()).isEqualTo(201);
    ApiClient old = stage.with(issued.text("/secret"));
    assertThat(old.get("/api/v1/clinic").text("/id")).isEqualTo(clinic);
    Answer rotated =
        old.post("/api/v1/keys/" + issued.text("/id") + "/rotate", "{\"overlap_minutes\": 60}");
    assertThat(rotated.status()).isEqualTo(201);
    ApiClient fresh = stage.with(rotated.text("/secret"));
    assertThat(old.get("/api/v1/clinic").status()).isEqualTo(200);
    assertThat(fresh.get("/api/v1/clinic").status()).isEqualTo(200);
    assertThat(old.post("/api/v1/keys/" + issued.text("/id") + "/rotate", null).status())
        .isEqualTo(404);
    assertThat(fresh.delete("/api/v1/keys/" + issued.text("/id")).status()).isEqualTo(204);
    Answer ended = old.get("/api/v1/clinic");
    assertThat(ended.status()).isEqualTo(401);
    assertThat(ended.text("/code")).isEqualTo("unauthorised");
    assertThat(ended.text("/request_id"))
        .isEqualTo(ended.raw().headers().firstValue("X-Request-Id").orElseThrow());
    assertThat(fresh.get("/api/v1/keys").raw().body()).doesNotContain(rotated.text("/secret"));
  }

  @Test
  void settingsAreReplacedAsAWhole() {
    String settings =
        """
        {"household": "primary_only", "marketing_without_consent": false, "pack": "full", "approved_classes": ["sensitive"],
         "recreate_deleted_contacts": false, "reminder_lead_minutes": 45, "late_cancel_hours": 12, "at_risk_days": 10, "lapsed_days": 60, "lost_days": 200,
         "approval": {"approver": "Rowan Hale", "reason": "Recall letters name the insurer"}, "day_counters": true}""";
    Answer nobody =
        organisation.put(
            base + "/settings", settings.replaceAll("\\s*\"approval\": \\{[^}]*\\},", ""));
    assertThat(nobody.status()).as("a sensitive class needs a name").isEqualTo(400);
    assertThat(nobody.text("/field")).isEqualTo("approval");
    Answer changed = organisation.put(base + "/settings", settings);
    assertThat(changed.status()).as(changed.raw().body()).isEqualTo(200);
    assertThat(organisation.get(base + "/settings").body()).isEqualTo(changed.body());
    Answer crossed = organisation.put(base + "/settings", settings.replace("60", "5"));
    assertThat(crossed.status()).isEqualTo(400);
    assertThat(organisation.get(base + "/settings").body()).isEqualTo(changed.body());
  }

  @Test
  void goHighLevelIsConnectedByATokenThatFitsItsSubAccount() {
    SandboxServer.Account ghl = stage.ghl();
    String body = "{\"location_id\": \"%s\", \"token\": \"%s\", \"sandbox\": \"%s\"}";
    assertThat(organisation.get(base + "/ghl").body().at("/connected").asBoolean()).isFalse();
    Answer wrong =
        organisation.put(base + "/ghl", body.formatted(ghl.id(), "pit-wrong", ghl.base()));
    assertThat(wrong.status()).as(wrong.raw().body()).isEqualTo(422);
    Answer foreign =
        organisation.put(base + "/ghl", body.formatted(stage.ghl().id(), ghl.secret(), ghl.base()));
    assertThat(foreign.status()).as(foreign.raw().body()).isEqualTo(422);
    assertThat(organisation.get(base + "/ghl").body().at("/connected").asBoolean()).isFalse();
    Answer connected =
        organisation.put(base + "/ghl", body.formatted(ghl.id(), ghl.secret(), ghl.base()));
    assertThat(connected.status()).as(connected.raw().body()).isEqualTo(200);
    assertThat(connected.raw().body()).doesNotContain(ghl.secret());
    String other = "/api/v1/clinics/" + stage.clinic(organisation);
    assertThat(
            organisation
                .put(other + "/ghl", body.formatted(ghl.id(), ghl.secret(), ghl.base()))
                .status())
        .isEqualTo(409);
    assertThat(organisation.delete(base + "/ghl").status()).isEqualTo(204);
    assertThat(organisation.post(base + "/ghl/authorize", null).status()).isEqualTo(422);
  }

  @Test
  void aBackfillRunsDryThenForRealIsPausedResumedAndCancelled() {
    String connection =
        organisation
            .post(base + "/connections", ApiStage.connecting(stage.cliniko(30)))
            .text("/id");
    String path = base + "/connections/" + connection + "/backfills";
    assertThat(organisation.post(path, "{\"objects\": [\"patient\"]}").status()).isEqualTo(409);
    run(connection);
    Answer dry =
        organisation.post(path, "{\"objects\": [\"patient\", \"appointment\"], \"dry_run\": true}");
    assertThat(dry.status()).as(dry.raw().body()).isEqualTo(202);
    assertThat(organisation.post(path, "{\"objects\": [\"patient\"]}").status()).isEqualTo(409);
    backfill(dry);
    Answer done = organisation.get(path + "/" + dry.text("/id"));
    assertThat(done.text("/state")).isEqualTo("done");
    assertThat(done.body().at("/read").asInt()).isGreaterThanOrEqualTo(30);
    assertThat(done.body().at("/created").asInt()).isZero();

    Answer real = organisation.post(path, "{\"objects\": [\"patient\"], \"active_only\": true}");
    String one = path + "/" + real.text("/id");
    assertThat(organisation.post(one + "/pause", null).text("/state")).isEqualTo("paused");
    backfill(real);
    assertThat(organisation.get(one).body().at("/read").asInt()).isZero();
    assertThat(organisation.post(one + "/resume", null).text("/state")).isEqualTo("queued");
    backfill(real);
    assertThat(organisation.get(one).text("/state")).isEqualTo("done");
    assertThat(organisation.post(one + "/cancel", null).status()).isEqualTo(409);
    Answer third =
        organisation.post(
            path,
            "{\"objects\": [\"appointment\"], \"from\": \"2026-01-01T00:00:00Z\", \"to\": \"2027-01-01T00:00:00Z\"}");
    assertThat(organisation.post(path + "/" + third.text("/id") + "/cancel", null).text("/state"))
        .isEqualTo("cancelled");
    assertThat(organisation.get(path).body().at("/items")).hasSize(3);
  }

  @Test
  void whatIsWrongIsListedWithWhoCanFixItAndClosesWithItsCause() {
    SandboxServer.Account account = stage.cliniko(2);
    String connection =
        organisation.post(base + "/connections", ApiStage.connecting(account)).text("/id");
    run(connection);
    assertThat(organisation.get(base + "/errors").body().at("/items")).isEmpty();
    organisation.delete(base + "/connections/" + connection + "/credentials");
    Answer errors = organisation.get(base + "/errors");
    assertThat(errors.text("/items/0/code")).isEqualTo("credentials_removed");
    assertThat(errors.text("/items/0/who")).isEqualTo("clinic");
    assertThat(errors.text("/items/0/next_step")).isNotBlank();
    organisation.put(
        base + "/connections/" + connection + "/credentials",
        "{\"credentials\": {\"apiKey\": \"" + account.secret() + "\"}}");
    assertThat(organisation.get(base + "/errors").body().at("/items")).isEmpty();
    assertThat(organisation.get(base + "/error-codes").body().at("/items").size())
        .isGreaterThan(20);
    assertThat(organisation.get(base + "/quarantined").status()).isEqualTo(200);
    assertThat(organisation.get(base + "/reviews").status()).isEqualTo(200);
    assertThat(
            organisation
                .post(
                    base + "/connections/" + connection + "/reviews/1", "{\"choice\": \"ignore\"}")
                .status())
        .isEqualTo(404);
  }

  private String storedKey(ConnectionId connection) {
    return stage
        .bean(Connections.class)
        .account(new ClinicId(UUID.fromString(clinic)), connection, Urgency.SYNC)
        .credentials()
        .require("apiKey");
  }

  private void backfill(Answer asked) {
    var unused =
        stage
            .bean(io.clinicsync.sync.Backfills.class)
            .run(new ClinicId(UUID.fromString(clinic)), UUID.fromString(asked.text("/id")));
  }

  private void run(String connection) {
    stage
        .runs()
        .run(new ClinicId(UUID.fromString(clinic)), new ConnectionId(UUID.fromString(connection)))
        .orElseThrow();
  }
}
