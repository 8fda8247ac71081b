package io.clinicsync.imports;

import io.clinicsync.canonical.Hashes;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** Ids a file named, eight bytes each, so that half a million of them weigh four megabytes. */
final class SeenIds {

  private long[] seen = new long[1024];
  private int count;
  private boolean sorted;
  private final Map<Long, Integer> repeats = new HashMap<>();

  void add(String id) {
    if (count == seen.length) {
      seen = Arrays.copyOf(seen, count * 2);
    }
    seen[count++] = mark(id);
    sorted = false;
  }

  boolean contains(String id) {
    if (!sorted) {
      Arrays.sort(seen, 0, count);
      sorted = true;
    }
    return Arrays.binarySearch(seen, 0, count, mark(id)) >= 0;
  }

  /** The how many-th row of this id this is, from 1. */
  int turn(String id) {
    return repeats.merge(mark(id), 1, Integer::sum);
  }

  private static long mark(String id) {
    return ByteBuffer.wrap(Hashes.sha256(id)).getLong();
  }
}
