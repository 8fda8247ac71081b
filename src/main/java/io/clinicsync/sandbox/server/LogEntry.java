package io.clinicsync.sandbox.server;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One line of the operation log.
 *
 * @param seq rising by one
 * @param at vendor time
 * @param operation method and path without query for calls, the edit's name for edits
 * @param ids what was written or read singly; empty for lists
 * @param count entries in a list answer, else the number of ids
 * @param status HTTP status; 0 for edits
 * @param version the record as JSON after a write or edit; null for reads, refusals and old entries
 */
public record LogEntry(
    long seq,
    Instant at,
    String account,
    Kind kind,
    String operation,
    List<String> ids,
    int count,
    int status,
    @Nullable String version) {

  /** What happened. */
  public enum Kind {
    READ,
    WRITE,
    /** Answered 4xx, 5xx or not at all. */
    REFUSED,
    /** Done by staff or a user in the vendor's own screens. */
    EDIT
  }
}
