package io.clinicsync.insights;

import io.clinicsync.canonical.Hashes;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What we derive of one patient at one moment.
 *
 * @param values by canonical path (see {@link FactPath}); a path without a value is unknown
 * @param dueAt the next moment at which these facts change by the clock alone, with unchanged data;
 *     null if never
 */
public record Facts(SortedMap<String, FactValue> values, @Nullable Instant dueAt) {

  public Facts {
    values = Collections.unmodifiableSortedMap(new TreeMap<>(values));
  }

  /** The value under a path; empty when unknown. */
  public Optional<FactValue> find(String path) {
    return Optional.ofNullable(values.get(path));
  }

  /** The value under a path; empty when unknown. */
  public Optional<FactValue> find(FactPath path) {
    return find(path.path());
  }

  /**
   * A content hash that is equal for equal facts, on every machine and version of Java. What
   * travels along ("data as of") is left out.
   */
  public String hash() {
    MessageDigest digest = Hashes.sha256();
    for (Map.Entry<String, FactValue> entry : values.entrySet()) {
      if (!FactPath.travelsAlong(entry.getKey())) {
        FactValue value = entry.getValue();
        add(digest, entry.getKey());
        add(digest, value.type().name());
        add(digest, value.canonical());
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /** Counts only: the values are patient data. */
  @Override
  public String toString() {
    return "Facts[" + values.size() + " values, dueAt=" + dueAt + "]";
  }

  private static void add(MessageDigest digest, String part) {
    byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
    // Length first, so that no two lists of parts share one byte sequence.
    digest.update((bytes.length + ":").getBytes(StandardCharsets.UTF_8));
    digest.update(bytes);
  }
}
