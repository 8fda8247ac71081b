package io.clinicsync.imports;

import java.io.IOException;
import java.io.Serial;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.springframework.stereotype.Component;

/**
 * Room for files that are being handed over. One is held in memory and never written to a disk, so
 * only so many are taken at once; the others wait a while and are then asked to come again.
 */
@Component
public class UploadRoom {

  /** When to come again. */
  public static final Duration COME_AGAIN = Duration.ofSeconds(20);

  private static final int AT_ONCE = 2;

  private final Semaphore places = new Semaphore(AT_ONCE, true);

  /** No place became free in time. */
  public static final class NoRoom extends RuntimeException {
    @Serial private static final long serialVersionUID = 1L;

    NoRoom() {
      super("no room", null, false, false);
    }
  }

  /** What is done with a place. */
  public interface Work<T> {
    T run() throws IOException;
  }

  /**
   * Reads and takes a file.
   *
   * @throws NoRoom when others are still being taken
   */
  public <T> T with(Work<T> work) throws IOException {
    try {
      if (!places.tryAcquire(COME_AGAIN.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new NoRoom();
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new NoRoom();
    }
    try {
      return work.run();
    } finally {
      places.release();
    }
  }
}
