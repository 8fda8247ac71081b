package io.clinicsync.sandbox.server;

/**
 * An answer and how it leaves the socket.
 *
 * @param amount bytes to send for {@link Way#CUT}, bytes promised too much for {@link
 *     Way#WRONG_LENGTH}, milliseconds per body byte for {@link Way#DRIP}; otherwise unused
 */
public record Reply(Answer answer, Way way, long amount) {

  /** How the bytes leave. */
  public enum Way {
    WHOLE,
    CUT,
    WRONG_LENGTH,
    DRIP,
    /** Nothing is sent; the connection closes. */
    NOTHING,
    /** The head and half of the body, then a TCP reset. */
    RESET
  }

  public static Reply whole(Answer answer) {
    return new Reply(answer, Way.WHOLE, 0);
  }
}
