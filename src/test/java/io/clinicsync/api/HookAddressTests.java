package io.clinicsync.api;

import static io.clinicsync.api.BridgedClinic.ok;
import static io.clinicsync.api.BridgedClinic.refused;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.ApplicationTest;
import io.clinicsync.api.ApiClient.Answer;
import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.sandbox.SandboxServer;
import io.clinicsync.sandbox.cliniko.ClinikoAccount;
import io.clinicsync.sandbox.server.LogEntry;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;

/**
 * The addresses of a connection's own that workflows call: which of them are live, and for whom.
 */
@ApplicationTest
class HookAddressTests {

  @Autowired private ApplicationContext context;

  private BridgedClinic clinic;

  @BeforeEach
  void aClinicWithBothItsVendors() {
    clinic = new BridgedClinic(context);
  }

  private String addressOf(String connection) {
    return clinic.path("connections/" + connection + "/hook-address");
  }

  /** A new address of a connection; its path. */
  private String issue(String connection) {
    Answer answer = clinic.clinic.organisation.post(addressOf(connection), null);
    assertThat(answer.status()).isEqualTo(201);
    String address = answer.text("/address");
    return address.substring(address.indexOf("/hooks/"));
  }

  private void endAll() {
    assertThat(clinic.clinic.organisation.delete(addressOf(clinic.clinic.connection)).status())
        .isEqualTo(204);
  }

  private int noted() {
    return clinic.get("hook-calls").body().path("items").size();
  }

  @Test
  void anAddressThatEndedAnswersLikeAnUnknownOneAtOnce() {
    String connection = clinic.clinic.connection;
    String appointment = clinic.inGhl(0);
    String unknown =
        clinic.call("/hooks/" + "A".repeat(43) + "/book", appointment).withoutRequestId();
    assertThat(unknown).contains("not_found");
    String first = issue(connection);
    ok(clinic.call(first, appointment));
    String second = issue(connection);
    assertThat(ok(clinic.call(first, appointment)).text("/code"))
        .as("one before")
        .isEqualTo("booked");
    String third = issue(connection);
    assertThat(clinic.call(first + "/book", appointment).withoutRequestId()).isEqualTo(unknown);
    ok(clinic.call(second, appointment));
    ok(clinic.call(third, appointment));

    int noted = noted();
    endAll();
    clinic.moveInGhl(appointment, 2);
    long mark = clinic.mark();
    for (String ended : List.of(first, second, third)) {
      assertThat(clinic.call(ended + "/book", appointment).withoutRequestId()).isEqualTo(unknown);
    }
    assertThat(clinic.emrWrites(mark)).isEmpty();
    assertThat(noted()).as("nobody's calls").isEqualTo(noted);
    clinic.standsAt(0);

    endAll();
    assertThat(ok(clinic.call(issue(connection), appointment)).text("/code"))
        .isEqualTo("rescheduled");
  }

  @Test
  void aConnectionThatWasRevokedHasNoAddress() {
    String appointment = clinic.inGhl(0);
    String unknown = clinic.call("/hooks/" + "A".repeat(43), appointment).withoutRequestId();
    String address = issue(clinic.clinic.connection);
    ok(clinic.call(address, appointment));
    clinic.clinic.organisation.delete(
        clinic.path("connections/" + clinic.clinic.connection + "/credentials"));
    assertThat(clinic.call(address, appointment).withoutRequestId()).isEqualTo(unknown);
  }

  @Test
  void anAppointmentToldToTwoEmrsIsBookedInOneOnly() throws Exception {
    SandboxServer.Account account = clinic.stage.cliniko(12);
    ClinikoAccount other = clinic.stage.sandbox().cliniko().account(account.id());
    String second =
        clinic
            .clinic
            .organisation
            .post(clinic.path("connections"), ApiStage.connecting(account))
            .text("/id");
    clinic
        .stage
        .runs()
        .run(clinic.clinic.id(), new ConnectionId(UUID.fromString(second)))
        .orElseThrow();
    clinic.stage.mayBook(clinic.clinic.organisation, clinic.clinic.clinic, second);
    ApiClient inSecond =
        clinic.stage.with(
            clinic
                .clinic
                .organisation
                .post(
                    clinic.path("keys"),
                    "{\"name\": \"b\", \"scopes\": [\"book\"], \"connection\": \"" + second + "\"}")
                .text("/secret"));
    JsonNode theirs = ApiStage.openTimes(inSecond, "/api/v1/", 2).getFirst();
    String appointment = clinic.inGhl(0);
    String toFirst = issue(clinic.clinic.connection);
    String toSecond = issue(second);
    long mark = clinic.mark();
    ok(clinic.call(toFirst, appointment));

    String refusal = told(toSecond, appointment, theirs).withoutRequestId();
    assertThat(refusal).contains("not_confirmed");
    clinic.moveInGhl(appointment, 2);
    assertThat(told(toSecond, appointment, theirs).withoutRequestId()).isEqualTo(refusal);
    refused(told(toSecond, appointment, theirs), 404, "not_confirmed");
    assertThat(clinic.since(mark, LogEntry.Kind.WRITE, other.name())).isEmpty();
    assertThat(ok(clinic.call(toFirst, appointment)).text("/code")).isEqualTo("rescheduled");

    String both = clinic.inGhl(1);
    long before = clinic.mark();
    List<Answer> answers =
        BookableClinic.together(
            List.of(
                () -> clinic.call(toFirst, both),
                () -> told(toSecond, both, theirs),
                () -> clinic.call(toFirst, both),
                () -> told(toSecond, both, theirs)));
    assertThat(booked(before, clinic.clinic.cliniko) + booked(before, other))
        .as("whoever comes first, one at most")
        .isLessThanOrEqualTo(1);
    boolean inFirst = answers.get(0).status() == 200 || answers.get(2).status() == 200;
    boolean inOther = answers.get(1).status() == 200 || answers.get(3).status() == 200;
    assertThat(inFirst && inOther).isFalse();
  }

  private long booked(long mark, ClinikoAccount emr) {
    return clinic.since(mark, LogEntry.Kind.WRITE, emr.name()).stream()
        .filter(each -> each.operation().startsWith("POST"))
        .filter(each -> each.operation().contains("individual_appointments"))
        .count();
  }

  /** A workflow that means the other EMR, with its words. */
  private Answer told(String address, String appointment, JsonNode opening) {
    return clinic.workflow.post(
        address,
        clinic
            .location
            .edits()
            .workflowPayload(
                appointment,
                Map.of(
                    "appt_type_name", opening.path("treatment").asText(),
                    "staff_member", opening.path("practitioner").asText(),
                    "business_name", opening.path("site").asText())));
  }
}
