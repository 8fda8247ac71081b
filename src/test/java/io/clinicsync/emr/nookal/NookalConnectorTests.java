package io.clinicsync.emr.nookal;

import io.clinicsync.emr.spi.EmrConnector;
import io.clinicsync.emr.tck.EmrConnectorTck;
import io.clinicsync.emr.tck.SimulatedEmr;

class NookalConnectorTests extends EmrConnectorTck {

  @Override
  protected EmrConnector connector(Tools tools) {
    return new NookalConnector(tools.http(), tools.sessions(), tools.clock(), "tests@example.org");
  }

  @Override
  protected SimulatedEmr simulator() {
    return new SimulatedNookal();
  }
}
