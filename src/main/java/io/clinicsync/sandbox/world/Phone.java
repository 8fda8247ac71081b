package io.clinicsync.sandbox.world;

/**
 * A phone as typed at the front desk.
 *
 * @param kind Mobile, Home, Work, Fax or Other
 * @param digits with country code, without plus; empty when it cannot be read as a number
 */
public record Phone(String kind, String typed, String digits) {}
