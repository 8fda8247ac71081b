package io.clinicsync.canonical;

/**
 * A record's id in the EMR's own spelling. Always text: some vendors use 19-digit numbers that a
 * double would round.
 *
 * @param value never blank; no surrounding white space
 */
public record EmrId(String value) {

  public EmrId {
    if (value.isBlank() || value.length() > 200) {
      throw new IllegalArgumentException("An EMR id has 1 to 200 characters");
    }
  }

  @Override
  public String toString() {
    return value;
  }
}
