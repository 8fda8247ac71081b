package io.clinicsync.api.web;

import jakarta.validation.Constraint;
import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.Payload;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.time.ZoneId;
import java.util.Currency;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A name that a public register must know. Null passes. */
@Target({ElementType.FIELD, ElementType.PARAMETER, ElementType.TYPE_USE})
@Retention(RetentionPolicy.RUNTIME)
@Constraint(validatedBy = Known.Register.class)
@interface Known {

  /** Which register. */
  In value();

  String message() default "is not known";

  Class<?>[] groups() default {};

  Class<? extends Payload>[] payload() default {};

  /** The registers. */
  enum In {
    /** IANA time zones. */
    ZONES("must be an IANA time zone such as Australia/Sydney"),
    /** ISO 3166-1 alpha-2. */
    COUNTRIES("must be an ISO 3166 country of two capital letters such as AU"),
    /** ISO 4217. */
    CURRENCIES("must be an ISO 4217 currency of three capital letters such as AUD");

    private static final Set<String> COUNTRY_CODES = Set.of(Locale.getISOCountries());
    private static final Set<String> CURRENCY_CODES =
        Currency.getAvailableCurrencies().stream()
            .map(Currency::getCurrencyCode)
            .collect(Collectors.toSet());
    private final String says;

    In(String says) {
      this.says = says;
    }

    boolean holds(String value) {
      return switch (this) {
        case ZONES ->
            (value.contains("/") || value.equals("UTC"))
                && ZoneId.getAvailableZoneIds().contains(value);
        case COUNTRIES -> COUNTRY_CODES.contains(value);
        case CURRENCIES -> CURRENCY_CODES.contains(value);
      };
    }
  }

  /** Looks it up. */
  class Register implements ConstraintValidator<Known, String> {

    private In register = In.ZONES;

    @Override
    public void initialize(Known known) {
      register = known.value();
    }

    @Override
    public boolean isValid(@Nullable String value, ConstraintValidatorContext context) {
      if (value == null || register.holds(value)) {
        return true;
      }
      context.disableDefaultConstraintViolation();
      context.buildConstraintViolationWithTemplate(register.says).addConstraintViolation();
      return false;
    }
  }
}
