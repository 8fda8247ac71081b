package io.clinicsync.crm;

import io.clinicsync.insights.FactValue;
import io.clinicsync.insights.MomentText;
import io.clinicsync.people.Phones;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Writes facts in the forms the CRM takes. What has no usable form is left out, never blank and
 * never made up.
 */
final class FieldRenderer {

  private static final Pattern EMAIL =
      Pattern.compile("[^\\s@,;<>]+@[^\\s@,;<>]+\\.[^\\s@,;<>.]{2,}");
  private static final Map<String, String> COUNTRIES = countries();

  private final Locale locale;
  private final String country;

  /**
   * @param locale how the clinic's people write dates
   * @param country the clinic's country, ISO 3166 alpha-2, for phones without country code
   */
  FieldRenderer(Locale locale, String country) {
    this.locale = locale;
    this.country = country;
  }

  /** A text or a {@link BigDecimal}; empty when the value has no usable form. */
  Optional<Object> render(FactValue value, FieldForm form) {
    return switch (value) {
      case FactValue.Text(String text) -> text(text, form);
      case FactValue.Moment moment -> moment(moment, form);
      case FactValue.Day(LocalDate date) -> Optional.of(date.toString());
      case FactValue.Number(BigDecimal number) -> Optional.of(number);
      case FactValue.Amount amount -> Optional.of(amount.money().amount());
      case FactValue.Bool(boolean yes) -> Optional.of(yes ? "Yes" : "No");
    };
  }

  private Optional<Object> text(String text, FieldForm form) {
    return switch (form) {
      case EMAIL -> EMAIL.matcher(text).matches() ? Optional.of(text) : Optional.empty();
      case PHONE -> Phones.e164(text, country).map(number -> number);
      case COUNTRY -> Optional.ofNullable(COUNTRIES.get(text.strip().toLowerCase(Locale.ROOT)));
      case TEXT -> Optional.of(text);
      case NUMBER, MONEY -> number(text);
      case YES_NO -> yesNo(text);
      case DATE, INSTANT, WORDS -> time(text, form);
    };
  }

  /** An extra that holds a number; what only looks like one is left out. */
  private static Optional<Object> number(String text) {
    try {
      return Optional.of(new BigDecimal(text.strip()));
    } catch (NumberFormatException none) {
      return Optional.empty();
    }
  }

  private static Optional<Object> yesNo(String text) {
    return switch (text.strip().toLowerCase(Locale.ROOT)) {
      case "true", "1", "yes" -> Optional.of("Yes");
      case "false", "0", "no" -> Optional.of("No");
      default -> Optional.empty();
    };
  }

  /** An extra that holds a date, or a time with its offset; the date is the one written there. */
  private static Optional<Object> time(String text, FieldForm form) {
    try {
      return switch (form) {
        case DATE ->
            Optional.of(LocalDate.parse(text.substring(0, Math.min(10, text.length()))))
                .map(LocalDate::toString);
        case INSTANT -> Optional.of(instant(OffsetDateTime.parse(text).toInstant()));
        default -> Optional.empty();
      };
    } catch (DateTimeException none) {
      return Optional.empty();
    }
  }

  private Optional<Object> moment(FactValue.Moment moment, FieldForm form) {
    return switch (form) {
      case DATE -> Optional.of(moment.at().atZone(moment.zone()).toLocalDate().toString());
      case WORDS -> Optional.of(MomentText.of(moment, locale));
      case INSTANT, TEXT, EMAIL, PHONE, COUNTRY, NUMBER, MONEY, YES_NO ->
          Optional.of(instant(moment.at()));
    };
  }

  /** ISO 8601 in UTC, to the second. */
  static String instant(Instant moment) {
    return moment.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  private static Map<String, String> countries() {
    Map<String, String> result = new HashMap<>();
    for (String code : Locale.getISOCountries()) {
      result.put(code.toLowerCase(Locale.ROOT), code);
      result.put(
          Locale.of("", code).getDisplayCountry(Locale.ENGLISH).toLowerCase(Locale.ROOT), code);
    }
    result.put("usa", "US");
    result.put("uk", "GB");
    result.put("england", "GB");
    result.put("scotland", "GB");
    result.put("wales", "GB");
    return result;
  }
}
