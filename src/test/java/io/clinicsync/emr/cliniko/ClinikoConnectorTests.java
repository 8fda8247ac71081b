package io.clinicsync.emr.cliniko;

import io.clinicsync.emr.spi.EmrConnector;
import io.clinicsync.emr.tck.EmrConnectorTck;
import io.clinicsync.emr.tck.SimulatedEmr;
import io.clinicsync.http.OutboundHttp;
import java.time.Clock;

class ClinikoConnectorTests extends EmrConnectorTck {

  @Override
  protected EmrConnector connector(OutboundHttp http, Clock clock) {
    return new ClinikoConnector(new ClinikoApi(http, "tests@example.org"), clock);
  }

  @Override
  protected SimulatedEmr simulator() {
    return new SimulatedCliniko();
  }
}
