package io.clinicsync.emr.spi;

/**
 * One thing a clinic types in to connect.
 *
 * @param name key in {@link Credentials}
 * @param secret never shown again, never logged
 * @param help where a clinic finds it, one sentence
 */
public record CredentialField(
    String name, String label, boolean secret, boolean required, String help) {}
