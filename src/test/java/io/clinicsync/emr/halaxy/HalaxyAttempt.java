package io.clinicsync.emr.halaxy;

import io.clinicsync.emr.spi.WriteAttempt;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An intent to write that keeps its note. */
final class HalaxyAttempt implements WriteAttempt {

  private final String key;
  private @Nullable String note;

  HalaxyAttempt(String key) {
    this.key = key;
  }

  @Override
  public String key() {
    return key;
  }

  @Override
  public Instant begunAt() {
    return Instant.EPOCH;
  }

  @Override
  public void note(String anchor) {
    note = anchor;
  }

  @Override
  public Optional<String> note() {
    return Optional.ofNullable(note);
  }
}
