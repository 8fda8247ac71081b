package io.clinicsync.insights;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Every fact we derive, under a name that never changes: field maps and stored facts refer to it.
 * Beside these there is {@code extras.<name>} for what only one EMR has of a patient, and {@code
 * upcoming.extras.<name>}, {@code last.…} and {@code current.…} for what it has of an appointment.
 */
public enum FactPath {
  PATIENT_ID("patient.id", FactType.TEXT),
  PATIENT_TITLE("patient.title", FactType.TEXT),
  PATIENT_FIRST_NAME("patient.firstName", FactType.TEXT),
  PATIENT_LAST_NAME("patient.lastName", FactType.TEXT),
  PATIENT_PREFERRED_NAME("patient.preferredName", FactType.TEXT),
  PATIENT_FULL_NAME("patient.fullName", FactType.TEXT),
  PATIENT_BIRTH_DATE("patient.birthDate", FactType.DAY),
  /** In years, by the clinic's calendar; only when the clinic asked for day counters. */
  PATIENT_AGE("patient.age", FactType.NUMBER),
  PATIENT_GENDER("patient.gender", FactType.TEXT),
  PATIENT_EMAIL("patient.email", FactType.TEXT),
  /** As typed, mobile before home before work before other, never fax. */
  PATIENT_PHONE("patient.phone", FactType.TEXT),
  PATIENT_PHONE_MOBILE("patient.phoneMobile", FactType.TEXT),
  PATIENT_PHONE_HOME("patient.phoneHome", FactType.TEXT),
  PATIENT_PHONE_WORK("patient.phoneWork", FactType.TEXT),
  PATIENT_ADDRESS("patient.address", FactType.TEXT),
  PATIENT_CITY("patient.city", FactType.TEXT),
  PATIENT_STATE("patient.state", FactType.TEXT),
  PATIENT_POST_CODE("patient.postCode", FactType.TEXT),
  PATIENT_COUNTRY("patient.country", FactType.TEXT),
  PATIENT_REFERRAL_SOURCE("patient.referralSource", FactType.TEXT),
  PATIENT_CREATED_AT("patient.createdAt", FactType.MOMENT),
  PATIENT_ARCHIVED_AT("patient.archivedAt", FactType.MOMENT),
  PATIENT_MERGED_INTO("patient.mergedInto", FactType.TEXT),
  PATIENT_DECEASED("patient.deceased", FactType.BOOL),
  PATIENT_DISCHARGED("patient.discharged", FactType.BOOL),
  CONSENT_EMAIL_MARKETING("consent.emailMarketing", FactType.BOOL),
  CONSENT_SMS_MARKETING("consent.smsMarketing", FactType.BOOL),
  CONSENT_EMAIL_SERVICE("consent.emailService", FactType.BOOL),
  CONSENT_SMS_SERVICE("consent.smsService", FactType.BOOL),
  CONSENT_PRIVACY_POLICY("consent.privacyPolicy", FactType.BOOL),

  UPCOMING_ID("upcoming.id", FactType.TEXT),
  UPCOMING_STARTS_AT("upcoming.startsAt", FactType.MOMENT),
  UPCOMING_ENDS_AT("upcoming.endsAt", FactType.MOMENT),
  UPCOMING_TEXT("upcoming.text", FactType.TEXT),
  UPCOMING_REMINDER_AT("upcoming.reminderAt", FactType.MOMENT),
  UPCOMING_PRACTITIONER_NAME("upcoming.practitionerName", FactType.TEXT),
  UPCOMING_SITE_NAME("upcoming.siteName", FactType.TEXT),
  UPCOMING_NAME("upcoming.name", FactType.TEXT),
  UPCOMING_TYPE("upcoming.type", FactType.TEXT),
  UPCOMING_CANCELLED_AT("upcoming.cancelledAt", FactType.MOMENT),
  UPCOMING_CANCELLATION_REASON("upcoming.cancellationReason", FactType.TEXT),
  /** booked, confirmed, arrived, no_show, cancelled or unknown; so are the other states. */
  UPCOMING_STATE("upcoming.state", FactType.TEXT),

