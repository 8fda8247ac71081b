package io.clinicsync.sync;

import java.io.Serial;

/** Another run took over; whatever this one would write is refused [R19]. */
class LeaseLost extends RuntimeException {

  @Serial private static final long serialVersionUID = 1L;

  LeaseLost() {
    super("Another run took the connection over");
  }
}
