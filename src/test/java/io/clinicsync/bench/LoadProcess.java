package io.clinicsync.bench;

import com.fasterxml.jackson.core.type.TypeReference;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** The callers: Gatling with a build and a process of its own, see bench/. */
final class LoadProcess {

  private static final Path FOLDER = Path.of("target/bench").toAbsolutePath();

  private LoadProcess() {}

  /** What a group of callers met; times in milliseconds. */
  record Met(List<Double> millis, Map<String, Integer> failed, double spanSeconds) {

    int failures() {
      return failed.values().stream().mapToInt(Integer::intValue).sum();
    }

    double mean() {
      return millis.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
    }

    double perSecond() {
      return millis.size() / spanSeconds;
    }

    /** The smallest time that so many percent of the calls did not exceed. */
    double percentile(double percent) {
      if (millis.isEmpty()) {
        return Double.NaN;
      }
      List<Double> sorted = new ArrayList<>(millis);
      Collections.sort(sorted);
      return sorted.get((int) Math.ceil(sorted.size() * percent / 100) - 1);
    }
  }

  /** What each group met, by "phase: group". */
  record Outcome(Map<String, Met> groups) {

    /** All groups of some names as one. */
    Met all(Predicate<String> named) {
      List<Double> millis = new ArrayList<>();
      Map<String, Integer> failed = new java.util.TreeMap<>();
      double span = 0;
      for (Map.Entry<String, Met> each : groups.entrySet()) {
        if (named.test(each.getKey())) {
          millis.addAll(each.getValue().millis());
          each.getValue().failed().forEach((why, count) -> failed.merge(why, count, Integer::sum));
          span += each.getValue().spanSeconds();
        }
      }
      return new Met(millis, failed, span);
    }
  }

  /** Goes through a plan and comes back when the last answer is there. */
  static Outcome run(String name, LoadPlan plan) throws IOException, InterruptedException {
    Path written = FOLDER.resolve(name + "-plan.json");
    Path results = FOLDER.resolve(name + "-results.json");
    Files.deleteIfExists(results);
    SandboxProcess.JSON.writeValue(written.toFile(), plan);
    File log = FOLDER.resolve(name + "-load.log").toFile();
    ProcessBuilder builder =
        new ProcessBuilder(
                "./mvnw", "-q", "-B", "-ntp", "-f", "bench/pom.xml", "test-compile", "gatling:test")
            .redirectErrorStream(true)
            .redirectOutput(log);
    builder.environment().put("BENCH_PLAN", written.toString());
    builder.environment().put("BENCH_RESULTS", results.toString());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    Process process = builder.start();
    try {
      if (process.waitFor() != 0 || Files.notExists(results)) {
        throw new IllegalStateException("The load generator failed, see " + log);
      }
    } finally {
      process.destroy();
    }
    Map<String, Met> met =
        SandboxProcess.JSON.readValue(results.toFile(), new TypeReference<Map<String, Met>>() {});
    return new Outcome(met);
  }
}
