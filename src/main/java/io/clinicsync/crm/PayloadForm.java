package io.clinicsync.crm;

import java.util.Locale;

/** How a field appears in the payload of its EMR's webhook. */
public enum PayloadForm {
  /** Numbers as numbers, everything else as the text the CRM gets. */
  VALUE,
  /** Yes and no as true and false. */
  BOOLEAN,
  /** An instant with milliseconds. */
  MILLIS;

  /** The word used in field maps. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
