package io.clinicsync.tenancy;

/** What a key may be used for. */
public enum KeyScope {
  /** Set up and operate: clinics, connections, credentials, syncs. */
  MANAGE,
  /** Read patients, facts and appointments. */
  READ,
  /** Book, move and cancel. */
  BOOK,
  /**
   * Adds nothing but says for whom the key speaks: a voice or chat agent. It sees and books only
   * what the clinic lets agents see, and only while the connection's receptionist is enabled.
   */
  AGENT
}
