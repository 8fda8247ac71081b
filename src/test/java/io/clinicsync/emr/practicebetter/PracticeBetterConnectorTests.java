package io.clinicsync.emr.practicebetter;

import io.clinicsync.emr.spi.EmrConnector;
import io.clinicsync.emr.tck.EmrConnectorTck;
import io.clinicsync.emr.tck.SimulatedEmr;
import org.junit.jupiter.api.Order;

@Order(13)
class PracticeBetterConnectorTests extends EmrConnectorTck {

  @Override
  protected EmrConnector connector(Tools tools) {
    return new PracticeBetterConnector(tools.http(), tools.sessions(), tools.clock());
  }

  @Override
  protected SimulatedEmr simulator() {
    return new SimulatedPracticeBetter();
  }
}
