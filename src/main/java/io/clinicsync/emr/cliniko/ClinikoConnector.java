package io.clinicsync.emr.cliniko;

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
import io.clinicsync.emr.spi.SourceFacts;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Currency;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/** Cliniko, connected by an API key that acts as the user who made it. */
@Component
class ClinikoConnector implements EmrConnector {

  static final String API_KEY = "apiKey";

  /** Rows can show up a little after their own change time. */
  private static final Duration OVERLAP = Duration.ofMinutes(5);

  static final SourceFacts BY_CHANGE =
      new SourceFacts(true, false, SourceFacts.Deletions.FLAGGED, OVERLAP, ClinikoQuery.PER_PAGE);
  static final SourceFacts BY_CHANGE_AND_PATIENT =
      new SourceFacts(
          true,
          false,
          SourceFacts.Deletions.FLAGGED,
          OVERLAP,
          ClinikoQuery.PER_PAGE,
          ClinikoQuery.IDS_PER_CALL);
  static final SourceFacts BY_CHANGE_START_AND_PATIENT =
      new SourceFacts(
          true,
          true,
          SourceFacts.Deletions.FLAGGED,
          OVERLAP,
          ClinikoQuery.PER_PAGE,
          ClinikoQuery.IDS_PER_CALL);

  /** The filter for rows of no patient. */
  static final String OF_NO_PATIENT = "patient_id:!?";

  private static final EmrDescriptor DESCRIPTOR =
      new EmrDescriptor(
          "cliniko",
          "Cliniko",
          List.of(
              new AccessWay(
                  "api-key",
                  "API key",
                  new Auth.Basic(),
                  List.of(
                      new CredentialField(
                          API_KEY,
                          "API key",
                          true,
                          true,
                          "In Cliniko under My info, Manage API keys. Use a key of an administrator"
                              + " made for this integration.")),
                  ClinikoApi.LIMIT,
                  List.of(ClinikoHosts.PATTERN),
                  false)));

  private final ClinikoApi api;
  private final List<Capability> capabilities;

  @Autowired
  ClinikoConnector(ClinikoApi api, ObjectProvider<Clock> clock) {
    this(api, clock.getIfAvailable(Clock::systemUTC));
  }

  ClinikoConnector(ClinikoApi api, Clock clock) {
    this.api = api;
    this.capabilities =
        List.of(
            new ClinikoPatients(api),
            new ClinikoAppointments(api),
            new ClinikoInvoices(api),
            new ClinikoCatalogue(api),
            new ClinikoAvailability(api, clock),
            new ClinikoDirectory(api),
            new ClinikoBookings(api));
  }

  @Override
  public EmrDescriptor descriptor() {
    return DESCRIPTOR;
  }

  @Override
  public URI base(AccessWay way, Credentials credentials) {
    String key = credentials.require(API_KEY).strip();
    if (!key.matches("[\\x21-\\x7E]+") || key.contains(":")) {
      throw new EmrException(
          EmrException.Kind.CREDENTIALS_REJECTED,
          "This is not a Cliniko API key; copy it again without spaces or line breaks");
    }
    return URI.create("https://" + ClinikoHosts.hostOf(key));
  }

  /**
   * {@inheritDoc}
   *
   * @see <a href="https://docs.api.cliniko.com/openapi/user">User</a>
   */
  @Override
  public ConnectionCheck check(EmrAccount account) {
    try {
      ClinikoEntry user =
          api.one(account, "cliniko.user.get", "/user", ClinikoQuery.single()).entry();
      ClinikoEntry settings =
          api.one(account, "cliniko.settings.get", "/settings/public", ClinikoQuery.single())
              .entry();
      return readable(settings, each -> works(user, each));
    } catch (EmrException failure) {
      return new ConnectionCheck.Fails(failure.kind(), advice(failure.kind()));
    }
  }

  private static ConnectionCheck works(ClinikoEntry user, ClinikoEntry settings) {
    ClinikoEntry account =
        new ClinikoEntry(settings.json().path("account"), settings.damaged(), false);
    String name = account.requireText("name");
    ZoneId zone = ClinikoCatalogue.zone(user.text("time_zone_identifier"));
    String country = account.text("country_code");
    return new ConnectionCheck.Works(name, account.text("id"), zone, country, currency(country));
  }

  /** Cliniko tells a symbol only, which many currencies share; the country decides. */
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

  private static String advice(EmrException.Kind kind) {
    return switch (kind) {
      case CREDENTIALS_REJECTED ->
          "Cliniko does not accept this API key. Create a new key under My info, Manage API keys,"
              + " and paste the whole of it, including the part after the last hyphen.";
      case PERMISSION_MISSING ->
          "The Cliniko user of this API key may not see what is needed. Use a key of a user with"
              + " the role administrator.";
      case RATE_LIMITED ->
          "Cliniko asks to slow down. Try again in a few minutes; other integrations with the same"
              + " Cliniko user share its limit.";
      case UNAVAILABLE -> "Cliniko cannot be reached at the moment. Try again in a few minutes.";
      case NOT_FOUND ->
          "Cliniko knows no account for this API key. Check that the key is complete, including"
              + " the part after the last hyphen.";
      case PERSON_NEEDED, SLOT_TAKEN, REQUEST_REJECTED, CONTRACT_BROKEN, OUTCOME_UNKNOWN ->
          "Cliniko gave an answer we do not understand. Tell support; nothing is wrong with your"
              + " key as far as we can see.";
    };
  }

  @Override
  public List<Capability> capabilities(EmrAccount account) {
    return capabilities;
  }

  /** What a source answers that is asked for a window its facts do not offer. */
  static EmrException notOffered() {
    return new EmrException(
        EmrException.Kind.REQUEST_REJECTED, "This list of Cliniko cannot be read in this way");
  }

  /** The filter for rows of these patients. */
  static String ofPatients(List<EmrRef> patients) {
    return "patient_id:="
        + patients.stream().map(ref -> ref.id().value()).collect(Collectors.joining(","));
  }

  /** The number in a reference's id behind a prefix; empty when Cliniko cannot have such an id. */
  static Optional<String> number(EmrRef ref, String prefix) {
    String id = ref.id().value();
    String number = id.startsWith(prefix) ? id.substring(prefix.length()) : "";
    return number.matches("\\d{1,20}") ? Optional.of(number) : Optional.empty();
  }

  /** The number of a reference that a write or a question cannot do without. */
  static String required(EmrRef ref) {
    return number(ref, "")
        .orElseThrow(
            () ->
                new EmrException(
                    EmrException.Kind.NOT_FOUND, "The " + ref.kind() + " is not one of Cliniko's"));
  }

  /** Reads a row that nothing can stand in for. */
  static <T extends @Nullable Object> T readable(
      ClinikoEntry row, Function<ClinikoEntry, T> reading) {
    try {
      return reading.apply(row.bounded());
    } catch (UnreadableEntry unreadable) {
      throw new EmrException(
          EmrException.Kind.CONTRACT_BROKEN, "Cliniko sent a row where " + unreadable.problem());
    }
  }
}
