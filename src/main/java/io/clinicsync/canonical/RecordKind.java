package io.clinicsync.canonical;

/** The kinds of EMR records we keep a copy of. */
public enum RecordKind {
  PATIENT,
  APPOINTMENT,
  INVOICE,
  PAYMENT,
  PURCHASE,
  PRACTITIONER,
  TREATMENT,
  SITE,
  ROOM
}
