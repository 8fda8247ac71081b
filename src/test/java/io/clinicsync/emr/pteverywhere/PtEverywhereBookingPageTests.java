package io.clinicsync.emr.pteverywhere;

import static org.assertj.core.api.Assertions.assertThat;

import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.emr.spi.BookingLink;
import io.clinicsync.emr.spi.ConnectionCheck;
import io.clinicsync.emr.spi.Credentials;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.Urgency;
import io.clinicsync.emr.tck.InMemorySessions;
import java.net.URI;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Where people are sent who book themselves. */
class PtEverywhereBookingPageTests {

  private static final String ID = "5f0c1a2b3c4d5e6f70819aab";

  private final PtEverywhereConnector connector =
      new PtEverywhereConnector(
          call -> {
            throw new AssertionError("nothing is called");
          },
          new InMemorySessions(),
          Clock.systemUTC());

  private static EmrAccount account(@Nullable String clinic) {
    Map<String, String> typed = new HashMap<>();
    if (clinic != null) {
      typed.put(PtEverywhereConnector.CLINIC_ID, clinic);
    }
    return new EmrAccount(
        new UUID(1, 1),
        new ConnectionId(new UUID(1, 2)),
        PtEverywhereConnector.WAY,
        PtEverywhereHosts.BASE,
        ZoneOffset.UTC,
        "USD",
        new Credentials(typed),
        Urgency.BOOKING);
  }

  private Optional<URI> page(@Nullable String clinic) {
    EmrAccount account = account(clinic);
    return connector.capabilities(account).stream()
        .filter(BookingLink.class::isInstance)
        .map(BookingLink.class::cast)
        .map(each -> each.page(account, EmrRef.of(RecordKind.TREATMENT, "t"), null))
        .findFirst();
  }

  @Test
  void theBookingPageIsKnownByTheClinicsIdAndOtherwiseNotOffered() {
    URI known = URI.create("https://app.pteverywhere.com/" + ID + "/bookingonline");
    assertThat(page(" " + ID.toUpperCase(java.util.Locale.ROOT) + " ")).contains(known);
    assertThat(page(known.toString())).contains(known);
    assertThat(page("https://app.pteverywhere.com/s/" + ID + "/register")).contains(known);
    assertThat(page(null)).isEmpty();
    assertThat(page(" ")).isEmpty();
    assertThat(page(ID + "00")).isEmpty();
    assertThat(page("harbour-clinic")).isEmpty();
  }

  @Test
  void anIdThatCanBeNoneIsToldWhenItIsTyped() {
    assertThat(connector.check(account("harbour-clinic")))
        .isInstanceOfSatisfying(
            ConnectionCheck.Fails.class,
            fails -> assertThat(fails.advice()).contains("clinic ID").contains("left out"));
  }
}
