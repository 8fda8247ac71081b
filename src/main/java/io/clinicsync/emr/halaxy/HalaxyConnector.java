package io.clinicsync.emr.halaxy;

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
import java.time.Instant;
import java.util.Currency;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/** Halaxy, by an API key of the practice group. */
@Component
class HalaxyConnector implements EmrConnector {

  static final String WAY = "client-credentials";
  static final Duration OVERLAP = Duration.ofMinutes(10);

  private static final Duration SYNC_DEADLINE = Duration.ofSeconds(60);
  private static final Duration WAIT_WHEN_UNSAID = Duration.ofSeconds(60);
  private static final EmrDescriptor DESCRIPTOR =
      new EmrDescriptor("halaxy", "Halaxy", List.of(way()));

  private final HalaxyApi api;
  private final List<Capability> capabilities;

  @Autowired
  HalaxyConnector(
      OutboundHttp http,
      EmrSessions sessions,
      Clock clock,
      @Value("${clinicsync.contact-email:integrations@example.org}") String contact) {
    String userAgent = "ClinicSync (" + contact + ")";
    VendorWire wire =
        new VendorWire(http, "halaxy", HalaxyApi.LIMIT, SYNC_DEADLINE, HalaxyConnector::waitAsked);
    api = new HalaxyApi(wire, new HalaxyTokens(wire, sessions, clock, userAgent), userAgent);
    HalaxyPatients patients = new HalaxyPatients(api);
    HalaxyAppointments appointments = new HalaxyAppointments(api);
    capabilities =
        List.of(
            patients,
            appointments,
            new HalaxyInvoices(api),
            new HalaxyCatalogue(api),
            new HalaxyAvailability(api, appointments, clock),
            new HalaxyDirectory(api, patients),
            new HalaxyBookings(api, appointments, clock),
            new HalaxyWebhooks());
  }

  private static AccessWay way() {
    return new AccessWay(
        WAY,
        "API key",
        new Auth.ClientCredentials(URI.create("https://au-api.halaxy.com/main/oauth/token")),
        List.of(
            new CredentialField(
                HalaxyHosts.REGION,
                "Region",
                false,
                true,
                "eu for practices in the United Kingdom and the European Union, au for all others."),
            new CredentialField(
                HalaxyTokens.CLIENT_ID,
                "Client ID",
                false,
                true,
                "From the developer page of your Halaxy practice group."),
            new CredentialField(
                HalaxyTokens.CLIENT_SECRET,
                "Client secret",
                true,
                true,
                "Shown by Halaxy when the API key is made."),
            new CredentialField(
                HalaxyWebhooks.SECRET,
                "Webhook secret",
                true,
                false,
                "The authentication header you enter with each webhook in Halaxy."),
            new CredentialField(
                HalaxyBookings.CHARGED,
                "Charge for cancelled appointments",
                false,
                false,
                "yes keeps the invoice of an appointment that is cancelled through ClinicSync;"
                    + " otherwise Halaxy sets it to zero.")),
        HalaxyApi.LIMIT,
        List.of(HalaxyHosts.PATTERN),
        false);
  }

  /** Where Halaxy says nothing, the length of its window. */
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
    return HalaxyHosts.of(credentials);
  }

  @Override
  public List<Capability> capabilities(EmrAccount account) {
    return capabilities;
  }

  /**
   * {@inheritDoc}
   *
   * @see <a href="https://developers.halaxy.com/reference/organization">GET /Organization</a>
   */
  @Override
  public ConnectionCheck check(EmrAccount account) {
    try {
      List<Entry> all =
          api.page(account, "Organization", new HalaxyQuery(), 1).matches().stream().toList();
      Entry group = named(all, "PG-");
      Entry clinic = named(all, "CL-");
      Entry shown = group == null ? clinic : group;
      if (shown == null) {
        throw VendorWire.broken("halaxy.Organization.list");
      }
      String country =
          clinic == null ? null : readable(clinic, each -> country(each.each("address")));
      return readable(
          shown,
          each ->
              new ConnectionCheck.Works(
                  each.requireText("name"),
                  each.requireText("id"),
                  null,
                  country,
                  currency(country)));
    } catch (EmrException failure) {
      return new ConnectionCheck.Fails(failure.kind(), advice(failure.kind()));
    }
  }

  private static @Nullable Entry named(List<Entry> organizations, String prefix) {
    return organizations.stream()
        .filter(each -> String.valueOf(HalaxyMapper.id(each)).startsWith(prefix))
        .findFirst()
        .orElse(null);
  }

  private static @Nullable String country(List<Entry> addresses) {
    return addresses.stream()
        .map(each -> each.text("country"))
        .filter(Objects::nonNull)
        .filter(each -> each.matches("[A-Z]{2}"))
        .findFirst()
        .orElse(null);
  }

  private static @Nullable String currency(@Nullable String country) {
    try {
      Currency currency = country == null ? null : Currency.getInstance(Locale.of("", country));
      return currency == null ? null : currency.getCurrencyCode();
    } catch (IllegalArgumentException unknownCountry) {
      return null;
    }
  }

  private static String advice(EmrException.Kind kind) {
    return switch (kind) {
      case CREDENTIALS_REJECTED ->
          "Halaxy does not take this client ID and secret. Copy both again from the developer page"
              + " of your practice group, and check the region.";
      case PERMISSION_MISSING ->
          "The API key works but may not read everything needed. Tick Retrieve for patients,"
              + " practitioners, organizations, appointments and invoices on Halaxy's developer"
              + " page, and for bookings what lets it create patients and book and change"
              + " appointments.";
      case RATE_LIMITED -> "Halaxy asks to slow down. Try again in a few minutes.";
      case UNAVAILABLE, NOT_FOUND ->
          "Halaxy cannot be reached at the moment. Try again in a few minutes.";
      case PERSON_NEEDED, SLOT_TAKEN, REQUEST_REJECTED, CONTRACT_BROKEN, OUTCOME_UNKNOWN ->
          "Halaxy gave an answer we do not understand. Tell support; nothing is wrong on your side"
              + " as far as we can see.";
    };
  }

  /**
   * The search of a window by change time, or of everything.
   *
   * @throws EmrException REQUEST_REJECTED for other windows
   */
  static HalaxyQuery byChange(ReadWindow window) {
    return switch (window) {
      case ReadWindow.ChangedSince(Instant since) ->
          new HalaxyQuery().with("_lastUpdated", "ge" + HalaxyQuery.second(since));
      case ReadWindow.Everything() -> new HalaxyQuery();
      case ReadWindow.StartingIn other -> throw unread(other);
      // Halaxy ignores some filters by patient without a word.
      case ReadWindow.OfPatients other -> throw unread(other);
      case ReadWindow.NotByPatient other -> throw unread(other);
    };
  }

  private static EmrException unread(ReadWindow window) {
    return new EmrException(
        EmrException.Kind.REQUEST_REJECTED,
        "Halaxy cannot be read by " + window.getClass().getSimpleName() + " here");
  }

  /** Reads an entry that nothing can stand in for. */
  static <T extends @Nullable Object> T readable(Entry entry, Function<Entry, T> reading) {
    try {
      return reading.apply(entry.bounded());
    } catch (UnreadableEntry unreadable) {
      throw new EmrException(
          EmrException.Kind.CONTRACT_BROKEN, "Halaxy sent an entry where " + unreadable.problem());
    }
  }
}
