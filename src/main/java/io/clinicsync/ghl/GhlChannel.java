package io.clinicsync.ghl;

/** A channel a person can close ("do not disturb"). */
public enum GhlChannel {
  CALL("Call"),
  EMAIL("Email"),
  SMS("SMS"),
  WHATSAPP("WhatsApp"),
  GMB("GMB"),
  FACEBOOK("FB");

  private final String key;

  GhlChannel(String key) {
    this.key = key;
  }

  /** The key in the dated API; the newer one spells it in lower camel case. */
  String key() {
    return key;
  }
}