  LAST_ID("last.id", FactType.TEXT),
  LAST_STARTS_AT("last.startsAt", FactType.MOMENT),
  LAST_TEXT("last.text", FactType.TEXT),
  LAST_PRACTITIONER_NAME("last.practitionerName", FactType.TEXT),
  LAST_SITE_NAME("last.siteName", FactType.TEXT),
  LAST_NAME("last.name", FactType.TEXT),
  LAST_TYPE("last.type", FactType.TEXT),
  LAST_CANCELLED_AT("last.cancelledAt", FactType.MOMENT),
  LAST_CANCELLATION_REASON("last.cancellationReason", FactType.TEXT),
  LAST_DID_NOT_ARRIVE("last.didNotArrive", FactType.BOOL),
  LAST_ENDS_AT("last.endsAt", FactType.MOMENT),
  LAST_STATE("last.state", FactType.TEXT),

  /** The earliest live appointment ahead, else the latest one that has begun, in any state. */
  CURRENT_ID("current.id", FactType.TEXT),
  CURRENT_STARTS_AT("current.startsAt", FactType.MOMENT),
  CURRENT_ENDS_AT("current.endsAt", FactType.MOMENT),
  CURRENT_MINUTES("current.minutes", FactType.NUMBER),
  CURRENT_STATE("current.state", FactType.TEXT),
  CURRENT_PRACTITIONER_NAME("current.practitionerName", FactType.TEXT),
  CURRENT_SITE_NAME("current.siteName", FactType.TEXT),
  CURRENT_TYPE("current.type", FactType.TEXT),
  CURRENT_CANCELLED("current.cancelled", FactType.BOOL),
  CURRENT_UPCOMING("current.upcoming", FactType.BOOL),

  /** The past appointment cancelled or missed that started last. */
  LAST_CANCELLED_STARTS_AT("lastCancelled.startsAt", FactType.MOMENT),
  LAST_CANCELLED_CANCELLED_AT("lastCancelled.cancelledAt", FactType.MOMENT),
  LAST_NO_SHOW_STARTS_AT("lastNoShow.startsAt", FactType.MOMENT),

  FIRST_VISIT_AT("firstVisit.startsAt", FactType.MOMENT),
  FIRST_VISIT_TEXT("firstVisit.text", FactType.TEXT),
  FIRST_VISIT_PRACTITIONER_NAME("firstVisit.practitionerName", FactType.TEXT),
  FIRST_VISIT_TREATMENT_NAME("firstVisit.treatmentName", FactType.TEXT),
  FIRST_VISIT_SITE_NAME("firstVisit.siteName", FactType.TEXT),
  LAST_VISIT_AT("lastVisit.startsAt", FactType.MOMENT),
  LAST_VISIT_TEXT("lastVisit.text", FactType.TEXT),
  LAST_VISIT_PRACTITIONER_NAME("lastVisit.practitionerName", FactType.TEXT),
  LAST_VISIT_TREATMENT_NAME("lastVisit.treatmentName", FactType.TEXT),
  LAST_VISIT_SITE_NAME("lastVisit.siteName", FactType.TEXT),
  NEXT_VISIT_AT("nextVisit.startsAt", FactType.MOMENT),
  NEXT_VISIT_TEXT("nextVisit.text", FactType.TEXT),
  NEXT_VISIT_PRACTITIONER_NAME("nextVisit.practitionerName", FactType.TEXT),
  NEXT_VISIT_TREATMENT_NAME("nextVisit.treatmentName", FactType.TEXT),
  NEXT_VISIT_SITE_NAME("nextVisit.siteName", FactType.TEXT),

  /** Not cancelled, not archived, begun. */
  TOTAL_APPOINTMENTS("totals.appointments", FactType.NUMBER),
  /** Everything not archived, past and future, cancelled included. */
  TOTAL_ALL("totals.allAppointments", FactType.NUMBER),
  TOTAL_UPCOMING("totals.upcoming", FactType.NUMBER),
  TOTAL_VISITS("totals.visits", FactType.NUMBER),
  TOTAL_ARRIVED("totals.arrived", FactType.NUMBER),
  TOTAL_NO_SHOWS("totals.noShows", FactType.NUMBER),
  TOTAL_CANCELLED("totals.cancelled", FactType.NUMBER),
  TOTAL_LATE_CANCELLED("totals.lateCancelled", FactType.NUMBER),
  TOTAL_RESCHEDULED("totals.rescheduled", FactType.NUMBER),
  TOTAL_BOOKED("totals.booked", FactType.NUMBER),

