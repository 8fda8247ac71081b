package io.clinicsync.sandbox.server;

/** What can go wrong. The comment says what {@link Fault#amount()} means for it. */
public enum FaultKind {
  /**
   * Answers {@link Fault#status()} with {@link Fault#headers()}; the simulator never sees the call.
   */
  STATUS,
  /** Waits this many milliseconds, then goes on normally (other faults may still apply). */
  LATENCY,
  /** The call is applied, then the connection closes without an answer. */
  LOST_ANSWER,
  /** The connection closes before the call is applied. */
  REFUSED_CONNECTION,
  /** Only this many body bytes are sent (default: half). */
  CUT_BODY,
  /** Content-Length promises this many bytes too much (default 10), then the connection closes. */
  WRONG_LENGTH,
  /** One body byte per this many milliseconds (default 1000). */
  DRIP,
  /** Half of the body, then a TCP reset. */
  RESET,
  /** An HTML page with status 200. */
  HTML,
  /** A JSON body that ends in the middle, with a right Content-Length. */
  BROKEN_JSON,
  /** A list answer without its entries; totals 0 and no next link. */
  EMPTY_LIST,
  /** A JSON body padded to this many bytes (default 64 MiB). */
  BIG_BODY,
  /** A gzip body of this many bytes when unpacked (default 1 GiB). */
  GZIP_BOMB,
  /** JSON nested this deep (default 100,000). */
  DEPTH_BOMB,
  /**
   * What is written becomes readable this many milliseconds later; read by the simulators at the
   * write.
   */
  INVISIBLE,
  /** Damages the entry with this index in a list answer (default 0). */
  POISON_RECORD,
  /**
   * The member named {@link Fault#field()} of every record in a list answer has another name;
   * without a name it is the record's id, whatever the vendor calls it.
   */
  RENAME_FIELD,
  /** The same member is missing. */
  MISSING_FIELD,
  /**
   * The field named {@link Fault#field()} (or a custom field's id or key) is silently ignored on a
   * write.
   */
  DROP_FIELD,
  /** The write is applied, the answer says 422. */
  APPLIED_BUT_422
}
