package io.clinicsync.api.web;

import io.clinicsync.clinics.Connection;
import io.clinicsync.clinics.Connections;
import io.clinicsync.emr.Connectors;
import io.clinicsync.emr.spi.AccessWay;
import io.clinicsync.emr.spi.ConnectionCheck;
import io.clinicsync.emr.spi.CredentialField;
import io.clinicsync.emr.spi.EmrDescriptor;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.tenancy.ClinicId;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Tries credentials before they are stored, first against what the connector asks for, then against
 * the EMR itself.
 */
@Component
class CredentialTrial {

  private final Connectors connectors;
  private final Connections connections;

  CredentialTrial(Connectors connectors, Connections connections) {
    this.connectors = connectors;
    this.connections = connections;
  }

  /**
   * What the EMR said to working credentials.
   *
   * @throws RequestRefused when they are incomplete or do not work
   */
  ConnectionCheck.Works mustWork(ClinicId clinic, Connections.NewConnection wanted) {
    wayOf(wanted);
    ConnectionCheck check;
    try {
      check = connections.check(clinic, wanted);
    } catch (EmrException failed) {
      throw VendorRefusals.checkFailed(
          failed.kind(), Objects.requireNonNullElse(failed.getMessage(), ""));
    } catch (IllegalArgumentException notAllowed) {
      throw Refusal.field("sandbox", "is accepted only where a sandbox is configured");
    }
    return switch (check) {
      case ConnectionCheck.Works works -> works;
      case ConnectionCheck.Fails(EmrException.Kind kind, String advice) ->
          throw VendorRefusals.checkFailed(kind, advice);
    };
  }

  /**
   * The way in that is asked for, once its credential fields are complete.
   *
   * @throws RequestRefused when there is none, or fields are missing
   */
  AccessWay wayOf(Connections.NewConnection wanted) {
    EmrDescriptor emr =
        connectors
            .find(wanted.emr())
            .orElseThrow(
                () -> Refusal.field("emr", "is not an EMR we know; GET /api/v1/emrs lists them"))
            .descriptor();
    AccessWay way =
        emr.ways().stream()
            .filter(each -> each.id().equals(wanted.way()))
            .findFirst()
            .orElseThrow(
                () ->
                    Refusal.field(
                        "way", "is not a way into this EMR; GET /api/v1/emrs lists them"));
    checkFields(way, wanted.credentials());
    return way;
  }

  /** The connection's address when it is a sandbox's; null when it is the EMR's own. */
  @Nullable URI sandboxOf(Connection connection) {
    String host = Optional.ofNullable(connection.base().getHost()).orElse("");
    boolean known =
        connectors.require(connection.emr()).descriptor().way(connection.way()).hosts().stream()
            .anyMatch(host::matches);
    return known ? null : connection.base();
  }

  private static void checkFields(AccessWay way, Map<String, String> given) {
    List<Problem.WrongField> wrong = new ArrayList<>();
    for (CredentialField field : way.credentials()) {
      if (field.required() && given.getOrDefault(field.name(), "").isBlank()) {
        wrong.add(new Problem.WrongField("credentials." + field.name(), "must not be blank"));
      }
    }
    boolean unknown =
        given.keySet().stream()
            .anyMatch(
                name -> way.credentials().stream().noneMatch(field -> field.name().equals(name)));
    if (unknown) {
      wrong.add(
          new Problem.WrongField(
              "credentials",
              "holds a field this way in does not have; GET /api/v1/emrs lists them"));
    }
    if (!wrong.isEmpty()) {
      throw Refusal.fields(wrong);
    }
  }
}
