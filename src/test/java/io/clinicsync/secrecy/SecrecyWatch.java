package io.clinicsync.secrecy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** What the whole JVM was heard to say of canaries so far. Thread-safe. */
public final class SecrecyWatch {

  private static final int MOST_KEPT = 200;

  /** The one that listens to everything. */
  public static final SecrecyWatch WHOLE_RUN = new SecrecyWatch();

  private final CanaryDetector detector = new CanaryDetector();
  private final Map<String, String> found = new LinkedHashMap<>();
  private final Map<String, Set<String>> expected = new ConcurrentHashMap<>();

  /**
   * Looks at a text.
   *
   * @param where who says it, such as a logger's name; one finding is kept for each
   */
  public void look(String where, @Nullable CharSequence text) {
    if (text == null || text.isEmpty()) {
      return;
    }
    String shown = text.toString();
    String what = detector.in(shown).orElse(null);
    if (what == null) {
      return;
    }
    for (Map.Entry<String, Set<String>> each : expected.entrySet()) {
      if (shown.contains(each.getKey())) {
        each.getValue().add(where);
        return;
      }
    }
    synchronized (this) {
      if (found.size() < MOST_KEPT) {
        found.putIfAbsent(
            where, where + " on " + Thread.currentThread().getName() + " shows " + what);
      }
    }
  }

  /**
   * Texts that hold this word are shown on purpose, to see that somebody looks.
   *
   * @return who was seen to say them, so far and from now on
   */
  Set<String> expect(String word) {
    return expected.computeIfAbsent(word, each -> ConcurrentHashMap.newKeySet());
  }

  /** The same for a failure and everything behind it. */
  void look(String where, @Nullable Throwable failure) {
    int depth = 0;
    for (Throwable each = failure; each != null && depth < 20; each = each.getCause()) {
      look(where + ", " + each.getClass().getName(), each.getMessage());
      for (Throwable suppressed : each.getSuppressed()) {
        look(where + ", " + suppressed.getClass().getName(), suppressed.getMessage());
      }
      depth++;
    }
  }

  /** What was found since the last time somebody asked. */
  public synchronized List<String> take() {
    List<String> all = new ArrayList<>(found.values());
    found.clear();
    return all;
  }
}
