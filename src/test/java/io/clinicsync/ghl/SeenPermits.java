package io.clinicsync.ghl;

import io.clinicsync.http.Lane;
import io.clinicsync.http.Permits;
import io.clinicsync.http.Quota;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Writes down what the client tells about the quota. */
final class SeenPermits implements Permits {

  final List<String> seen = new CopyOnWriteArrayList<>();

  @Override
  public void acquire(Quota quota, Lane lane, Duration patience) {}

  @Override
  public void pauseUntil(Quota quota, Instant moment) {
    seen.add("pause until " + moment);
  }

  @Override
  public void observe(Quota quota, long remaining, Duration untilReset) {
    seen.add(remaining + " left for " + untilReset);
  }
}
