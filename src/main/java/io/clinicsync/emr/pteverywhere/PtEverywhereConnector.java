package io.clinicsync.emr.pteverywhere;

import io.clinicsync.emr.spi.AccessWay;
import io.clinicsync.emr.spi.Auth;
import io.clinicsync.emr.spi.Capability;
import io.clinicsync.emr.spi.ConnectionCheck;
import io.clinicsync.emr.spi.CredentialField;
import io.clinicsync.emr.spi.Credentials;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrConnector;
import io.clinicsync.emr.spi.EmrDescriptor;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.emr.spi.EmrSessions;
import io.clinicsync.emr.spi.ReadWindow;
import io.clinicsync.emr.wire.Entry;
import io.clinicsync.emr.wire.UnreadableEntry;
import io.clinicsync.emr.wire.VendorWire;
import io.clinicsync.http.HttpAnswer;
import io.clinicsync.http.OutboundHttp;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** PtEverywhere, by its Open API v2. */
@Component
class PtEverywhereConnector implements EmrConnector {

  static final String WAY = "api";

  /** Names the clinic's own booking page; not needed to read. */
  static final String CLINIC_ID = "clinicId";

  private static final Duration SYNC_DEADLINE = Duration.ofSeconds(60);
  private static final Duration WAIT_WHEN_UNSAID = Duration.ofSeconds(60);

  private static final EmrDescriptor DESCRIPTOR =
      new EmrDescriptor("pteverywhere", "PtEverywhere", List.of(way()));

  private final PtEverywhereCatalogue catalogue;
  private final List<Capability> capabilities;
  private final List<Capability> withPage;

  PtEverywhereConnector(OutboundHttp http, EmrSessions sessions, Clock clock) {
    VendorWire wire =
        new VendorWire(
            http,
            "pteverywhere",
            PtEverywhereApi.LIMIT,
            SYNC_DEADLINE,
            PtEverywhereConnector::waitAsked);
    PtEverywhereApi api = new PtEverywhereApi(wire, new PtEverywhereTokens(wire, sessions, clock));
    catalogue = new PtEverywhereCatalogue(api, clock);
    capabilities =
        List.of(
            new PtEverywherePatients(api, new PtEverywhereFigures(api, clock)),
            new PtEverywhereAppointments(api, clock),
            catalogue,
            new PtEverywhereSlots(api, catalogue),
            new PtEverywhereWebhooks());
    withPage =
        Stream.concat(capabilities.stream(), Stream.of(new PtEverywhereBookingPage())).toList();
  }

  /** Where PtEverywhere says nothing, a minute. */
  private static Optional<Duration> waitAsked(HttpAnswer answer) {
    return answer.header("Retry-After").isPresent()
        ? Optional.empty()
        : Optional.of(WAIT_WHEN_UNSAID);
  }

  private static AccessWay way() {
    return new AccessWay(
        WAY,
        "Open API",
        new Auth.ClientCredentials(URI.create(PtEverywhereHosts.BASE + "/auth/token")),
        List.of(
            new CredentialField(
                PtEverywhereTokens.EMAIL,
                "E-mail",
                false,
                true,
                "Of a user made for this integration alone; ask PtEverywhere's client care for"
                    + " Open API access."),
            new CredentialField(
                PtEverywhereTokens.PASSWORD, "Password", true, true, "The password of that user."),
            new CredentialField(
                PtEverywhereWebhooks.SECRET,
                "Webhook secret",
                true,
                false,
                "PtEverywhere hands it out when it registers the webhook address shown here."),
            new CredentialField(
                CLINIC_ID,
                "Clinic ID",
                false,
                false,
                "For booking links: the 24 letters and digits in the address of your online"
                    + " booking page, or the whole address. Open it once to see that it is"
                    + " right.")),
        PtEverywhereApi.LIMIT,
        List.of(PtEverywhereHosts.PATTERN),
        false);
  }

  @Override
  public EmrDescriptor descriptor() {
    return DESCRIPTOR;
  }

  @Override
  public URI base(AccessWay way, Credentials credentials) {
    return PtEverywhereHosts.BASE;
  }

  @Override
  public List<Capability> capabilities(EmrAccount account) {
    return PtEverywhereBookingPage.clinic(account.credentials()).isPresent()
        ? withPage
        : capabilities;
  }

  /**
   * {@inheritDoc} The clinic goes by its first location; nothing names the account for good.
   *
   * @see <a href="https://openapi.pteverywhere.com/api/v2/swagger.html">GET
   *     /masterdata/locations</a>
   */
  @Override
  public ConnectionCheck check(EmrAccount account) {
    boolean typed = account.credentials().find(CLINIC_ID).filter(id -> !id.isBlank()).isPresent();
    if (typed && PtEverywhereBookingPage.clinic(account.credentials()).isEmpty()) {
      return new ConnectionCheck.Fails(
          EmrException.Kind.CREDENTIALS_REJECTED,
          "The clinic ID is the 24 letters and digits in the address of your online booking page."
              + " It may be left out.");
    }
    try {
      List<Entry> locations = catalogue.locations(account);
      String name =
          locations.isEmpty()
              ? "PtEverywhere clinic"
              : readable(locations.getFirst(), each -> each.requireText("name"));
      return new ConnectionCheck.Works(name, null, null, null, null);
    } catch (EmrException failure) {
      return new ConnectionCheck.Fails(failure.kind(), advice(failure.kind()));
    }
  }

  private static String advice(EmrException.Kind kind) {
    return switch (kind) {
      case CREDENTIALS_REJECTED ->
          "PtEverywhere does not take this e-mail and password. Enter those of the integration"
              + " user again, or ask PtEverywhere's client care for Open API access.";
      case PERMISSION_MISSING ->
          "This user may not read what is needed. Ask PtEverywhere's client care to give it access"
              + " to the Open API's master data and reports.";
      case RATE_LIMITED -> "PtEverywhere asks to slow down. Try again in a few minutes.";
      case UNAVAILABLE ->
          "PtEverywhere cannot be reached at the moment. Try again in a few minutes.";
      case PERSON_NEEDED,
          NOT_FOUND,
          SLOT_TAKEN,
          REQUEST_REJECTED,
          CONTRACT_BROKEN,
          OUTCOME_UNKNOWN ->
          "PtEverywhere gave an answer we do not understand. Tell support; nothing is wrong on"
              + " your side as far as we can see.";
    };
  }

  /** A window that the source's facts do not offer. */
  static EmrException unread(ReadWindow window) {
    return new EmrException(
        EmrException.Kind.REQUEST_REJECTED,
        "PtEverywhere cannot be read by " + window.getClass().getSimpleName() + " here");
  }

  /** Reads an entry that nothing can stand in for. */
  static <T extends @Nullable Object> T readable(Entry entry, Function<Entry, T> reading) {
    try {
      return reading.apply(entry.bounded());
    } catch (UnreadableEntry unreadable) {
      throw new EmrException(
          EmrException.Kind.CONTRACT_BROKEN,
          "PtEverywhere sent an entry where " + unreadable.problem());
    }
  }
}
