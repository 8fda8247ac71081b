package io.clinicsync.ghl;

/**
 * One more public Ed25519 key whose webhooks are believed: that of a simulated GoHighLevel, lent as
 * a bean by whoever runs one. Production has no such bean.
 *
 * @param key X.509 SPKI, base64
 */
public record GhlTrustedKey(String key) {}
