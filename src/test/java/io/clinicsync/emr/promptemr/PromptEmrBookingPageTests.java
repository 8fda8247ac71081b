package io.clinicsync.emr.promptemr;

import static org.assertj.core.api.Assertions.assertThat;

import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.emr.spi.BookingLink;
import io.clinicsync.emr.spi.Credentials;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.Urgency;
import io.clinicsync.emr.tck.InMemoryImports;
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
class PromptEmrBookingPageTests {

  private final PromptEmrConnector connector =
      new PromptEmrConnector(new InMemoryImports(Clock.systemUTC()));

  private Optional<URI> page(@Nullable String workspace) {
    Map<String, String> typed = new HashMap<>(Map.of(PromptEmrConnector.PRACTICE, "Harbour"));
    if (workspace != null) {
      typed.put(PromptEmrConnector.WORKSPACE, workspace);
    }
    EmrAccount account =
        new EmrAccount(
            new UUID(1, 1),
            new ConnectionId(new UUID(1, 2)),
            PromptEmrConnector.WAY,
            URI.create("https://go.promptemr.com"),
            ZoneOffset.UTC,
            "USD",
            new Credentials(typed),
            Urgency.BOOKING);
    return connector.capabilities(account).stream()
        .filter(BookingLink.class::isInstance)
        .map(BookingLink.class::cast)
        .map(each -> each.page(account, null, EmrRef.of(RecordKind.PRACTITIONER, "Ava Reed")))
        .findFirst();
  }

  @Test
  void theSchedulingPageIsKnownByTheWorkspaceNumberAndOtherwiseNotOffered() {
    assertThat(page(" 1234 "))
        .contains(URI.create("https://scheduling.go.promptemr.com/onlineScheduling?w=1234&s=DL"));
    assertThat(page(null)).isEmpty();
    assertThat(page("12&x=1")).isEmpty();
  }
}
