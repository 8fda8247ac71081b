package io.clinicsync.emr.wire;

import java.io.Serial;

/** An entry that cannot become a record. The message holds field names, never values. */
public final class UnreadableEntry extends RuntimeException {

  @Serial private static final long serialVersionUID = 1L;

  private final boolean poisoned;

  private UnreadableEntry(String problem, boolean poisoned) {
    super(problem, null, false, false);
    this.poisoned = poisoned;
  }

  /** Its shape is not what we know; if all entries are so, the contract changed. */
  public static UnreadableEntry shape(String problem) {
    return new UnreadableEntry(problem, false);
  }

  /** Its shape is known, but its content is one we refuse to store. */
  public static UnreadableEntry poison(String problem) {
    return new UnreadableEntry(problem, true);
  }

  /** Whether the shape was known. */
  public boolean poisoned() {
    return poisoned;
  }

  /** What is wrong, in field names. */
  public String problem() {
    return String.valueOf(getMessage());
  }
}
