package io.clinicsync.imports;

import java.io.Serial;
import java.util.UUID;

/** The same bytes were handed over before. */
public final class AlreadyImported extends RuntimeException {

  @Serial private static final long serialVersionUID = 1L;

  private final UUID id;

  AlreadyImported(UUID id) {
    super("import " + id, null, false, false);
    this.id = id;
  }

  /** The import that took them. */
  public UUID id() {
    return id;
  }
}
