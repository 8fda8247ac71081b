package io.clinicsync.ghl;

/** The native fields of a contact that we may write. */
public enum GhlContactField {
  FIRST_NAME("firstName"),
  LAST_NAME("lastName"),
  EMAIL("email"),
  /** E.164; anything else is refused by the vendor. */
  PHONE("phone"),
  /** {@code yyyy-MM-dd}. */
  DATE_OF_BIRTH("dateOfBirth"),
  ADDRESS("address1"),
  CITY("city"),
  STATE("state"),
  POSTAL_CODE("postalCode"),
  /** ISO 3166 alpha-2. */
  COUNTRY("country"),
  SOURCE("source");

  private final String key;

  GhlContactField(String key) {
    this.key = key;
  }

  /** The vendor's name of the field, also the name field maps use. */
  public String key() {
    return key;
  }
}
