package io.clinicsync.sync;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.canonical.EmrRecord;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.records.Records;
import java.time.Duration;
import java.util.Collection;
import org.springframework.stereotype.Component;

/**
 * Versions this node stored or compared lately. Each run re-reads an overlap [R2]; what is remembered here needs no
 * statement to be recognised as known. Only committed versions are remembered, and forgetting one costs a comparison in the
 * database, nothing else.
 */
@Component
class RecentVersions {

  private record Key(ConnectionId connection, EmrRef ref) {}

  private final Cache<Key, String> versions =
      Caffeine.newBuilder().maximumSize(100_000).expireAfterAccess(Duration.ofHours(2)).build();

  boolean knowsAll(ConnectionId connection, Collection<? extends EmrRecord> records) {
    return records.stream()
        .allMatch(
            record -> Records.version(record).equals(versions.getIfPresent(new Key(connection, record.ref()))));
  }

  void remember(ConnectionId connection, Collection<? extends EmrRecord> records) {
    records.forEach(record -> versions.put(new Key(connection, record.ref()), Records.version(record)));
  }
}
