package io.clinicsync.emr.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.clinicsync.VendorSpecs;
import io.clinicsync.emr.spi.ConnectionCheck;
import io.clinicsync.emr.spi.EmrConnector;
import io.clinicsync.emr.spi.EmrSessions;
import io.clinicsync.emr.spi.ImportedRows;
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
        BadAnswersContract,
        BudgetContract,
        ChangesContract,
        BookingContract,
        BookingFailuresContract,
        ClassBookingContract,
        DirectoryContract,
        SecrecyContract {

  private static final int PATIENTS = 260;

  private EmrConnector connector;
  private SimulatedEmr simulator;
  private FaultyProxy proxy;
  private TestHttp http;
  private TckStage stage;

  /** The connector under test, made of these. */
  protected abstract EmrConnector connector(Tools tools);

  /** The access way under test; the most recommended one unless a class says another. */
  protected String way() {
    return connector.descriptor().ways().getFirst().id();
  }

  /** What a connector is made of. */
  public record Tools(
      OutboundHttp http, Clock clock, EmrSessions sessions, ImportedRows imported) {}

  /** Its vendor, freshly simulated. */
  protected abstract SimulatedEmr simulator();

  @BeforeEach
  void setTheStage() {
    simulator = simulator();
    proxy = new FaultyProxy(simulator.origin(), simulator.clock(), simulator::commits);
    http = new TestHttp(simulator.clock(), simulator::pass);
    InMemoryImports imports = new InMemoryImports(simulator.clock());
    connector = connector(new Tools(http, simulator.clock(), new InMemorySessions(), imports));
    stage =
        new TckStage(
            connector,
            simulator,
            proxy,
            TckStage.actor(way(), simulator, proxy, simulator.open("first", PATIENTS), 1),
            TckStage.actor(way(), simulator, proxy, simulator.open("second", PATIENTS / 4), 2));
    if (!stage.isCalled()) {
      for (TckStage.Actor actor : List.of(stage.first(), stage.second())) {
        actor.truth().handOver(connector, actor.account(), imports);
      }
    }
    // Sign-ins are over before a test begins, so that it sees the calls it asks for and no others.
    if (simulator.signsIn()) {
      for (TckStage.Actor actor : List.of(stage.first(), stage.second())) {
        actor.truth().grant(connector, actor.account());
        assertThat(connector.check(actor.account())).isInstanceOf(ConnectionCheck.Works.class);
      }
      proxy.clear();
    }
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
        kinds.putIfAbsent(
            call.method() + call.url().replaceAll("[0-9]+", "0") + call.status(), call);
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
