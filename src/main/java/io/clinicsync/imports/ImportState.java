package io.clinicsync.imports;

/** How far an import is. */
public enum ImportState {
  /** Taken in; its turn comes after older files of its connection. */
  QUEUED,
  /** A column the kind of file needs was not found; it waits for a mapping. */
  MAPPING_NEEDED,
  RUNNING,
  DONE,
  /** Nothing of it was applied. */
  FAILED
}
