package io.clinicsync.ghl;

import java.io.Serial;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The one way a GoHighLevel call fails. The message is in our words: no vendor text, no secret, no
 * patient data.
 */
public final class GhlException extends RuntimeException {

  @Serial private static final long serialVersionUID = 1L;

  /** What happened, sorted by what to do about it. Switch over it without {@code default}. */
  public enum Kind {
    /** The token is wrong, revoked or cannot be renewed: the clinic has to connect again. */
    UNAUTHORISED,
    /** The token works but was not given this right. */
    MISSING_SCOPE,
    /** The token belongs to another sub-account. */
    WRONG_LOCATION,
    NOT_FOUND,
    /**
     * The sub-account refuses duplicates and already has such a contact, see {@link #contactId()}.
     */
    DUPLICATE,
    /** The request was refused for good, see {@link #fields()}. */
    INVALID,
    RATE_LIMITED,
    /** Down, slow or out of reach; nothing was changed, or repeating is harmless. */
    UNAVAILABLE,
    /** A write was sent and it is not known whether it was done: look before trying again [R12]. */
    OUTCOME_UNKNOWN,
    /** The answer is not as we know it. */
    CONTRACT_BROKEN
  }

  private final Kind kind;
  private final @Nullable Duration retryAfter;
  private final @Nullable String contactId;
  private final @Nullable String matchingField;
  private final List<String> fields;
  private final boolean lookFirst;

  private GhlException(
      Kind kind,
      String message,
      @Nullable Duration retryAfter,
      @Nullable String contactId,
      @Nullable String matchingField,
      List<String> fields,
      boolean lookFirst,
      @Nullable Throwable cause) {
    super(message, cause);
    this.kind = kind;
    this.retryAfter = retryAfter;
    this.contactId = contactId;
    this.matchingField = matchingField;
    this.fields = List.copyOf(fields);
    this.lookFirst = lookFirst;
  }

  public GhlException(Kind kind, String message) {
    this(kind, message, null, null);
  }

  public GhlException(
      Kind kind, String message, @Nullable Duration retryAfter, @Nullable Throwable cause) {
    this(kind, message, retryAfter, null, null, List.of(), kind == Kind.OUTCOME_UNKNOWN, cause);
  }

  static GhlException duplicate(
      String message, @Nullable String contactId, @Nullable String matchingField) {
    return new GhlException(
        Kind.DUPLICATE, message, null, contactId, matchingField, List.of(), false, null);
  }

  static GhlException invalid(String message, List<String> fields, boolean lookFirst) {
    return new GhlException(Kind.INVALID, message, null, null, null, fields, lookFirst, null);
  }

  public Kind kind() {
    return kind;
  }

  /** When it makes sense to come again, where known. */
  public Optional<Duration> retryAfter() {
    return Optional.ofNullable(retryAfter);
  }

  /** With DUPLICATE: the contact that is already there, where the vendor names it. */
  public Optional<String> contactId() {
    return Optional.ofNullable(contactId);
  }

  /** With DUPLICATE: {@code email} or {@code phone}, where the vendor says which one is taken. */
  public Optional<String> matchingField() {
    return Optional.ofNullable(matchingField);
  }

  /** With INVALID: what was refused and why, one entry per field, in our words. */
  public List<String> fields() {
    return fields;
  }

  /**
   * True when the write may have been done all the same: a refused create has been seen to create
   * [R12].
   */
  public boolean mustLookFirst() {
    return lookFirst;
  }
}
