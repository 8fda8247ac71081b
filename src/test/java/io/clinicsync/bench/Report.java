package io.clinicsync.bench;

import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Collects each figure of each run; medians go into the report and are held against their bounds.
 */
final class Report {

  /** Launch bounds; a figure without one is shown for understanding only. */
  private static final Map<String, Double> BOUNDS =
      Map.ofEntries(
          Map.entry("API calls / minimum", 1.15),
          Map.entry("first load / quota floor", 1.10),
          Map.entry("first load: calls answered 429", 0.0),
          Map.entry("unchanged cycle: calls beyond one per endpoint", 0.0),
          Map.entry("unchanged cycle: SQL statements", 8.0),
          Map.entry("unchanged cycle: CPU-ms of the run", 10.0),
          Map.entry("unchanged cycle: log bytes per unchanged record", 5.0),
          Map.entry("log bytes / changed payload bytes", 4.0),
          Map.entry("booking: vendor calls / minimum", 1.0),
          Map.entry("booking, 4 callers: p99 / vendor p99", 1.25),
          Map.entry("booking, 64 callers: p99 / vendor p99", 1.25),
          Map.entry("booking: neighbours' p99 beside 100x / alone", 1.2));

  /** Figures that must not fall below their launch bound. */
  private static final Map<String, Double> LEAST =
      Map.of("availability, 400 callers: throughput / ideal", 0.90);

  private final Map<String, List<Double>> figures = new LinkedHashMap<>();
  private final Map<String, Integer> gates = new LinkedHashMap<>();
  private final Map<String, Object> settings = new LinkedHashMap<>();

  private final Map<String, String> excused;

  Report() {
    this(Map.of());
  }

  /**
   * @param excused figures that cannot keep their bound, and why; they are shown all the same
   */
  Report(Map<String, String> excused) {
    this.excused = excused;
    settings.put("java", System.getProperty("java.vm.version"));
    settings.put("processors", Runtime.getRuntime().availableProcessors());
    settings.put("os", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
  }

  void add(String name, double value) {
    figures.computeIfAbsent(name, key -> new ArrayList<>()).add(value);
  }

  void gate(String name, int count) {
    gates.put(name, count);
  }

  void setting(String name, Object value) {
    settings.put(name, value);
  }

  /** What is over its bound, and each gate that is not at zero. */
  List<String> violations() {
    List<String> over = new ArrayList<>();
    figures.forEach(
        (name, values) -> {
          Double bound = BOUNDS.get(name);
          double median = Measures.median(values);
          if (bound != null && median > bound && !excused.containsKey(name)) {
            over.add("%s: %.3f is over %.2f".formatted(name, median, bound));
          }
          Double least = LEAST.get(name);
          if (least != null && median < least && !excused.containsKey(name)) {
            over.add("%s: %.3f is below %.2f".formatted(name, median, least));
          }
        });
    gates.forEach(
        (name, count) -> {
          if (count != 0) {
            over.add(count + " records " + name);
          }
        });
    return over;
  }

  String table() {
    StringBuilder table =
        new StringBuilder("\n%-54s %10s %8s   runs\n".formatted("", "median", "bound"));
    figures.forEach(
        (name, values) -> {
          Double bound = BOUNDS.getOrDefault(name, LEAST.get(name));
          String limit = bound == null ? "" : "%.2f".formatted(bound);
          List<String> each = values.stream().map("%.3f"::formatted).toList();
          table.append(
              "%-54s %10.3f %8s   %s\n"
                  .formatted(name, Measures.median(values), limit, String.join(" ", each)));
        });
    gates.forEach(
        (name, count) -> table.append("%-54s %10d %8s\n".formatted("records " + name, count, "0")));
    return table.toString();
  }

  void write(Path file) throws IOException {
    Map<String, Object> all = new LinkedHashMap<>();
    Map<String, Object> rows = new LinkedHashMap<>();
    figures.forEach(
        (name, values) -> {
          Map<String, Object> row = new LinkedHashMap<>();
          row.put("median", Measures.median(values));
          row.put("bound", BOUNDS.getOrDefault(name, LEAST.get(name)));
          row.put("runs", values);
          rows.put(name, row);
        });
    all.put("figures", rows);
    all.put("gates", gates);
    all.put("excused", excused);
    all.put("settings", settings);
    Files.createDirectories(file.getParent());
    SandboxProcess.JSON
        .copy()
        .enable(SerializationFeature.INDENT_OUTPUT)
        .writeValue(file.toFile(), all);
    System.out.println(table());
  }
}
