package io.clinicsync.emr.jane;

import static org.assertj.core.api.Assertions.assertThat;

import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.emr.spi.BookingGateway;
import io.clinicsync.emr.spi.BookingLink;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.PatientDirectory;
import java.net.URI;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where people are sent who book themselves. */
class JaneBookingPageTests {

  private static final URI CLINIC = URI.create("https://harbour.janeapp.com");

  @ParameterizedTest
  @ValueSource(strings = {JaneConnector.API, JaneConnector.WEB})
  void everyWayInKnowsTheClinicsPageAndOnlyTheSessionBooks(String way) {
    try (JaneStage stage = new JaneStage(way)) {
      EmrAccount account =
          new EmrAccount(
              stage.account.tenant(),
              stage.account.id(),
              way,
              CLINIC,
              stage.account.zone(),
              "CAD",
              stage.account.credentials(),
              stage.account.urgency());
      BookingLink link = stage.capability(BookingLink.class);
      EmrRef treatment = EmrRef.of(RecordKind.TREATMENT, "31");
      assertThat(link.page(account, treatment, null)).hasToString(CLINIC + "/");
      assertThat(link.page(account, treatment, EmrRef.of(RecordKind.PRACTITIONER, "4")))
          .hasToString(CLINIC + "/#/staff_member/4");
      for (String unknown : new String[] {"0197a3c2-0000-7000-8000-000000000004", "4/../x"}) {
        assertThat(link.page(account, null, EmrRef.of(RecordKind.PRACTITIONER, unknown)))
            .hasToString(CLINIC + "/");
      }
      assertThat(stage.calls).isEmpty();
      boolean session = way.equals(JaneConnector.WEB);
      assertThat(stage.connector.capabilities(account))
          .matches(all -> session == all.stream().anyMatch(BookingGateway.class::isInstance))
          .matches(all -> session == all.stream().anyMatch(PatientDirectory.class::isInstance));
    }
  }
}
