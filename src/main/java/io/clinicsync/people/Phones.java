package io.clinicsync.people;

import com.google.i18n.phonenumbers.NumberParseException;
import com.google.i18n.phonenumbers.PhoneNumberUtil;
import com.google.i18n.phonenumbers.PhoneNumberUtil.PhoneNumberFormat;
import com.google.i18n.phonenumbers.Phonenumber.PhoneNumber;
import io.clinicsync.canonical.Patient.Phone;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Telephone numbers as the CRM needs them [PH-1]. Unusable numbers stay as typed; nothing is ever
 * made up.
 */
public final class Phones {

  private static final PhoneNumberUtil UTIL = PhoneNumberUtil.getInstance();
  private static final List<Phone.Type> ORDER =
      List.of(Phone.Type.MOBILE, Phone.Type.HOME, Phone.Type.WORK, Phone.Type.OTHER);

  private Phones() {}

  /**
   * A number in E.164; empty when it cannot be dialled.
   *
   * @param typed as typed, with or without country code
   * @param country the clinic's country, ISO 3166 alpha-2, for numbers without country code
   */
  public static Optional<String> e164(String typed, String country) {
    try {
      PhoneNumber number = UTIL.parse(typed, country.toUpperCase(Locale.ROOT));
      return UTIL.isValidNumber(number)
          ? Optional.of(UTIL.format(number, PhoneNumberFormat.E164))
          : Optional.empty();
    } catch (NumberParseException unusable) {
      return Optional.empty();
    }
  }

  /** A number of the EMR in E.164; what the EMR itself derived comes first. */
  public static Optional<String> e164(Phone phone, String country) {
    if (phone.international() != null && !phone.international().isBlank()) {
      Optional<String> derived = e164("+" + phone.international().replaceAll("\\D", ""), country);
      if (derived.isPresent()) {
        return derived;
      }
    }
    return e164(phone.raw(), country);
  }

  /**
   * The number to reach a person: the first usable one, mobile before home before work before
   * other, never fax.
   */
  public static Choice choose(List<Phone> phones, String country) {
    String firstRaw = null;
    for (Phone.Type type : ORDER) {
      for (Phone phone : phones) {
        if (phone.type() == type && !phone.raw().isBlank()) {
          Optional<String> usable = e164(phone, country);
          if (usable.isPresent()) {
            return new Choice(usable.get(), phone.raw());
          }
          firstRaw = firstRaw == null ? phone.raw() : firstRaw;
        }
      }
    }
    return new Choice(null, firstRaw);
  }

  /** Whether a number as typed is the one in E.164, read as a number of that one's country. */
  public static boolean same(String e164, String typed) {
    PhoneNumberUtil.MatchType match = UTIL.isNumberMatch(e164, typed);
    return match == PhoneNumberUtil.MatchType.EXACT_MATCH
        || match == PhoneNumberUtil.MatchType.NSN_MATCH;
  }

  /**
   * What was chosen. {@code toString} shows no number.
   *
   * @param e164 null when no number is usable
   * @param raw the chosen number as typed, or the preferred unusable one; null when there is none
   *     at all
   */
  public record Choice(@Nullable String e164, @Nullable String raw) {

    /** There is a number, but none the CRM would take: a hint for the clinic. */
    public boolean needsHint() {
      return e164 == null && raw != null;
    }

    @Override
    public String toString() {
      return "Choice[usable=" + (e164 != null) + "]";
    }
  }
}
