package io.clinicsync.insights;

import io.clinicsync.canonical.Money;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;

/**
 * One known fact with its type. An unknown fact has no value at all. {@code toString} never shows
 * the value.
 */
public sealed interface FactValue {

  FactType type();

  /** One spelling per value, for hashes and comparisons; not for people. */
  String canonical();

  /** Words. Never blank. */
  record Text(String value) implements FactValue {
    @Override
    public FactType type() {
      return FactType.TEXT;
    }

    @Override
    public String canonical() {
      return value;
    }

    @Override
    public String toString() {
      return "Text";
    }
  }

  /** A moment and the zone people read it in: the site's zone, else the clinic's. */
  record Moment(Instant at, ZoneId zone) implements FactValue {
    @Override
    public FactType type() {
      return FactType.MOMENT;
    }

    @Override
    public String canonical() {
      return at + " " + zone.getId();
    }

    @Override
    public String toString() {
      return "Moment";
    }
  }

  /** A date without zone. */
  record Day(LocalDate date) implements FactValue {
    @Override
    public FactType type() {
      return FactType.DAY;
    }

    @Override
    public String canonical() {
      return date.toString();
    }

    @Override
    public String toString() {
      return "Day";
    }
  }

  /** A count or a quantity; trailing zeros mean nothing. */
  record Number(BigDecimal value) implements FactValue {
    public Number {
      value = stripped(value);
    }

    /** A count. */
    public static Number of(long value) {
      return new Number(BigDecimal.valueOf(value));
    }

    @Override
    public FactType type() {
      return FactType.NUMBER;
    }

    @Override
    public String canonical() {
      return value.toPlainString();
    }

    @Override
    public String toString() {
      return "Number";
    }
  }

  /** An amount in the clinic's currency; trailing zeros mean nothing. */
  record Amount(Money money) implements FactValue {
    public Amount {
      money = new Money(stripped(money.amount()), money.currency());
    }

    @Override
    public FactType type() {
      return FactType.MONEY;
    }

    @Override
    public String canonical() {
      return money.amount().toPlainString() + " " + money.currency();
    }

    @Override
    public String toString() {
      return "Amount";
    }
  }

  /** Yes or no; unknown is no value at all. */
  record Bool(boolean value) implements FactValue {
    @Override
    public FactType type() {
      return FactType.BOOL;
    }

    @Override
    public String canonical() {
      return Boolean.toString(value);
    }

    @Override
    public String toString() {
      return "Bool";
    }
  }

  private static BigDecimal stripped(BigDecimal value) {
    BigDecimal shortest = value.stripTrailingZeros();
    return shortest.scale() < 0 ? shortest.setScale(0) : shortest;
  }
}
