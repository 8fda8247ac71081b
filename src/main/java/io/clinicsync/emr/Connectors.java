package io.clinicsync.emr;

import io.clinicsync.emr.spi.Capability;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrConnector;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.springframework.stereotype.Component;

/** Every EMR this application can connect to. */
@Component
public class Connectors {

  private final Map<String, EmrConnector> byId = new TreeMap<>();

  Connectors(List<EmrConnector> connectors) {
    for (EmrConnector connector : connectors) {
      if (byId.put(connector.descriptor().id(), connector) != null) {
        throw new IllegalStateException("Two connectors are called " + connector.descriptor().id());
      }
    }
  }

  /** All of them, by id. */
  public Collection<EmrConnector> all() {
    return List.copyOf(byId.values());
  }

  /** The connector of an EMR; empty when there is none of that name. */
  public Optional<EmrConnector> find(String emr) {
    return Optional.ofNullable(byId.get(emr));
  }

  /** The connector of an EMR we know exists, because a connection was created for it. */
  public EmrConnector require(String emr) {
    return find(emr)
        .orElseThrow(() -> new IllegalArgumentException("There is no connector for " + emr));
  }

  /** What this account can do of this type; empty when it cannot [BK-10]. */
  public <C extends Capability> Optional<C> capability(
      String emr, EmrAccount account, Class<C> type) {
    return require(emr).capabilities(account).stream()
        .filter(type::isInstance)
        .map(type::cast)
        .findFirst();
  }
}
