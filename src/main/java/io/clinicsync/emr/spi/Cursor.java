package io.clinicsync.emr.spi;

/**
 * A place in a window; written and read by the connector only, stored as it is. Holds no patient
 * data and no secret.
 */
public record Cursor(String value) {}
