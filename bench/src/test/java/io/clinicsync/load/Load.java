package io.clinicsync.load;

import static io.gatling.javaapi.core.CoreDsl.constantConcurrentUsers;
import static io.gatling.javaapi.core.CoreDsl.constantUsersPerSec;
import static io.gatling.javaapi.core.CoreDsl.exec;
import static io.gatling.javaapi.core.CoreDsl.nothingFor;
import static io.gatling.javaapi.core.CoreDsl.pause;
import static io.gatling.javaapi.core.CoreDsl.scenario;
import static io.gatling.javaapi.http.HttpDsl.http;

import io.gatling.javaapi.core.ChainBuilder;
import io.gatling.javaapi.core.PopulationBuilder;
import io.gatling.javaapi.core.Simulation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Goes through the phases of a plan. In an open group each caller comes at its moment, however long
 * the earlier ones wait, so that slow answers do not thin out the calls.
 */
public final class Load extends Simulation {

  private final Plan plan = Plan.read(Path.of(System.getenv("BENCH_PLAN")));
  private final Results results = new Results();
  private final Calls calls = new Calls(plan, results);

  {
    setUp(from(0)).protocols(http.shareConnections().disableCaching().disableWarmUp());
  }

  /** A phase, followed by those after it once its first group has ended. */
  private List<PopulationBuilder> from(int phase) {
    if (phase == plan.phases().size()) {
      return List.of();
    }
    Plan.Phase now = plan.phases().get(phase);
    List<PopulationBuilder> groups = new ArrayList<>();
    for (Plan.Group each : now.groups()) {
      PopulationBuilder group = population(now, each);
      groups.add(groups.isEmpty() ? followed(group, from(phase + 1)) : group);
    }
    return groups;
  }

  private static PopulationBuilder followed(PopulationBuilder group, List<PopulationBuilder> next) {
    return next.isEmpty() ? group : group.andThen(next);
  }

  private PopulationBuilder population(Plan.Phase phase, Plan.Group group) {
    String label = phase.name() + ": " + group.name();
    ChainBuilder once = calls.of(group, label);
    Duration quiet = Duration.ofSeconds(Math.max(1, phase.quietSeconds()));
    Duration time = Duration.ofSeconds(phase.seconds());
    if (group.callers() == 0) {
      return scenario(label)
          .exec(once)
          .injectOpen(nothingFor(quiet), constantUsersPerSec(group.perSecond()).during(time));
    }
    // Callers who paused equally long would ask all at once for ever.
    ChainBuilder whole =
        group.pauseMillis() == 0
            ? once
            : exec(pause(Duration.ZERO, Duration.ofMillis(2L * group.pauseMillis()))).exec(once);
    return scenario(label)
        .exec(whole)
        .injectClosed(
            constantConcurrentUsers(0).during(quiet),
            constantConcurrentUsers(group.callers()).during(time));
  }

  @Override
  public void after() {
    results.write(Path.of(System.getenv("BENCH_RESULTS")));
  }
}
