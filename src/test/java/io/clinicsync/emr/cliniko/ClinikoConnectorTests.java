package io.clinicsync.emr.cliniko;

import io.clinicsync.emr.spi.EmrConnector;
import io.clinicsync.emr.tck.EmrConnectorTck;
import io.clinicsync.emr.tck.SimulatedEmr;

class ClinikoConnectorTests extends EmrConnectorTck {

  @Override
  protected EmrConnector connector(Tools tools) {
    return new ClinikoConnector(new ClinikoApi(tools.http(), "tests@example.org"), tools.clock());
  }

  @Override
  protected SimulatedEmr simulator() {
    return new SimulatedCliniko();
  }
}
