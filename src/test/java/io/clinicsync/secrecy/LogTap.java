package io.clinicsync.secrecy;

import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * What our code logs on one thread, at every level. Test classes run side by side and share one
 * logging system, which each new application context empties and configures anew: an appender hung
 * into it hears its neighbours' lines and may be gone before its own come.
 */
public final class LogTap {

  private static final ThreadLocal<@Nullable List<String>> HEARD = new ThreadLocal<>();

  private LogTap() {}

  /** Work that may fail and may be done again. */
  @FunctionalInterface
  public interface Work {
    void run() throws Exception;
  }

  /**
   * The lines logged by this thread while it works. The work is done again when the logging system
   * was configured anew meanwhile, since lines may be missing then.
   */
  public static List<String> during(Work work) throws Exception {
    while (true) {
      SecrecyFilter before =
          Awaitility.await()
              .pollInSameThread()
              .until(SecrecyFilter::active, active -> active != null);
      List<String> lines = new ArrayList<>();
      HEARD.set(lines);
      try {
        work.run();
      } finally {
        HEARD.remove();
      }
      if (SecrecyFilter.active() == before) {
        return lines;
      }
    }
  }

  static void hear(String line) {
    List<String> heard = HEARD.get();
    if (heard != null) {
      heard.add(line);
    }
  }
}
