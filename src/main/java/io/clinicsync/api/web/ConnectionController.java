package io.clinicsync.api.web;

import io.clinicsync.api.web.Views.ConnectionView;
import io.clinicsync.api.web.Views.Listing;
import io.clinicsync.clinics.Authorisation;
import io.clinicsync.clinics.Clinic;
import io.clinicsync.clinics.Clinics;
import io.clinicsync.clinics.Connection;
import io.clinicsync.clinics.Connections;
import io.clinicsync.clinics.OtherEmrAccount;
import io.clinicsync.emr.spi.AccessWay;
import io.clinicsync.emr.spi.Auth;
import io.clinicsync.emr.spi.ConnectionCheck;
import io.clinicsync.sync.Syncs;
import io.clinicsync.tenancy.KeyScope;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.PastOrPresent;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.net.URI;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/**
 * A clinic's EMR accounts. Credentials are tried before anything is stored, and never shown again.
 */
@RestController
@RequestMapping({"/api/v1/clinics/{clinicId}/connections", "/api/v1/connections"})
@Tag(name = "Connections")
class ConnectionController {

  private final Clinics clinics;
  private final Connections connections;
  private final CredentialTrial trial;
  private final Syncs syncs;

  ConnectionController(
      Clinics clinics, Connections connections, CredentialTrial trial, Syncs syncs) {
    this.clinics = clinics;
    this.connections = connections;
    this.trial = trial;
    this.syncs = syncs;
  }

  /**
   * A connection to make.
   *
   * @param emr and way as GET /api/v1/emrs names them
   * @param credentials by field name
   * @param zone and currency null takes what the EMR says, else the clinic's
   * @param sandbox address of a simulated EMR, where this installation allows any
   */
  record NewConnection(
      @NotBlank @Size(max = 50) String emr,
      @NotBlank @Size(max = 50) String way,
      @NotBlank
          @Size(max = 200)
          @Pattern(regexp = ClinicController.PLAIN, message = "must not hold control characters")
          String name,
      @NotEmpty @Size(max = 10)
          Map<@NotBlank @Size(max = 50) String, @NotNull @Size(max = 4000) String> credentials,
      @Nullable @Size(max = 64) @Known(Known.In.ZONES) String zone,
      @Nullable @Size(max = 3) @Known(Known.In.CURRENCIES) String currency,
      @Nullable URI sandbox,
      @Nullable @Valid Signed authorisation)
      implements Json {
    @Override
    public String toString() {
      return "NewConnection[" + emr + "]";
    }
  }

  /**
   * The clinic's signed authorisation, for ways in that need one.
   *
   * @param signedBy the person who signed for the clinic
   * @param signedOn the day of signing, not in the future
   */
  record Signed(
      @NotBlank
          @Size(max = 200)
          @Pattern(regexp = ClinicController.PLAIN, message = "must not hold control characters")
          String signedBy,
      @NotNull @PastOrPresent LocalDate signedOn)
      implements Json {}

  /** Fresh credentials. */
  record NewCredentials(
      @NotEmpty @Size(max = 10)
          Map<@NotBlank @Size(max = 50) String, @NotNull @Size(max = 4000) String> credentials)
      implements Json {
    @Override
    public String toString() {
      return "NewCredentials";
    }
  }

  @GetMapping
  @Needs({KeyScope.MANAGE, KeyScope.READ})
  @Operation(
      summary = "List connections",
      description = "Oldest first, each with its state, what is wrong, freshness and next run.")
  Listing<ConnectionView> list(Reach reach) {
    return new Listing<>(
        connections.of(reach.clinic()).stream()
            .filter(connection -> reach.sees(connection.id()))
            .map(connection -> view(connection, List.of()))
            .toList());
  }

  @PostMapping
  @ResponseStatus(HttpStatus.CREATED)
  @Needs(value = KeyScope.MANAGE, wholeClinic = true)
  @Operation(
      summary = "Connect an EMR",
      description =
          "Tries the credentials against the live EMR first. When they do not work nothing is stored and the answer says what"
              + " the clinic does next. The first load starts at once and announces nothing.")
  ConnectionView create(Reach reach, @Valid @RequestBody NewConnection wanted) {
    Clinic clinic = clinics.require(reach.clinic());
    String zone = wanted.zone();
    String currency = wanted.currency();
    Connections.NewConnection tried =
        new Connections.NewConnection(
            wanted.emr(),
            wanted.way(),
            wanted.name().strip(),
            wanted.credentials(),
            wanted.sandbox(),
            zone == null ? clinic.zone() : ZoneId.of(zone),
            currency == null ? clinic.currency() : currency);
    AccessWay way = trial.wayOf(tried);
    Authorisation authorisation = authorisation(way, wanted.authorisation());
    if (way.auth() instanceof Auth.OAuth2) {
      return view(
          signInFirst(reach, tried), List.of("Sign in next: POST …/sign-in gives the address."));
    }
    ConnectionCheck.Works works = trial.mustWork(reach.clinic(), tried);
    ZoneId emrZone = works.zone();
    String emrCurrency = works.currency();
    Connections.NewConnection kept =
        tried.in(
            zone == null && emrZone != null ? emrZone : tried.zone(),
            currency == null && emrCurrency != null ? emrCurrency : tried.currency());
    Connection added = connections.add(reach.clinic(), kept, works.accountId());
    if (authorisation != null) {
      connections.authorise(reach.clinic(), added.id(), authorisation);
    }
    return view(added, advice(clinic, works, kept));
  }

