package io.clinicsync.sandbox.cliniko;

/** Cliniko's {@code normalized_number}: digits with country code, no plus. */
final class PhoneDigits {

  static String of(String typed, String countryCode) {
    String digits = typed.replaceAll("[^0-9]", "");
    if (typed.trim().startsWith("+")) {
      return digits;
    }
    if (digits.startsWith("0")) {
      return countryCode + digits.substring(1);
    }
    return digits;
  }

  private PhoneDigits() {}
}
