package io.clinicsync.people;

/** How a clinic keeps families in its CRM [ID-4]. */
public enum HouseholdPolicy {
  /** A contact each; a shared e-mail or phone stays with the one who holds it. The default. */
  SEPARATE,
  /** One contact for the payer, who lists the dependants. */
  GUARDIAN,
  /** Only one person of a household gets a contact. */
  PRIMARY_ONLY
}