  /** Nothing can be tried before a person has allowed it at the EMR's own page. */
  private Connection signInFirst(Reach reach, Connections.NewConnection wanted) {
    return connections.add(reach.clinic(), wanted);
  }

  private static @Nullable Authorisation authorisation(AccessWay way, @Nullable Signed signed) {
    if (!way.needsSignedConsent()) {
      return null;
    }
    if (signed == null) {
      throw Refusal.field(
          "authorisation",
          "is needed for this way in: who signed for the clinic and when; the text to sign is in docs/connectors.md");
    }
    return new Authorisation(signed.signedBy().strip(), signed.signedOn());
  }

  @GetMapping("/{connectionId}")
  @Needs({KeyScope.MANAGE, KeyScope.READ})
  @Operation(
      summary = "Get a connection",
      description =
          "State and since when, what is wrong and who can fix it, freshness per object, next run.")
  ConnectionView get(Reach reach) {
    return view(reach.connection(), List.of());
  }

  @PutMapping("/{connectionId}/credentials")
  @Needs(KeyScope.MANAGE)
  @Operation(
      summary = "Replace credentials",
      description =
          "Tried first; work goes on from where it stopped. Runs under way use them from their next page on. Credentials of"
              + " another account of the same EMR are refused. A way in that is allowed at the EMR's own page asks for a new"
              + " sign-in.")
  ConnectionView replace(Reach reach, @Valid @RequestBody NewCredentials fresh) {
    Connection connection = reach.connection();
    URI sandbox = trial.sandboxOf(connection);
    Connections.NewConnection tried =
        new Connections.NewConnection(
            connection.emr(),
            connection.way(),
            connection.name(),
            fresh.credentials(),
            sandbox,
            connection.zone(),
            connection.currency());
    String account =
        trial.wayOf(tried).auth() instanceof Auth.OAuth2
            ? null // nothing can be tried before a person has allowed it again
            : trial.mustWork(reach.clinic(), tried).accountId();
    try {
      connections.replaceCredentials(connection, tried, account);
    } catch (OtherEmrAccount other) {
      throw Refusal.OTHER_ACCOUNT.of(
          "credentials", "belong to another account of this EMR than this connection's");
    }
    return current(reach);
  }

  @DeleteMapping("/{connectionId}/credentials")
  @Needs(KeyScope.MANAGE)
  @Operation(
      summary = "Remove credentials",
      description = "Nothing is read or booked any more; what was read stays.")
  ConnectionView revoke(Reach reach) {
    connections.revoke(reach.clinic(), reach.connection().id());
    return current(reach);
  }

  @PostMapping("/{connectionId}/pause")
  @Needs(KeyScope.MANAGE)
  @Operation(
      summary = "Pause a connection",
      description =
          "No run starts until it is resumed; one under way ends in order. Pausing twice is fine.")
  ConnectionView pause(Reach reach) {
    connections.pause(reach.clinic(), reach.connection().id(), true);
    return current(reach);
  }

  @PostMapping("/{connectionId}/resume")
  @Needs(KeyScope.MANAGE)
  @Operation(
      summary = "Resume a connection",
      description = "Runs at once, from where it stopped. Resuming twice is fine.")
  ConnectionView resume(Reach reach) {
    connections.pause(reach.clinic(), reach.connection().id(), false);
    return current(reach);
  }

  private ConnectionView current(Reach reach) {
    return view(
        connections.find(reach.clinic(), reach.connection().id()).orElseThrow(Refusal::notFound),
        List.of());
  }

  private ConnectionView view(Connection connection, List<String> advice) {
    return ConnectionView.of(
        connection,
        syncs.freshness(connection),
        syncs.nextRun(connection.clinic(), connection.id()).orElse(null),
        advice);
  }

  private static List<String> advice(
      Clinic clinic, ConnectionCheck.Works works, Connections.NewConnection kept) {
    List<String> advice = new ArrayList<>();
    ZoneId zone = works.zone();
    if (zone != null && !zone.equals(kept.zone())) {
      advice.add(
          "The EMR's account is in the zone "
              + zone.getId()
              + ", this connection in "
              + kept.zone().getId()
              + ".");
    }
    if (!kept.zone().equals(clinic.zone())) {
      advice.add("The connection's zone differs from the clinic's, " + clinic.zone().getId() + ".");
    }
    String country = works.country();
    if (country != null && !country.equals(clinic.country())) {
      advice.add(
          "The EMR's account is in "
              + country
              + ", the clinic in "
              + clinic.country()
              + "; phone numbers are read as the clinic's country writes them.");
    }
    return advice;
  }
}
