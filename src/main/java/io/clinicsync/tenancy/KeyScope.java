package io.clinicsync.tenancy;

/** What a key may be used for. */
public enum KeyScope {
  /** Set up and operate: clinics, connections, credentials, syncs. */
  MANAGE,
  /** Read patients, facts and appointments. */
  READ,
  /** Book, move and cancel. */
  BOOK
}
