package io.clinicsync.crm;

import java.util.Locale;

/** How much a clinic wants in its CRM [CF-1]; each pack holds the ones before it. */
public enum FieldPack {
  MINIMAL,
  STANDARD,
  FULL,
  /** In no pack: only by name, for instance what changes every day. */
  ON_REQUEST;

  /** Whether a field of the other pack comes with this one. */
  public boolean holds(FieldPack other) {
    return other != ON_REQUEST && other.ordinal() <= ordinal();
  }

  /** The word used in field maps. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
