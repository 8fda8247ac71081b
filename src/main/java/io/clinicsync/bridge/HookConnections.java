package io.clinicsync.bridge;

import io.clinicsync.clinics.Connection;
import io.clinicsync.clinics.ConnectionState;
import io.clinicsync.clinics.Connections;
import io.clinicsync.clinics.Entitlements;
import io.clinicsync.clinics.Entitlements.Feature;
import io.clinicsync.tenancy.ClinicId;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/**
 * Which of a clinic's EMRs a bare call means: what the host name stands for, else the prefix of the
 * path, else the only one that may book.
 */
@Component
class HookConnections {

  private final Connections connections;
  private final Entitlements entitlements;
  private final Map<String, String> hosts;

  HookConnections(Connections connections, Entitlements entitlements, Environment environment) {
    this.connections = connections;
    this.entitlements = entitlements;
    this.hosts =
        Binder.get(environment)
            .bind("clinicsync.hooks.hosts", Bindable.mapOf(String.class, String.class))
            .orElse(Map.of());
  }

  /** The connection, or why it cannot be said. */
  sealed interface Found {
    record One(Connection connection) implements Found {}

    record Refused(HookAnswer answer) implements Found {}
  }

  /**
   * Finds it.
   *
   * @param host the name that was called
   * @param prefix the EMR in the path; null when there is none
   */
  Found find(ClinicId clinic, String host, @Nullable String prefix) {
    String meant = hosts.getOrDefault(host, prefix);
    List<Connection> possible =
        connections.of(clinic).stream()
            .filter(each -> each.state() != ConnectionState.REVOKED)
            .filter(each -> meant == null || each.emr().equals(meant))
            .toList();
    List<Connection> enabled =
        possible.stream()
            .filter(each -> entitlements.allows(clinic, each.id(), Feature.BOOKING))
            .toList();
    if (enabled.size() == 1) {
      return new Found.One(enabled.getFirst());
    }
    if (enabled.isEmpty()) {
      return new Found.Refused(
          HookAnswer.refused(
              403,
              "not_enabled",
              "No connection of this kind is enabled for booking here; enable AI booking for it."));
    }
    String addresses =
        enabled.stream()
            .map(each -> "/" + each.emr() + "/bookAppt")
            .distinct()
            .collect(Collectors.joining(" or "));
    return new Found.Refused(
        HookAnswer.refused(
            422,
            "needs_choice",
            "This clinic has more than one EMR; call "
                + addresses
                + ", or the connection's own address."));
  }
}
