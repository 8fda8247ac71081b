package io.clinicsync.api.web;

import io.clinicsync.access.ApiKeys;
import io.clinicsync.api.web.Views.KeyView;
import io.clinicsync.api.web.Views.Listing;
import io.clinicsync.api.web.Views.NewKeyView;
import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.clinics.Connections;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.KeyScope;
import io.clinicsync.vault.Owner;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/**
 * API keys of clinics and of organisations [AG-2]. A secret is shown once, when the key is issued.
 */
@RestController
@RequestMapping({"/api/v1/clinics/{clinicId}/keys", "/api/v1/keys"})
@Tag(name = "Keys")
class KeyController {

  private final ApiKeys keys;
  private final Connections connections;
  private final Clock clock;

  KeyController(ApiKeys keys, Connections connections, Clock clock) {
    this.keys = keys;
    this.connections = connections;
    this.clock = clock;
  }

  /**
   * A key to issue.
   *
   * @param connection binds a clinic's key to one connection; null reaches all of the clinic's
   * @param expiresAt null for a key without end
   */
  record NewKey(
      @NotBlank
          @Size(max = 100)
          @Pattern(regexp = ClinicController.PLAIN, message = "must not hold control characters")
          String name,
      @NotEmpty @Size(max = 4) Set<@NotNull KeyScope> scopes,
      @Nullable UUID connection,
      @Nullable Instant expiresAt)
      implements Json {}

  /** How long the old key goes on; absent means a day. */
  record Rotation(@Min(0) @Max(10080) @Nullable Integer overlapMinutes) implements Json {}

  @GetMapping
  @Needs(value = KeyScope.MANAGE, wholeClinic = true, organisationToo = true)
  @Operation(
      summary = "List keys",
      description =
          "Without secrets. Without a clinic in the path an organisation's key lists the organisation's keys.")
  Listing<KeyView> list(Reach reach) {
    return new Listing<>(keys.of(reach.owner()).stream().map(KeyView::of).toList());
  }

  @PostMapping
  @ResponseStatus(HttpStatus.CREATED)
  @Needs(value = KeyScope.MANAGE, wholeClinic = true, organisationToo = true)
  @Operation(
      summary = "Issue a key",
      description =
          "The secret is in this answer and nowhere else. A key may manage, read and book as its scopes say; the scope agent"
              + " says that a voice or chat agent uses it, who sees and books only treatments whose policy has ai_visible.")
  NewKeyView issue(Reach reach, @Valid @RequestBody NewKey wanted) {
    checkAgent(wanted.scopes(), wanted.connection());
    Instant expires = wanted.expiresAt();
    if (expires != null && !expires.isAfter(clock.instant())) {
      throw Refusal.field("expires_at", "must lie in the future");
    }
    UUID connection = wanted.connection();
    return switch (reach.owner()) {
      case Owner.OfClinic(ClinicId clinic) -> {
        ConnectionId bound = connection == null ? null : new ConnectionId(connection);
        if (bound != null && connections.find(clinic, bound).isEmpty()) {
          throw Refusal.field("connection", "is not a connection of this clinic");
        }
        yield NewKeyView.of(
            keys.issue(clinic, bound, wanted.name().strip(), wanted.scopes(), expires));
      }
      case Owner.OfOrganisation(var organisation) -> {
        if (connection != null) {
          throw Refusal.field(
              "connection", "belongs to a clinic's key; name the clinic in the path");
        }
        if (expires != null) {
          throw Refusal.field(
              "expires_at", "is for keys of a clinic; revoke an organisation's key instead");
        }
        yield NewKeyView.of(keys.issue(organisation, wanted.name().strip(), wanted.scopes()));
      }
    };
  }

  private static void checkAgent(Set<KeyScope> scopes, @Nullable UUID connection) {
    if (!scopes.contains(KeyScope.AGENT)) {
      return;
    }
    if (scopes.contains(KeyScope.MANAGE) || scopes.size() == 1) {
      throw Refusal.field(
          "scopes",
          "of an agent's key are agent with read, book or both; an agent manages nothing");
    }
    if (connection == null) {
      throw Refusal.field("connection", "is needed for an agent's key, which is bound to one");
    }
  }

  @PostMapping("/{keyId}/rotate")
  @ResponseStatus(HttpStatus.CREATED)
  @Needs(value = KeyScope.MANAGE, wholeClinic = true, organisationToo = true)
  @Operation(
      summary = "Rotate a key",
      description =
          "Issues a successor with the same reach; the old key goes on for the overlap. A key can be rotated once.")
  NewKeyView rotate(
      Reach reach,
      @PathVariable UUID keyId,
      @Valid @RequestBody(required = false) @Nullable Rotation how) {
    Integer minutes = how == null ? null : how.overlapMinutes();
    return keys.rotate(reach.owner(), keyId, Duration.ofMinutes(minutes == null ? 1440 : minutes))
        .map(NewKeyView::of)
        .orElseThrow(Refusal::notFound);
  }

  @DeleteMapping("/{keyId}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  @Needs(value = KeyScope.MANAGE, wholeClinic = true, organisationToo = true)
  @Operation(summary = "Revoke a key", description = "Ends the key at once, everywhere.")
  void revoke(Reach reach, @PathVariable UUID keyId) {
    if (!keys.revoke(reach.owner(), keyId)) {
      throw Refusal.notFound();
    }
  }
}
