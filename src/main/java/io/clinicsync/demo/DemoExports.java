package io.clinicsync.demo;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.clinicsync.clinics.Connection;
import io.clinicsync.imports.Imports;
import io.clinicsync.sandbox.server.SimulatedClinic;
import io.clinicsync.sync.VendorAddresses;
import java.net.URI;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Profile;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/** The demo's staff: they export their reports and put them into the clinic's inbox. */
@Component
@Profile("local")
class DemoExports {

  private static final Logger log = LoggerFactory.getLogger(DemoExports.class);

  private final Imports imports;
  private final VendorAddresses addresses;
  private final Environment environment;

  DemoExports(Imports imports, VendorAddresses addresses, Environment environment) {
    this.imports = imports;
    this.addresses = addresses;
    this.environment = environment;
  }

  /** Hands over every report once; a start that was cut off is completed by the next one. */
  void handOver(Connection connection, SimulatedClinic clinic) {
    if (imports.list(connection, 10).size() >= imports.kinds(connection).size()) {
      return;
    }
    String port = environment.getProperty("local.server.port", "8080");
    String inbox =
        "http://localhost:" + port + "/imports-inbox/" + addresses.issue(connection) + "/";
    imports
        .kinds(connection)
        .forEach(
            kind -> {
              var command =
                  JsonNodeFactory.instance
                      .objectNode()
                      .put("edit", "handOver")
                      .put("kind", kind.id())
                      .put("format", kind.id().equals("visits") ? "xlsx" : "csv")
                      .put("to", URI.create(inbox).toString());
              String answer = clinic.exclusively(() -> clinic.edit(command));
              log.info("{} was handed over: {}", kind.id(), answer);
            });
  }
}
