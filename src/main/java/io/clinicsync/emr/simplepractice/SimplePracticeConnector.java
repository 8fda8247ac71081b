package io.clinicsync.emr.simplepractice;

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
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/** SimplePractice, by a team member's web session. */
@Component
class SimplePracticeConnector implements EmrConnector {

  static final String WEB = "web";

  private static final Duration SYNC_DEADLINE = Duration.ofSeconds(60);
  private static final Duration WAIT_WHEN_UNSAID = Duration.ofSeconds(60);
  private static final EmrDescriptor DESCRIPTOR =
      new EmrDescriptor("simplepractice", "SimplePractice", List.of(webWay()));

  private final Frontend frontend;
  private final List<Capability> capabilities;

  @Autowired
  SimplePracticeConnector(
      OutboundHttp http,
      EmrSessions sessions,
      Clock clock,
      @Value("${clinicsync.contact-email:integrations@example.org}") String contact) {
    String userAgent = "Mozilla/5.0 (compatible; ClinicSync; " + contact + ")";
    VendorWire wire =
        new VendorWire(
            http,
            "simplepractice",
            Frontend.LIMIT,
            SYNC_DEADLINE,
            SimplePracticeConnector::waitAsked);
    frontend = new Frontend(wire, sessions, clock, userAgent);
    Portal portal = new Portal(wire, userAgent);
    Clients clients = new Clients(frontend);
    Calendar calendar = new Calendar(frontend, clock);
    capabilities =
        List.of(
            clients,
            calendar,
            new PracticeCatalogue(frontend, portal),
            new OpenTimes(frontend, portal, clock),
            new Directory(frontend, clients),
            new Bookings(frontend, calendar, clients),
            new CodeStep(frontend));
  }

  private static AccessWay webWay() {
    return new AccessWay(
        WEB,
        "Web session",
        new Auth.WebLogin(),
        List.of(
            new CredentialField(
                Visit.USERNAME,
                "E-mail",
                false,
                true,
                "Of a team member made for this integration, who may see and change all clients and"
                    + " the calendar, and no more."),
            new CredentialField(
                Visit.PASSWORD, "Password", true, true, "The password of that team member."),
            new CredentialField(
                SimplePracticeHosts.SLUG,
                "Client portal",
                false,
                false,
                "The address of your client portal, for example yourpractice.clientsecure.me;"
                    + " open times then follow your online booking settings.")),
        Frontend.LIMIT,
        List.of(SimplePracticeHosts.APP),
        true);
  }

  /** Where the vendor says nothing, a minute. */
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
    SimplePracticeHosts.slug(credentials);
    return SimplePracticeHosts.PRODUCTION;
  }

  @Override
  public List<Capability> capabilities(EmrAccount account) {
    return capabilities;
  }

  @Override
  public ConnectionCheck check(EmrAccount account) {
    String operation = "simplepractice.environment.get";
    try {
      frontend.begin(account);
      Loaded environment =
          frontend.one(
              account, operation, "environment", new Query().with("include", "currentPractice"));
      Entry practice =
          environment.included("practices").stream()
              .findFirst()
              .orElseThrow(() -> VendorWire.broken(operation));
      return readable(practice, SimplePracticeConnector::works);
    } catch (EmrException failure) {
      return new ConnectionCheck.Fails(failure.kind(), advice(failure.kind()));
    }
  }

  private static ConnectionCheck works(Entry entry) {
    Entry practice = Loaded.attributes(entry);
    return new ConnectionCheck.Works(
        practice.requireText("fullName"),
        entry.requireText("id"),
        zone(practice.text("timeZone")),
        null,
        practice.text("currency"));
  }

  private static @Nullable ZoneId zone(@Nullable String name) {
    try {
      return name == null ? null : ZoneId.of(name);
    } catch (DateTimeException unknown) {
      return null;
    }
  }

  private static String advice(EmrException.Kind kind) {
    return switch (kind) {
      case CREDENTIALS_REJECTED ->
          "SimplePractice does not take this e-mail and password, or has locked the user. Sign in"
              + " at SimplePractice yourself, reset the password if it asks you to, and enter both"
              + " here again; nothing more is tried until then.";
      case PERSON_NEEDED ->
          "SimplePractice wants to be sure that a person signs in. Enter the code it has sent, or"
              + " switch two-step verification off for this team member.";
      case PERMISSION_MISSING ->
          "This team member may not see or change what is needed. Give them access to all clients, billing"
              + " and everybody's calendar.";
      case RATE_LIMITED -> "SimplePractice asks to slow down. Try again in a few minutes.";
      case UNAVAILABLE, NOT_FOUND ->
          "SimplePractice cannot be reached at the moment. Try again in a few minutes.";
      case SLOT_TAKEN, REQUEST_REJECTED, CONTRACT_BROKEN, OUTCOME_UNKNOWN ->
          "SimplePractice gave an answer we do not understand. Tell support; nothing is wrong on"
              + " your side as far as we can see.";
    };
  }

  /** A window that the source's facts do not offer. */
  static EmrException unread(ReadWindow window) {
    return new EmrException(
        EmrException.Kind.REQUEST_REJECTED,
        "SimplePractice cannot be read by " + window.getClass().getSimpleName() + " here");
  }

  /** Reads an entry that nothing can stand in for. */
  static <T extends @Nullable Object> T readable(Entry entry, Function<Entry, T> reading) {
    try {
      return reading.apply(entry.bounded());
    } catch (UnreadableEntry unreadable) {
      throw new EmrException(
          EmrException.Kind.CONTRACT_BROKEN,
          "SimplePractice sent an entry where " + unreadable.problem());
    }
  }
}
