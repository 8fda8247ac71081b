package io.clinicsync.emr.jane;

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
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Currency;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/** Jane, by its Developer Platform or by the clinic's own web session. */
@Component
class JaneConnector implements EmrConnector {

  static final String API = "api";
  static final String WEB = "web";

  private static final Duration SYNC_DEADLINE = Duration.ofSeconds(60);
  private static final Duration WAIT_WHEN_UNSAID = Duration.ofSeconds(60);

  private static final CredentialField CLINIC =
      new CredentialField(
          JaneHosts.CLINIC,
          "Clinic address",
          false,
          true,
          "The address you sign in at, for example yourclinic.janeapp.com.");
  private static final EmrDescriptor DESCRIPTOR =
      new EmrDescriptor("jane", "Jane", List.of(apiWay(), webWay()));

  private final JaneApi api;
  private final JaneWeb web;
  private final List<Capability> apiCapabilities;
  private final List<Capability> webCapabilities;

  @Autowired
  JaneConnector(
      OutboundHttp http,
      EmrSessions sessions,
      Clock clock,
      @Value("${clinicsync.contact-email:integrations@example.org}") String contact) {
    String userAgent = "ClinicSync (" + contact + ")";
    VendorWire apiWire =
        new VendorWire(http, "jane", JaneApi.LIMIT, SYNC_DEADLINE, JaneConnector::waitAsked);
    VendorWire webWire =
        new VendorWire(http, "jane", JaneWeb.LIMIT, SYNC_DEADLINE, JaneConnector::waitAsked);
    JaneGrants grants = new JaneGrants(apiWire, sessions, clock, userAgent);
    api = new JaneApi(apiWire, grants, userAgent);
    web = new JaneWeb(webWire, sessions, clock, userAgent);
    JaneWebPatients patients = new JaneWebPatients(web);
    JaneWebAppointments appointments = new JaneWebAppointments(web, clock);
    JaneBookingPage page = new JaneBookingPage();
    apiCapabilities =
        List.of(
            new JaneApiPatients(api),
            new JaneApiAppointments(api),
            new JaneApiCatalogue(api),
            new JaneWebhooks(api, sessions),
            new JaneSignIn(grants),
            new JaneKeeper(grants),
            page);
    webCapabilities =
        List.of(
            patients,
            appointments,
            new JaneWebInvoices(web, patients, clock),
            new JaneWebPurchases(web, patients),
            new JaneWebCatalogue(web),
            new JaneOpenings(web),
            new JaneDirectory(web, patients),
            new JaneBookings(web, appointments, clock),
            page,
            new JaneCodeStep(web));
  }

  private static AccessWay apiWay() {
    return new AccessWay(
        API,
        "Developer Platform",
        new Auth.OAuth2(
            URI.create("https://login.id.janeapp.com/realms/jane/protocol/openid-connect/auth"),
            URI.create("https://login.id.janeapp.com/realms/jane/protocol/openid-connect/token"),
            JaneSignIn.SCOPES,
            true),
        List.of(
            CLINIC,
            new CredentialField(
                JaneGrants.CLIENT_ID,
                "Client ID",
                false,
                true,
                "From Jane's Developer Platform, for a partner Jane has accepted."),
            new CredentialField(
                JaneGrants.CLIENT_SECRET,
                "Client secret",
                true,
                false,
                "From Jane's Developer Platform, where the client has one."),
            new CredentialField(
                JaneWebhooks.SECRET,
                "Webhook secret",
                true,
                false,
                "Only where our address was registered by hand: Jane shows it once, then.")),
        JaneApi.LIMIT,
        List.of(JaneHosts.PATTERN),
        false);
  }

  private static AccessWay webWay() {
    return new AccessWay(
        WEB,
        "Web session",
        new Auth.WebLogin(),
        List.of(
            CLINIC,
            new CredentialField(
                JaneVisit.USERNAME,
                "User name or e-mail",
                false,
                true,
                "Of a staff user made for this integration, with no more rights than it needs."),
            new CredentialField(
                JaneVisit.PASSWORD, "Password", true, true, "The password of that staff user.")),
        JaneWeb.LIMIT,
        List.of(JaneHosts.PATTERN),
        true);
  }

  /** Where Jane says nothing, a minute. */
  private static Optional<Duration> waitAsked(HttpAnswer answer) {
    return answer.header("Retry-After").isPresent()
        ? Optional.empty()
        : Optional.of(WAIT_WHEN_UNSAID);
  }

  @Override
  public EmrDescriptor descriptor() {
    return DESCRIPTOR;
  }

  @Override
  public URI base(AccessWay way, Credentials credentials) {
    return JaneHosts.clinic(credentials);
  }

  @Override
  public List<Capability> capabilities(EmrAccount account) {
    return account.way().equals(WEB) ? webCapabilities : apiCapabilities;
  }

