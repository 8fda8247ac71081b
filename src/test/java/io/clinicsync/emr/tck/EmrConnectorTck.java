package io.clinicsync.emr.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.clinicsync.VendorSpecs;
import io.clinicsync.emr.spi.EmrConnector;
import io.clinicsync.http.OutboundHttp;
import io.clinicsync.http.TestHttp;
import java.net.URI;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
        ByPatientContract,
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
    simulator.specs().ifPresent(this::assertConformance);
  }

  /**
   * Every kind of call made in a test keeps to the vendor's description. Answers are not looked at
   * here: some tests spoil them, and the sandbox checks its own.
   */
  private void assertConformance(VendorSpecs specs) {
    Map<String, FaultyProxy.Passed> kinds = new LinkedHashMap<>();
    for (FaultyProxy.Passed call : proxy.journal()) {
      if (!call.spoiled()) {
        kinds.putIfAbsent(call.url().replaceAll("[0-9]+", "0") + call.status(), call);
      }
    }
    for (FaultyProxy.Passed call : kinds.values()) {
      List<VendorSpecs.Violation> violations =
          specs
              .check(
                  call.method(),
                  URI.create(call.url()),
                  call.requestHeaders(),
                  call.requestBody().isEmpty() ? null : call.requestBody(),
                  call.status(),
                  call.headers(),
                  null)
              .stream()
              .filter(violation -> violation.key().startsWith("validation.request"))
              .toList();
      assertThat(violations).as(call.method() + " " + call.url()).isEmpty();
    }
  }

  @Override
  public TckStage stage() {
    return stage;
  }
}
