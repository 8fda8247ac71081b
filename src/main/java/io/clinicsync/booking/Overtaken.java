package io.clinicsync.booking;

import java.io.Serial;

/** Somebody else looks after the attempt now, and this caller must not touch it any more. */
final class Overtaken extends RuntimeException {

  @Serial private static final long serialVersionUID = 1L;

  Overtaken() {
    super("the attempt was taken over", null, false, false);
  }
}
