package io.clinicsync.load;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Every answer's time, by group. Thread-safe. */
final class Results {

  /**
   * What a group met.
   *
   * @param millis of each call that succeeded
   * @param failed what the others were answered, and how often
   * @param spanSeconds from the first call to the last answer
   */
  record Met(List<Double> millis, Map<String, Integer> failed, double spanSeconds) {}

  private static final class Group {
    private final List<Double> millis = new ArrayList<>();
    private final Map<String, Integer> failed = new TreeMap<>();
    private long first = Long.MAX_VALUE;
    private long last = Long.MIN_VALUE;
  }

  private final Map<String, Group> groups = new HashMap<>();

  /**
   * @param wrong what was answered instead of the expected; null when all went well
   */
  synchronized void add(String name, long began, long ended, String wrong) {
    Group group = groups.computeIfAbsent(name, key -> new Group());
    group.first = Math.min(group.first, began);
    group.last = Math.max(group.last, ended);
    if (wrong == null) {
      group.millis.add((ended - began) / 1e6);
    } else {
      group.failed.merge(wrong, 1, Integer::sum);
    }
  }

  synchronized void write(Path file) {
    Map<String, Met> all = new TreeMap<>();
    groups.forEach(
        (name, group) ->
            all.put(name, new Met(group.millis, group.failed, (group.last - group.first) / 1e9)));
    try {
      new ObjectMapper().writeValue(file.toFile(), all);
    } catch (IOException failed) {
      throw new IllegalStateException(failed);
    }
  }
}
