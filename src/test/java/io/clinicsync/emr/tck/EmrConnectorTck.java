package io.clinicsync.emr.tck;

import io.clinicsync.emr.spi.EmrConnector;
import io.clinicsync.http.OutboundHttp;
import io.clinicsync.http.TestHttp;
import java.time.Clock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * What every connector must hold, run against its vendor's simulator through a proxy that spoils
 * answers. A connector's test class says which connector and which simulator, and nothing else.
 */
public abstract class EmrConnectorTck
    implements DescriptorContract,
        CheckContract,
        ReadingContract,
        ErrorsContract,
        BudgetContract,
        SecrecyContract {

  private static final int PATIENTS = 260;

  private SimulatedEmr simulator;
  private FaultyProxy proxy;
  private TestHttp http;
  private TckStage stage;

  /** The connector under test over this client, in this time. */
  protected abstract EmrConnector connector(OutboundHttp http, Clock clock);

  /** Its vendor, freshly simulated. */
  protected abstract SimulatedEmr simulator();

  @BeforeEach
  void setTheStage() {
    simulator = simulator();
    proxy = new FaultyProxy(simulator.origin(), simulator.clock());
    http = new TestHttp(simulator.clock(), simulator::pass);
    EmrConnector connector = connector(http, simulator.clock());
    stage =
        new TckStage(
            connector,
            simulator,
            proxy,
            TckStage.actor(connector, simulator, proxy, simulator.open("first", PATIENTS), 1),
            TckStage.actor(connector, simulator, proxy, simulator.open("second", PATIENTS / 4), 2));
  }

  @AfterEach
  void clearTheStage() {
    http.close();
    proxy.close();
    simulator.close();
  }

  @Override
  public TckStage stage() {
    return stage;
  }
}