  /**
   * {@inheritDoc}
   *
   * @see <a href="https://developers.jane.app">GET /company</a>
   */
  @Override
  public ConnectionCheck check(EmrAccount account) {
    boolean session = account.way().equals(WEB);
    try {
      return session ? webCheck(account) : apiCheck(account);
    } catch (EmrException failure) {
      return new ConnectionCheck.Fails(
          failure.kind(), session ? webAdvice(failure.kind()) : apiAdvice(failure.kind()));
    }
  }

  private ConnectionCheck apiCheck(EmrAccount account) {
    Entry company = api.one(account, "jane.company.get", "company").entry();
    return readable(
        company,
        entry ->
            new ConnectionCheck.Works(
                entry.requireText("name"),
                host(entry.text("jane_url")),
                zone(entry.text("time_zone")),
                null,
                null));
  }

  private ConnectionCheck webCheck(EmrAccount account) {
    web.begin(account);
    List<Entry> locations =
        web.all(account, "jane.web.locations", JaneWebCatalogue.LOCATIONS, "locations");
    if (locations.isEmpty()) {
      throw VendorWire.broken("jane.web.locations");
    }
    return readable(
        locations.getFirst(),
        entry -> {
          String country = entry.text("country");
          String own = account.base().getHost();
          return new ConnectionCheck.Works(
              entry.requireText("name"),
              JaneHosts.isClinic(own) ? own : host(entry.text("booking_url")),
              null,
              country,
              currency(country));
        });
  }

  private static @Nullable String host(@Nullable String address) {
    if (address == null) {
      return null;
    }
    try {
      String host = URI.create(address).getHost();
      return JaneHosts.isClinic(host) ? host : null;
    } catch (IllegalArgumentException noAddress) {
      return null;
    }
  }

  private static @Nullable ZoneId zone(@Nullable String name) {
    try {
      return name == null ? null : ZoneId.of(name);
    } catch (DateTimeException unknown) {
      return null;
    }
  }

  private static @Nullable String currency(@Nullable String country) {
    if (country == null || !country.matches("[A-Z]{2}")) {
      return null;
    }
    try {
      Currency currency = Currency.getInstance(Locale.of("", country));
      return currency == null ? null : currency.getCurrencyCode();
    } catch (IllegalArgumentException unknownCountry) {
      return null;
    }
  }

  private static String apiAdvice(EmrException.Kind kind) {
    return switch (kind) {
      case CREDENTIALS_REJECTED ->
          "Sign in at Jane again: the permission for this integration was never given, was taken"
              + " back, or ended because it was not used for half an hour.";
      case PERMISSION_MISSING ->
          "The permission given at Jane does not cover what is needed. Sign in again with a user"
              + " with full access and allow everything asked for.";
      case RATE_LIMITED, UNAVAILABLE, NOT_FOUND -> waitingAdvice(kind);
      case PERSON_NEEDED, SLOT_TAKEN, REQUEST_REJECTED, CONTRACT_BROKEN, OUTCOME_UNKNOWN ->
          unknownAdvice();
    };
  }

  private static String webAdvice(EmrException.Kind kind) {
    return switch (kind) {
      case CREDENTIALS_REJECTED ->
          "Jane does not take this user and password. Check them by signing in at your clinic's"
              + " address, then enter them here again; nothing more is tried until then.";
      case PERSON_NEEDED ->
          "Jane wants to be sure that a person signs in. Enter the code it has sent; where it"
              + " shows a captcha, this way cannot be used.";
      case PERMISSION_MISSING ->
          "This Jane user may not see what is needed. Give it access to all locations, patients"
              + " and the schedule.";
      case RATE_LIMITED, UNAVAILABLE, NOT_FOUND -> waitingAdvice(kind);
      case SLOT_TAKEN, REQUEST_REJECTED, CONTRACT_BROKEN, OUTCOME_UNKNOWN -> unknownAdvice();
    };
  }

  private static String waitingAdvice(EmrException.Kind kind) {
    return switch (kind) {
      case RATE_LIMITED -> "Jane asks to slow down. Try again in a few minutes.";
      case NOT_FOUND ->
          "Jane knows no clinic at this address. Check it; it looks like yourclinic.janeapp.com.";
      default -> "Jane cannot be reached at the moment. Try again in a few minutes.";
    };
  }

  private static String unknownAdvice() {
    return "Jane gave an answer we do not understand. Tell support; nothing is wrong on your side"
        + " as far as we can see.";
  }

  /** A window that the source's facts do not offer. */
  static EmrException unread(ReadWindow window) {
    return new EmrException(
        EmrException.Kind.REQUEST_REJECTED,
        "Jane cannot be read by " + window.getClass().getSimpleName() + " here");
  }

  /** Reads an entry that nothing can stand in for. */
  static <T extends @Nullable Object> T readable(Entry entry, Function<Entry, T> reading) {
    try {
      return reading.apply(entry.bounded());
    } catch (UnreadableEntry unreadable) {
      throw new EmrException(
          EmrException.Kind.CONTRACT_BROKEN, "Jane sent an entry where " + unreadable.problem());
    }
  }
}