  MONEY_SPENT("money.spent", FactType.MONEY),
  MONEY_SPENT_THIS_MONTH("money.spentThisMonth", FactType.MONEY),
  MONEY_PAID_BY_PATIENT("money.paidByPatient", FactType.MONEY),
  MONEY_PAID_BY_THIRD_PARTY("money.paidByThirdParty", FactType.MONEY),
  /** Totals of all invoices but credit notes and void ones. */
  MONEY_BILLED("money.billed", FactType.MONEY),
  MONEY_OWED("money.owed", FactType.MONEY),
  MONEY_OWED_BY_PATIENT("money.owedByPatient", FactType.MONEY),
  MONEY_OWED_BY_THIRD_PARTY("money.owedByThirdParty", FactType.MONEY),

  /** The newest by its date; never a credit note, void ones included. */
  LAST_INVOICE_NUMBER("lastInvoice.number", FactType.TEXT),
  LAST_INVOICE_ISSUED_ON("lastInvoice.issuedOn", FactType.DAY),
  /** open, paid, closed, void or unknown. */
  LAST_INVOICE_STATUS("lastInvoice.status", FactType.TEXT),

  PACKAGE_NAME("package.name", FactType.TEXT),
  PACKAGE_REMAINING("package.remaining", FactType.NUMBER),
  PACKAGE_EXPIRES_ON("package.expiresOn", FactType.DAY),

  RETENTION_STATUS("retention.status", FactType.TEXT),
  RETENTION_ACTIVE("retention.active", FactType.BOOL),
  RETENTION_REACTIVATED_AT("retention.reactivatedAt", FactType.MOMENT),
  /** Only when the clinic asked for day counters: it changes every day. */
  RETENTION_DAYS_SINCE_LAST_VISIT("retention.daysSinceLastVisit", FactType.NUMBER),

  LAST_EVENT_NAME("lastEvent.name", FactType.TEXT),
  LAST_EVENT_AT("lastEvent.at", FactType.MOMENT),

  /** When our copy was last known to be complete; never causes a change. */
  DATA_AS_OF("meta.dataAsOf", FactType.MOMENT),
  /** When we last changed the contact; filled in while writing, never causes a change. */
  CONTACT_CHANGED_AT("meta.contactChangedAt", FactType.MOMENT);

  private static final String EXTRAS = "extras.";
  private static final Set<String> EXTRAS_OF =
      Set.of(EXTRAS, "upcoming." + EXTRAS, "last." + EXTRAS, "current." + EXTRAS);
  private static final String META = "meta.";
  private static final Map<String, FactPath> BY_PATH =
      Arrays.stream(values())
          .collect(Collectors.toUnmodifiableMap(FactPath::path, Function.identity()));

  private final String path;
  private final FactType type;

  FactPath(String path, FactType type) {
    this.path = path;
    this.type = type;
  }

  public String path() {
    return path;
  }

  public FactType type() {
    return type;
  }

  /** The type a path holds; empty when there is no such path. Extras are text. */
  public static Optional<FactType> typeOf(String path) {
    if (isExtra(path)) {
      return Optional.of(FactType.TEXT);
    }
    return Optional.ofNullable(BY_PATH.get(path)).map(FactPath::type);
  }

  /** True for what travels along with other changes and never causes one. */
  public static boolean travelsAlong(String path) {
    return path.startsWith(META);
  }

  /** Whether the path names what only one EMR has: of the patient, or of an appointment. */
  public static boolean isExtra(String path) {
    return EXTRAS_OF.stream()
        .anyMatch(prefix -> path.startsWith(prefix) && path.length() > prefix.length());
  }

  /** Whether the value changes by the day, with no event behind it. */
  public static boolean isDayCounter(String path) {
    return path.equals(RETENTION_DAYS_SINCE_LAST_VISIT.path) || path.equals(PATIENT_AGE.path);
  }

  static String extra(String name) {
    return EXTRAS + name;
  }

  /**
   * An extra of an appointment.
   *
   * @param role upcoming, last or current
   */
  static String extra(String role, String name) {
    return role + "." + EXTRAS + name;
  }
}
