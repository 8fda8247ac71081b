package io.clinicsync.emr.practicebetter;

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
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Practice Better, by its public API. */
@Component
class PracticeBetterConnector implements EmrConnector {

  static final String WAY = "client-credentials";

  private static final Duration SYNC_DEADLINE = Duration.ofSeconds(60);
  private static final Duration WAIT_WHEN_UNSAID = Duration.ofSeconds(60);

  private static final EmrDescriptor DESCRIPTOR =
      new EmrDescriptor("practicebetter", "Practice Better", List.of(way()));

  private final PracticeBetterCatalogue catalogue;
  private final List<Capability> capabilities;

  PracticeBetterConnector(OutboundHttp http, EmrSessions sessions, Clock clock) {
    VendorWire wire =
        new VendorWire(
            http,
            "practicebetter",
            PracticeBetterApi.LIMIT,
            SYNC_DEADLINE,
            PracticeBetterConnector::waitAsked);
    PracticeBetterApi api =
        new PracticeBetterApi(wire, new PracticeBetterTokens(wire, sessions, clock));
    PracticeBetterPlaces places = new PracticeBetterPlaces(api, sessions);
    catalogue = new PracticeBetterCatalogue(api, places);
    PracticeBetterPatients patients = new PracticeBetterPatients(api);
    PracticeBetterSessions diary = new PracticeBetterSessions(api, places, clock);
    PracticeBetterHabits habits = new PracticeBetterHabits(sessions);
    capabilities =
        List.of(
            patients,
            diary,
            new PracticeBetterInvoices(api),
            catalogue,
            new PracticeBetterSlots(api, catalogue, places),
            new PracticeBetterWebhooks(api, sessions),
            new PracticeBetterDirectory(api, patients, clock),
            new PracticeBetterBookings(api, catalogue, places, diary, habits, clock));
  }

  /** No header is documented; a daily limit used up is no matter of a second. */
  private static Optional<Duration> waitAsked(HttpAnswer answer) {
    return answer.header("Retry-After").isPresent()
        ? Optional.empty()
        : Optional.of(WAIT_WHEN_UNSAID);
  }

  private static AccessWay way() {
    return new AccessWay(
        WAY,
        "API credentials",
        new Auth.ClientCredentials(PracticeBetterHosts.BASE.resolve("/oauth2/token")),
        List.of(
            new CredentialField(
                PracticeBetterTokens.CLIENT_ID,
                "Client ID",
                false,
                true,
                "From the API credentials of your practice, with the scopes read and write."),
            new CredentialField(
                PracticeBetterTokens.CLIENT_SECRET,
                "Client secret",
                true,
                true,
                "Shown with the client ID when the API credentials are made."),
            new CredentialField(
                PracticeBetterPatients.SHEETS,
                "Read diet and lifestyle sheets",
                false,
                false,
                "Enter yes to read each client's sheet, one call a client; it is clinical, so"
                    + " nothing of it is shown until the practice approves that class.")),
        PracticeBetterApi.LIMIT,
        List.of(PracticeBetterHosts.PATTERN),
        false);
  }

  @Override
  public EmrDescriptor descriptor() {
    return DESCRIPTOR;
  }

  @Override
  public URI base(AccessWay way, Credentials credentials) {
    return PracticeBetterHosts.BASE;
  }

  @Override
  public List<Capability> capabilities(EmrAccount account) {
    return capabilities;
  }

  /** {@inheritDoc} The practice goes by its owner, where the team may be listed. */
  @Override
  public ConnectionCheck check(EmrAccount account) {
    try {
      List<Entry> team = catalogue.team(account);
      Entry owner =
          team.stream()
              .filter(each -> Boolean.TRUE.equals(each.flag("isOwner")))
              .findFirst()
              .orElse(null);
      return readable(owner == null ? team.getFirst() : owner, each -> works(each, owner != null));
    } catch (EmrException failure) {
      return new ConnectionCheck.Fails(failure.kind(), advice(failure.kind()));
    }
  }

  private static ConnectionCheck works(Entry consultant, boolean owner) {
    return new ConnectionCheck.Works(
        PracticeBetterCatalogue.name(consultant),
        // Somebody else's id names the person whose credentials these are, not the practice.
        owner ? consultant.text("id") : null,
        WindowsZones.zone(consultant.in("profile").text("timeZone")),
        null,
        null);
  }

  private static String advice(EmrException.Kind kind) {
    return switch (kind) {
      case CREDENTIALS_REJECTED ->
          "Practice Better does not take this client ID and secret. Make new API credentials in"
              + " your practice's settings and enter both again.";
      case PERMISSION_MISSING ->
          "These API credentials may not read what is needed. Make new ones with the scopes read"
              + " and write, as the owner of the practice.";
      case RATE_LIMITED ->
          "Practice Better asks to slow down, or today's calls are used up. Try again later.";
      case UNAVAILABLE ->
          "Practice Better cannot be reached at the moment. Try again in a few minutes.";
      case PERSON_NEEDED,
          NOT_FOUND,
          SLOT_TAKEN,
          REQUEST_REJECTED,
          CONTRACT_BROKEN,
          OUTCOME_UNKNOWN ->
          "Practice Better gave an answer we do not understand. Tell support; nothing is wrong on"
              + " your side as far as we can see.";
    };
  }

  /** A window that the source's facts do not offer. */
  static EmrException unread(ReadWindow window) {
    return new EmrException(
        EmrException.Kind.REQUEST_REJECTED,
        "Practice Better cannot be read by " + window.getClass().getSimpleName() + " here");
  }

  /** Reads an entry that nothing can stand in for. */
  static <T extends @Nullable Object> T readable(Entry entry, Function<Entry, T> reading) {
    try {
      return reading.apply(entry.bounded());
    } catch (UnreadableEntry unreadable) {
      throw new EmrException(
          EmrException.Kind.CONTRACT_BROKEN,
          "Practice Better sent an entry where " + unreadable.problem());
    }
  }
}
