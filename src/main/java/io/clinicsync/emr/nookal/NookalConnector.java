package io.clinicsync.emr.nookal;

import io.clinicsync.canonical.EmrRef;
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
import io.clinicsync.emr.spi.EmrException.Kind;
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
import java.util.Arrays;
import java.util.Currency;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/** Nookal, by the key of its API v2 and, for payments, the client of its API v3. */
@Component
class NookalConnector implements EmrConnector {

  private static final Duration SYNC_DEADLINE = Duration.ofSeconds(60);

  /** Heavy pages of v3 take up to a minute (seen 2026). */
  private static final Duration V3_DEADLINE = Duration.ofSeconds(90);

  private static final Duration WAIT_WHEN_UNSAID = Duration.ofSeconds(60);

  private static final EmrDescriptor DESCRIPTOR =
      new EmrDescriptor("nookal", "Nookal", List.of(way()));

  private final NookalCatalogue catalogue;
  private final NookalGraph graph;
  private final List<Capability> capabilities;
  private final List<Capability> withPayments;

  @Autowired
  NookalConnector(
      OutboundHttp http,
      EmrSessions sessions,
      Clock clock,
      @Value("${clinicsync.contact-email:integrations@example.org}") String contact) {
    String userAgent = "ClinicSync (" + contact + ")";
    NookalApi api = new NookalApi(wire(http, SYNC_DEADLINE), userAgent);
    graph = new NookalGraph(wire(http, V3_DEADLINE), sessions, clock, userAgent);
    catalogue = new NookalCatalogue(api);
    capabilities =
        List.of(
            new NookalPatients(api),
            new NookalAppointments(api, clock),
            new NookalInvoices(api),
            catalogue,
            new NookalAvailability(api, catalogue),
            new NookalDirectory(api),
            new NookalBookings(api, catalogue, clock));
    withPayments =
        Stream.concat(capabilities.stream(), Stream.of(new NookalPayments(graph, clock))).toList();
  }

  private static VendorWire wire(OutboundHttp http, Duration deadline) {
    return new VendorWire(http, "nookal", NookalApi.LIMIT, deadline, NookalConnector::waitAsked);
  }

  /** Where Nookal says nothing, a minute. */
  private static Optional<Duration> waitAsked(HttpAnswer answer) {
    return answer.header("Retry-After").isPresent()
        ? Optional.empty()
        : Optional.of(WAIT_WHEN_UNSAID);
  }

  private static AccessWay way() {
    return new AccessWay(
        "api-key",
        "API key",
        new Auth.ApiKey(),
        List.of(
            new CredentialField(
                NookalApi.API_KEY,
                "API key",
                true,
                true,
                "In Nookal under Setup, Connections, API Keys; tick every location it is for."),
            new CredentialField(
                NookalGraph.BASIC_KEY,
                "Basic Key of API v3",
                true,
                false,
                "For payments: in Nookal under Setup, Connections, API v3.0, Create New Client;"
                    + " it is shown once."),
            new CredentialField(
                NookalHosts.REGION,
                "Region of API v3",
                false,
                false,
                "Only with a Basic Key: au, the one region known so far.")),
        NookalApi.LIMIT,
        NookalHosts.PATTERNS,
        false);
  }

  @Override
  public EmrDescriptor descriptor() {
    return DESCRIPTOR;
  }

  @Override
  public URI base(AccessWay way, Credentials credentials) {
    return NookalHosts.base(credentials);
  }

  /** {@inheritDoc} Payments only with a v3 client: v2 gives nothing but sums. */
  @Override
  public List<Capability> capabilities(EmrAccount account) {
    return NookalGraph.isGiven(account) ? withPayments : capabilities;
  }

