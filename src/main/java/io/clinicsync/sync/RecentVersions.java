package io.clinicsync.sync;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.canonical.EmrRecord;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.records.Records;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/**
 * Versions this node stored or compared lately. Each run re-reads an overlap [R2]; what is
 * remembered here needs no statement to be recognised as known. Only committed versions are
 * remembered, and forgetting one costs a comparison in the database, nothing else. A record may be
 * known in two versions: some EMRs show it differently in two of their lists.
 */
@Component
class RecentVersions {

  private static final int KEPT_PER_RECORD = 3;

  private record Key(ConnectionId connection, EmrRef ref) {}

  private final Cache<Key, Set<String>> versions =
      Caffeine.newBuilder().maximumSize(100_000).expireAfterAccess(Duration.ofHours(2)).build();

  boolean knowsAll(ConnectionId connection, Collection<? extends EmrRecord> records) {
    return records.stream().allMatch(record -> knows(connection, record));
  }

  /** Those whose version was neither stored nor compared lately. */
  <T extends EmrRecord> List<T> unknown(ConnectionId connection, Collection<T> records) {
    return records.stream().filter(record -> !knows(connection, record)).toList();
  }

  private boolean knows(ConnectionId connection, EmrRecord record) {
    Set<String> known = versions.getIfPresent(new Key(connection, record.ref()));
    return known != null && known.contains(Records.version(record));
  }

  /** Whether any version of the record was stored or compared lately; false proves nothing. */
  boolean remembers(ConnectionId connection, EmrRef ref) {
    return versions.getIfPresent(new Key(connection, ref)) != null;
  }

  /** These versions were stored; whatever was known of the records before no longer counts. */
  void stored(ConnectionId connection, Collection<? extends EmrRecord> records) {
    records.forEach(
        record -> versions.put(new Key(connection, record.ref()), Set.of(Records.version(record))));
  }

  /** These versions were compared, and there was nothing to store. */
  void compared(ConnectionId connection, Collection<? extends EmrRecord> records) {
    records.forEach(
        record ->
            versions
                .asMap()
                .merge(
                    new Key(connection, record.ref()),
                    Set.of(Records.version(record)),
                    RecentVersions::together));
  }

  private static Set<String> together(Set<String> known, Set<String> fresh) {
    return known.size() >= KEPT_PER_RECORD
        ? fresh
        : Stream.concat(known.stream(), fresh.stream()).collect(Collectors.toUnmodifiableSet());
  }

  /**
   * These records no longer stand as they were read, so the next reading of them is compared again.
   */
  void forget(ConnectionId connection, Collection<EmrRef> records) {
    records.forEach(ref -> versions.invalidate(new Key(connection, ref)));
  }
}
