package io.clinicsync.emr.halaxy;

import io.clinicsync.emr.spi.EmrConnector;
import io.clinicsync.emr.tck.EmrConnectorTck;
import io.clinicsync.emr.tck.SimulatedEmr;

class HalaxyConnectorTests extends EmrConnectorTck {

  @Override
  protected EmrConnector connector(Tools tools) {
    return new HalaxyConnector(tools.http(), tools.sessions(), tools.clock(), "tests@example.org");
  }

  @Override
  protected SimulatedEmr simulator() {
    return new SimulatedHalaxy();
  }
}
