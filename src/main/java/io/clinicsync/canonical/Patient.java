package io.clinicsync.canonical;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A person the clinic treats.
 *
 * @param birthDate a date without zone; never converted
 * @param email trimmed, as typed in the EMR; null when absent
 * @param phones every number the EMR holds, in the EMR's order
 * @param mergedInto the surviving patient when the EMR merged this one away; then {@code removedAt}
 *     is set as well
 */
public record Patient(
    EmrRef ref,
    @Nullable Instant changedAt,
    @Nullable Instant removedAt,
    @Nullable Instant createdAt,
    Name name,
    @Nullable LocalDate birthDate,
    @Nullable String gender,
    @Nullable String email,
    List<Phone> phones,
    Address address,
    Consent consent,
    Standing standing,
    @Nullable EmrRef mergedInto,
    @Nullable String referralSource,
    Map<String, String> extras,
    String source)
    implements EmrRecord {

  public Patient {
    phones = List.copyOf(phones);
    extras = Map.copyOf(extras);
  }

  /** A name in its parts; parts are trimmed and null when absent. */
  public record Name(
      @Nullable String title,
      @Nullable String first,
      @Nullable String last,
      @Nullable String preferredFirst) {}

  /**
   * A telephone number as typed.
   *
   * @param raw as typed in the EMR
   * @param international digits with country code but without plus, when the EMR itself derived
   *     them
   */
  public record Phone(Type type, String raw, @Nullable String international) {

    /** What the EMR says the number is for. */
    public enum Type {
      MOBILE,
      HOME,
      WORK,
      FAX,
      OTHER
    }
  }

  /** A postal address; parts are null when absent. */
  public record Address(
      @Nullable String line1,
      @Nullable String line2,
      @Nullable String city,
      @Nullable String state,
      @Nullable String postCode,
      @Nullable String country) {}

  /** What the patient agreed to; null means the EMR does not know [CO-2]. */
  public record Consent(
      @Nullable Boolean emailMarketing,
      @Nullable Boolean smsMarketing,
      @Nullable Boolean emailService,
      @Nullable Boolean smsService,
      @Nullable Boolean privacyPolicy) {}

  /** Flags that take a person out of the ordinary patient life [ID-8]. */
  public record Standing(boolean deceased, boolean discharged, boolean test, boolean staff) {

    /** The ordinary patient. */
    public static final Standing ORDINARY = new Standing(false, false, false, false);
  }
}
