package io.clinicsync.insights;

import io.clinicsync.canonical.Money;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Collects facts while they are worked out; null and blank leave a path unknown. */
final class FactsDraft {

  private final SortedMap<String, FactValue> values = new TreeMap<>();

  void text(FactPath path, @Nullable String value) {
    text(path.path(), value);
  }

  void text(String path, @Nullable String value) {
    if (value != null && !value.isBlank()) {
      values.put(path, new FactValue.Text(value.strip()));
    }
  }

  void moment(FactPath path, @Nullable Instant at, ZoneId zone) {
    if (at != null) {
      values.put(path.path(), new FactValue.Moment(at, zone));
    }
  }

  void day(FactPath path, @Nullable LocalDate date) {
    if (date != null) {
      values.put(path.path(), new FactValue.Day(date));
    }
  }

  void number(FactPath path, long value) {
    values.put(path.path(), FactValue.Number.of(value));
  }

  void number(FactPath path, @Nullable BigDecimal value) {
    if (value != null) {
      values.put(path.path(), new FactValue.Number(value));
    }
  }

  void amount(FactPath path, BigDecimal value, String currency) {
    values.put(path.path(), new FactValue.Amount(new Money(value, currency)));
  }

  void bool(FactPath path, @Nullable Boolean value) {
    if (value != null) {
      values.put(path.path(), new FactValue.Bool(value));
    }
  }

  SortedMap<String, FactValue> values() {
    return values;
  }
}
