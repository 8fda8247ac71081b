package io.clinicsync.api.web;

import io.clinicsync.api.web.Views.Listing;
import io.clinicsync.clinics.Connection;
import io.clinicsync.clinics.Entitlements;
import io.clinicsync.clinics.Entitlements.Entitlement;
import io.clinicsync.clinics.Entitlements.Feature;
import io.clinicsync.tenancy.KeyScope;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** What a connection may be used for beyond the sync, and when. */
@RestController
@RequestMapping({
  "/api/v1/clinics/{clinicId}/connections/{connectionId}/entitlements",
  "/api/v1/connections/{connectionId}/entitlements"
})
@Tag(name = "Connections")
class EntitlementController {

  private static final Instant LATEST = Instant.parse("2200-01-01T00:00:00Z");

  private final Entitlements entitlements;
  private final Clock clock;

  EntitlementController(Entitlements entitlements, Clock clock) {
    this.entitlements = entitlements;
    this.clock = clock;
  }

  /**
   * A grant.
   *
   * @param from null means now
   * @param until exclusive; null means without end
   */
  record Term(@Nullable Instant from, @Nullable Instant until) implements Json {}

  /**
   * A grant as it stands.
   *
   * @param active whether it holds now
   */
  record EntitlementView(String feature, Instant from, @Nullable Instant until, boolean active)
      implements Json {}

  @GetMapping
  @Needs({KeyScope.MANAGE, KeyScope.READ})
  @Operation(
      summary = "List entitlements",
      description = "What was granted to the connection, also what does not hold now.")
  Listing<EntitlementView> list(Reach reach) {
    Connection connection = reach.connection();
    return new Listing<>(
        entitlements.of(connection.clinic(), connection.id()).stream().map(this::view).toList());
  }

  @PutMapping("/{feature}")
  @Needs(value = KeyScope.MANAGE, wholeClinic = true)
  @Operation(
      summary = "Grant an entitlement",
      description =
          "The feature booking lets the connection's keys and workflows book, move and cancel; receptionist lets voice agents"
              + " use their routes. It holds from now, or from a time, until a time, or without end.")
  EntitlementView grant(
      Reach reach, @PathVariable String feature, @Valid @RequestBody Term wanted) {
    Connection connection = reach.connection();
    Instant from = wanted.from() == null ? clock.instant() : wanted.from();
    Instant until = wanted.until();
    if (from.isAfter(LATEST)) {
      throw Refusal.field("from", "must lie before the year 2200");
    }
    if (until != null && (!until.isAfter(from) || until.isAfter(LATEST))) {
      throw Refusal.field("until", "must lie after its beginning and before the year 2200");
    }
    Entitlement granted = new Entitlement(feature(feature), from, until);
    entitlements.grant(connection.clinic(), connection.id(), granted);
    return view(granted);
  }

  @DeleteMapping("/{feature}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  @Needs(value = KeyScope.MANAGE, wholeClinic = true)
  @Operation(
      summary = "Withdraw an entitlement",
      description =
          "It holds no more from this moment on; withdrawing what was not granted is fine.")
  void withdraw(Reach reach, @PathVariable String feature) {
    Connection connection = reach.connection();
    entitlements.withdraw(connection.clinic(), connection.id(), feature(feature));
  }

  private EntitlementView view(Entitlement each) {
    return new EntitlementView(
        each.feature().name().toLowerCase(Locale.ROOT),
        each.from(),
        each.until(),
        each.holdsAt(clock.instant()));
  }

  private static Feature feature(String word) {
    return Arrays.stream(Feature.values())
        .filter(each -> each.name().toLowerCase(Locale.ROOT).equals(word))
        .findFirst()
        .orElseThrow(Refusal::notFound);
  }
}
