package io.clinicsync.emr.pteverywhere;

import io.clinicsync.emr.spi.EmrConnector;
import io.clinicsync.emr.tck.EmrConnectorTck;
import io.clinicsync.emr.tck.SimulatedEmr;

class PtEverywhereConnectorTests extends EmrConnectorTck {

  @Override
  protected EmrConnector connector(Tools tools) {
    return new PtEverywhereConnector(tools.http(), tools.sessions(), tools.clock());
  }

  @Override
  protected SimulatedEmr simulator() {
    return new SimulatedPtEverywhere();
  }
}
