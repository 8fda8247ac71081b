package io.clinicsync.canonical;

import java.math.BigDecimal;

/**
 * An amount in one currency.
 *
 * @param amount exact, in major units; may be negative for credits
 * @param currency ISO 4217 code
 */
public record Money(BigDecimal amount, String currency) {

  public Money plus(Money other) {
    if (!currency.equals(other.currency)) {
      throw new IllegalArgumentException("Cannot add " + other.currency + " to " + currency);
    }
    return new Money(amount.add(other.amount), currency);
  }
}
