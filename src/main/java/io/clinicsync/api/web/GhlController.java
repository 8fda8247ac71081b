package io.clinicsync.api.web;

import io.clinicsync.api.web.Views.TroubleView;
import io.clinicsync.clinics.Clinic;
import io.clinicsync.clinics.Clinics;
import io.clinicsync.clinics.GhlAccounts;
import io.clinicsync.clinics.GhlChecks;
import io.clinicsync.clinics.GhlConsents;
import io.clinicsync.crm.Readiness;
import io.clinicsync.ghl.GhlAccount;
import io.clinicsync.ghl.GhlLocation;
import io.clinicsync.ghl.GhlOAuth;
import io.clinicsync.ghl.GhlSettings;
import io.clinicsync.tenancy.KeyScope;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.net.URI;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
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
 * The clinic's GoHighLevel sub-account. Tokens are tried before they are stored, and never shown
 * again.
 */
@RestController
@RequestMapping({"/api/v1/clinics/{clinicId}/ghl", "/api/v1/ghl"})
@Tag(name = "GoHighLevel")
class GhlController {

  private final Clinics clinics;
  private final GhlAccounts accounts;
  private final GhlChecks checks;
  private final GhlConsents consents;
  private final GhlSettings settings;
  private final ObjectProvider<GhlOAuth> oauth;
  private final Readiness readiness;

  GhlController(
      Clinics clinics,
      GhlAccounts accounts,
      GhlChecks checks,
      GhlConsents consents,
      GhlSettings settings,
      ObjectProvider<GhlOAuth> oauth,
      Readiness readiness) {
    this.clinics = clinics;
    this.accounts = accounts;
    this.checks = checks;
    this.consents = consents;
    this.settings = settings;
    this.oauth = oauth;
    this.readiness = readiness;
  }

  /**
   * A private integration token to set.
   *
   * @param sandbox address of a simulated GoHighLevel, where this installation allows any
   */
  record NewToken(
      @NotBlank
          @Size(max = 64)
          @Pattern(regexp = "[A-Za-z0-9_-]*", message = "is not a location id")
          String locationId,
      @NotBlank @Size(max = 4000) @Pattern(regexp = "[\\x21-\\x7e]*", message = "is not a token")
          String token,
      @Nullable URI sandbox)
      implements Json {
    @Override
    public String toString() {
      return "NewToken[" + locationId + "]";
    }
  }

  /** The sub-account as it stands. */
  record GhlView(
      boolean connected,
      @Nullable String locationId,
      @Nullable String kind,
      @Nullable String state,
      @Nullable Instant stateSince,
      @Nullable TroubleView trouble,
      List<String> advice)
      implements Json {}

  /** Where the clinic agrees; open it in a browser within ten minutes. */
  record AuthorizeView(String url) implements Json {}

  @GetMapping
  @Needs({KeyScope.MANAGE, KeyScope.READ})
  @Operation(
      summary = "Get the sub-account",
      description = "Whether GoHighLevel is connected, since when, and what is wrong.")
  GhlView get(Reach reach) {
    return view(reach, List.of());
  }

  @PutMapping
  @Needs(value = KeyScope.MANAGE, wholeClinic = true)
  @Operation(
      summary = "Connect by token",
      description =
          "Tries the private integration token against the live sub-account first; its location id must match. When it does not"
              + " work nothing is stored. Replaces what was there.")
  GhlView put(Reach reach, @Valid @RequestBody NewToken wanted) {
    URI sandbox = sandbox(wanted.sandbox());
    GhlLocation location;
    try {
      location = checks.check(reach.clinic(), wanted.locationId(), wanted.token(), sandbox);
    } catch (IllegalArgumentException notAllowed) {
      throw Refusal.field("sandbox", "is accepted only where a sandbox is configured");
    }
    try {
      accounts.connect(reach.clinic(), wanted.locationId(), wanted.token(), sandbox);
    } catch (GhlAccounts.LocationTaken taken) {
      throw Refusal.CONFLICT
          .because("This sub-account is connected to another clinic.")
          .next("Disconnect it there first; a sub-account belongs to one clinic.");
    }
    return view(reach, advice(clinics.require(reach.clinic()), location));
  }

