package io.clinicsync.sandbox.ghl;

import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Ids that look like the vendor's: twenty letters and digits, the same again when a location's
 * changes are replayed.
 */
final class GhlIds {

  private static final String LETTERS =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  private static final AtomicLong TRACES = new AtomicLong(1);

  /** The n-th id of a location. */
  static String of(String location, long number) {
    return twenty(hash("ids/" + location) + number);
  }

  /** A fixed id for a name, so that a location keeps its id over restarts. */
  static String named(String name) {
    return twenty(hash(name));
  }

  private static long hash(String name) {
    UUID uuid = UUID.nameUUIDFromBytes(name.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    return uuid.getMostSignificantBits() ^ uuid.getLeastSignificantBits();
  }

  static String trace() {
    return new UUID(TRACES.getAndIncrement(), System.nanoTime()).toString();
  }

  private static String twenty(long number) {
    long a = mix(number);
    long b = mix(a ^ number);
    StringBuilder id = new StringBuilder(20);
    for (int i = 0; i < 10; i++) {
      id.append(LETTERS.charAt((int) Math.floorMod(a, 62L)));
      id.append(LETTERS.charAt((int) Math.floorMod(b, 62L)));
      a = Math.floorDiv(a, 62L);
      b = Math.floorDiv(b, 62L);
    }
    return id.toString();
  }

  /** Scrambles one-to-one, so different numbers give different ids. */
  private static long mix(long z) {
    long x = z + 0x9E3779B97F4A7C15L;
    x = (x ^ (x >>> 30)) * 0xBF58476D1CE4E5B9L;
    x = (x ^ (x >>> 27)) * 0x94D049BB133111EBL;
    return x ^ (x >>> 31);
  }

  private GhlIds() {}
}
