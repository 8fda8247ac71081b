package io.clinicsync.emr.simplepractice;

import io.clinicsync.emr.spi.EmrConnector;
import io.clinicsync.emr.tck.EmrConnectorTck;
import io.clinicsync.emr.tck.SimulatedEmr;

class SimplePracticeConnectorTests extends EmrConnectorTck {

  @Override
  protected EmrConnector connector(Tools tools) {
    return new SimplePracticeConnector(
        tools.http(), tools.sessions(), tools.clock(), "tests@example.org");
  }

  @Override
  protected SimulatedEmr simulator() {
    return new SimulatedSimplePractice();
  }
}
