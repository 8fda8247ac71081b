package io.clinicsync.emr.promptemr;

import io.clinicsync.emr.spi.EmrConnector;
import io.clinicsync.emr.tck.EmrConnectorTck;
import io.clinicsync.emr.tck.SimulatedEmr;

class PromptEmrConnectorTests extends EmrConnectorTck {

  @Override
  protected EmrConnector connector(Tools tools) {
    return new PromptEmrConnector(tools.imported());
  }

  @Override
  protected SimulatedEmr simulator() {
    return new SimulatedPromptEmr();
  }
}