  /**
   * {@inheritDoc}
   *
   * @see <a href="https://api.nookal.com/developers">getLocations, verify</a>
   */
  @Override
  public ConnectionCheck check(EmrAccount account) {
    List<Entry> locations;
    try {
      locations = catalogue.locations(account);
    } catch (EmrException failure) {
      return new ConnectionCheck.Fails(failure.kind(), advice(failure.kind()));
    }
    if (locations.isEmpty()) {
      return new ConnectionCheck.Fails(
          Kind.PERMISSION_MISSING,
          "This key is bound to no location. In Nookal, open Setup, Connections, API Keys, and tick"
              + " the locations it is for.");
    }
    if (NookalGraph.isGiven(account)) {
      try {
        graph.signIn(account);
      } catch (EmrException failure) {
        return new ConnectionCheck.Fails(
            failure.kind(),
            failure.kind() == Kind.CREDENTIALS_REJECTED
                ? "Nookal takes the API key but not the Basic Key or its region. Make a new client"
                    + " under Setup, Connections, API v3.0, or leave both empty."
                : advice(failure.kind()));
      }
    }
    try {
      return readable(locations.getFirst(), NookalConnector::works);
    } catch (EmrException failure) {
      return new ConnectionCheck.Fails(failure.kind(), advice(failure.kind()));
    }
  }

  /** Nothing Nookal tells names the account for good: its ids begin anew in each. */
  private static ConnectionCheck works(Entry location) {
    String country = country(location.text("Country"));
    return new ConnectionCheck.Works(
        location.requireText("Name"),
        null,
        zone(location.text("Timezone")),
        country,
        currency(country));
  }

  static @Nullable ZoneId zone(@Nullable String name) {
    try {
      return name == null ? null : ZoneId.of(name);
    } catch (DateTimeException unknown) {
      return null;
    }
  }

  /** Countries are written out. */
  private static @Nullable String country(@Nullable String name) {
    return name == null
        ? null
        : Arrays.stream(Locale.getISOCountries())
            .filter(
                code ->
                    code.equalsIgnoreCase(name)
                        || Locale.of("", code)
                            .getDisplayCountry(Locale.ENGLISH)
                            .equalsIgnoreCase(name))
            .findFirst()
            .orElse(null);
  }

  private static @Nullable String currency(@Nullable String country) {
    if (country == null) {
      return null;
    }
    Currency currency = Currency.getInstance(Locale.of("", country));
    return currency == null ? null : currency.getCurrencyCode();
  }

  private static String advice(Kind kind) {
    return switch (kind) {
      case CREDENTIALS_REJECTED ->
          "Nookal does not take this key. Copy it again from Setup, Connections, API Keys; a key"
              + " that was deleted there must be made anew.";
      case PERMISSION_MISSING ->
          "This key may not read what is needed. In Nookal, open Setup, Connections, API Keys, and"
              + " give it the functions and locations it is for.";
      case RATE_LIMITED -> "Nookal asks to slow down. Try again in a few minutes.";
      case UNAVAILABLE -> "Nookal cannot be reached at the moment. Try again in a few minutes.";
      case PERSON_NEEDED,
          NOT_FOUND,
          SLOT_TAKEN,
          REQUEST_REJECTED,
          CONTRACT_BROKEN,
          OUTCOME_UNKNOWN ->
          "Nookal gave an answer we do not understand. Tell support; nothing is wrong on your side"
              + " as far as we can see.";
    };
  }

  /** A window that the source's facts do not offer. */
  static EmrException unread(ReadWindow window) {
    return new EmrException(
        Kind.REQUEST_REJECTED,
        "Nookal cannot be read by " + window.getClass().getSimpleName() + " here");
  }

  /** Looks for one record: that the function itself is gone does not mean that the record is. */
  static <T> Optional<T> single(Supplier<Optional<T>> search) {
    try {
      return search.get();
    } catch (EmrException failure) {
      if (failure.kind() == Kind.NOT_FOUND) {
        throw new EmrException(
            Kind.CONTRACT_BROKEN, "Nookal knows no such function", null, failure);
      }
      throw failure;
    }
  }

  /** The number of a reference that a write or a question cannot do without. */
  static String number(EmrRef ref) {
    String id = ref.id().value();
    if (!id.matches("\\d{1,18}")) {
      throw new EmrException(Kind.NOT_FOUND, "The " + ref.kind() + " is not one of Nookal's");
    }
    return id;
  }

  static EmrException rejected(String sentence) {
    return new EmrException(Kind.REQUEST_REJECTED, sentence);
  }

  /** Reads an entry that nothing can stand in for. */
  static <T extends @Nullable Object> T readable(Entry entry, Function<Entry, T> reading) {
    try {
      return reading.apply(entry.bounded());
    } catch (UnreadableEntry unreadable) {
      throw new EmrException(
          Kind.CONTRACT_BROKEN, "Nookal sent an entry where " + unreadable.problem());
    }
  }
}
