package io.clinicsync.emr.jane;

import io.clinicsync.emr.spi.EmrConnector;
import io.clinicsync.emr.tck.EmrConnectorTck;
import io.clinicsync.emr.tck.SimulatedEmr;
import org.junit.jupiter.api.Order;

@Order(2)
class JaneWebConnectorTests extends EmrConnectorTck {

  @Override
  protected EmrConnector connector(Tools tools) {
    return new JaneConnector(tools.http(), tools.sessions(), tools.clock(), "tests@example.org");
  }

  @Override
  protected SimulatedEmr simulator() {
    return new SimulatedJane(JaneConnector.WEB);
  }

  @Override
  protected String way() {
    return JaneConnector.WEB;
  }
}
