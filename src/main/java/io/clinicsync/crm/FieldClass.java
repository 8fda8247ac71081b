package io.clinicsync.crm;

import java.util.Locale;
import java.util.Set;

/** How careful one must be with a field [PR-1]. */
public enum FieldClass {
  IDENTITY,
  CONTACT,
  SCHEDULING,
  /** Totals are in the default packs. */
  FINANCIAL,
  /** Alerts, insurance numbers, identifiers: needs a named approver. */
  SENSITIVE,
  /** Diagnoses, notes, forms: needs a named approver. */
  CLINICAL;

  /** What needs no approver. */
  public static final Set<FieldClass> DEFAULT = Set.of(IDENTITY, CONTACT, SCHEDULING, FINANCIAL);

  /** The word used in field maps. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