  @PostMapping("/authorize")
  @Needs(value = KeyScope.MANAGE, wholeClinic = true)
  @Operation(
      summary = "Connect by sign-in",
      description =
          "Gives the address of GoHighLevel's consent page. Open it in a browser; the page sends the clinic back here. Good for ten minutes and one use, and only while the key that asked is live.")
  AuthorizeView authorize(Reach reach) {
    if (settings.clientId().isEmpty()) {
      throw Refusal.NOT_POSSIBLE
          .because("This installation has no GoHighLevel marketplace app.")
          .next(
              "Connect by a private integration token, or configure the app as docs/operations.md says.");
    }
    String state =
        consents.begin(
            reach.clinic(), reach.caller().keyId(), reach.caller().organisation() != null);
    return new AuthorizeView(oauth.getObject().authorizePage(state).toString());
  }

  /** The checklist; every check with one sentence and, where something is to do, the next step. */
  record ReadinessView(List<CheckView> checks) implements Json {}

  /** One line of the checklist. */
  record CheckView(
      String name, String verdict, String finding, @Nullable String nextStep, boolean repairable)
      implements Json {

    static CheckView of(Readiness.Check check) {
      return new CheckView(
          check.name(),
          check.verdict().name().toLowerCase(java.util.Locale.ROOT),
          check.finding(),
          check.nextStep(),
          check.repairable());
    }
  }

  @GetMapping("/readiness")
  @Needs({KeyScope.MANAGE, KeyScope.READ})
  @Operation(
      summary = "Check the sub-account",
      description =
          "Looks at the live sub-account: rights, fields, duplicate setting, zone, country, tags, calendars, workflows and users. Changes nothing.")
  ReadinessView readiness(Reach reach) {
    return checks(readiness.check(reach.clinic()));
  }

  @PostMapping("/readiness/repair")
  @Needs(value = KeyScope.MANAGE, wholeClinic = true)
  @Operation(
      summary = "Repair the sub-account",
      description =
          "Creates missing fields by key and has every contact compared again, without announcing anything. Answers the checklist as it stands then.")
  ReadinessView repair(Reach reach) {
    return checks(readiness.repair(reach.clinic()));
  }

  private static ReadinessView checks(java.util.Optional<List<Readiness.Check>> found) {
    return new ReadinessView(
        found.orElseThrow(Refusal::notFound).stream().map(CheckView::of).toList());
  }

  @DeleteMapping
  @ResponseStatus(HttpStatus.NO_CONTENT)
  @Needs(value = KeyScope.MANAGE, wholeClinic = true)
  @Operation(
      summary = "Disconnect",
      description = "Forgets the sub-account and its tokens. Contacts stay as they are.")
  void delete(Reach reach) {
    if (!accounts.disconnect(reach.clinic())) {
      throw Refusal.notFound();
    }
  }

  /** Another address than the vendor's own stands for a sandbox, whether given or configured. */
  private @Nullable URI sandbox(@Nullable URI given) {
    if (given != null) {
      return given;
    }
    return settings.base().equals(GhlAccount.PUBLIC_BASE) ? null : settings.base();
  }

  private GhlView view(Reach reach, List<String> advice) {
    return accounts
        .state(reach.clinic())
        .map(
            state -> {
              String code = state.code();
              return new GhlView(
                  true,
                  state.locationId(),
                  state.kind().toLowerCase(java.util.Locale.ROOT),
                  state.state().toLowerCase(java.util.Locale.ROOT),
                  state.since(),
                  code == null ? null : TroubleView.of(code),
                  advice);
            })
        .orElse(new GhlView(false, null, null, null, null, null, advice));
  }

  private static List<String> advice(Clinic clinic, GhlLocation location) {
    List<String> advice = new ArrayList<>();
    ZoneId zone = location.zone();
    if (zone != null && !zone.equals(clinic.zone())) {
      advice.add(
          "The sub-account is in the zone "
              + zone.getId()
              + ", the clinic in "
              + clinic.zone().getId()
              + "; times in contacts follow the clinic.");
    }
    String country = location.country();
    if (country != null && !country.equals(clinic.country())) {
      advice.add(
          "The sub-account is in "
              + country
              + ", the clinic in "
              + clinic.country()
              + "; phone numbers follow the clinic.");
    }
    return advice;
  }
}
