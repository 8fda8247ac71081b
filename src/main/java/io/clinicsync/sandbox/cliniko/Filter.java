package io.clinicsync.sandbox.cliniko;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One {@code q[]} filter: field, operator, value. Matching compares one stored value.
 *
 * @param id null for the record's own id
 */
record Filter(
    String name, Schema.@Nullable Kind kind, String operator, String value, Object parsed) {

  /** Longest first, since {@code >=} starts like {@code >}. */
  private static final List<String> OPERATORS =
      List.of("!?", "!=", ">=", "<=", "~~", "=", ">", "<", "?", "*", "~");

  /**
   * Reads {@code field:opvalue} for a resource; throws {@link BadRequest} as the vendor answers
   * 400.
   */
  static Filter parse(String text, Schema schema) {
    int colon = text.indexOf(':');
    if (colon < 0) {
      throw new BadRequest(400, "Invalid filter: " + text);
    }
    String name = text.substring(0, colon);
    String rest = text.substring(colon + 1);
    Schema.Field field = schema.filter(name);
    if (field == null && !name.equals("id")) {
      throw new BadRequest(400, name + " is not filterable");
    }
    Schema.Kind kind = field == null ? null : field.kind();
    for (String operator : OPERATORS) {
      if (rest.startsWith(operator)) {
        String value = rest.substring(operator.length());
        check(kind, operator, name);
        return new Filter(name, kind, operator, value, read(name, kind, operator, value));
      }
    }
    throw new BadRequest(400, "Invalid operator for " + name);
  }

  private static void check(Schema.@Nullable Kind kind, String operator, String name) {
    Set<String> allowed =
        switch (kind) {
          case null -> Set.of("=", "!=", ">", ">=", "<", "<=", "?", "!?");
          case INTEGER, REF -> Set.of("=", "!=", ">", ">=", "<", "<=", "?", "!?");
          case INSTANT -> Set.of(">", ">=", "<", "<=", "?", "!?", "*");
          case DATE -> Set.of("=", ">", ">=", "<", "<=", "?", "!?");
          case FLAG -> Set.of("=", "!=");
          case IDS -> Set.of("~");
          default -> Set.of("=", "!=", "~", "~~", "?", "!?");
        };
    if (!allowed.contains(operator)) {
      throw new BadRequest(400, "Invalid operator for " + name);
    }
  }

  private static Object read(
      String name, Schema.@Nullable Kind kind, String operator, String value) {
    if (operator.equals("?") || operator.equals("!?") || operator.equals("*")) {
      return "";
    }
    try {
      return switch (kind) {
        case null -> numbers(value);
        case INTEGER, REF, IDS -> numbers(value);
        case INSTANT -> instant(value);
        case DATE ->
            operator.equals("=") && value.contains("*") ? wildcard(value) : LocalDate.parse(value);
        case FLAG -> flag(value);
        case TEXT -> operator.equals("~~") ? like(value) : value;
        default -> value;
      };
    } catch (DateTimeParseException | NumberFormatException unreadable) {
      throw new BadRequest(400, "Invalid value for " + name + ": " + value);
    }
  }

  private static Set<Long> numbers(String value) {
    Set<Long> numbers = new HashSet<>();
    Arrays.stream(value.split(",")).map(String::trim).map(Long::valueOf).forEach(numbers::add);
    return numbers;
  }

  private static Instant instant(String value) {
    if (value.length() == 10) {
      return LocalDate.parse(value).atStartOfDay(java.time.ZoneOffset.UTC).toInstant();
    }
    return value.endsWith("Z") ? Instant.parse(value) : OffsetDateTime.parse(value).toInstant();
  }

  private static Boolean flag(String value) {
    return switch (value) {
      case "true", "1" -> true;
      case "false", "0" -> false;
      default -> throw new NumberFormatException(value);
    };
  }

  private static Pattern wildcard(String value) {
    if (!value.matches("[0-9*]{4}-[0-9*]{2}-[0-9*]{2}")) {
      throw new NumberFormatException(value);
    }
    return Pattern.compile(value.replace("*", "\\d"));
  }

  private static Pattern like(String value) {
    List<String> parts = new ArrayList<>();
    for (String part : value.split("%", -1)) {
      parts.add(Pattern.quote(part));
    }
    return Pattern.compile(
        String.join(".*", parts), Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);
  }

  /** Whether it only opens the list to hidden rows. */
  boolean passesAll() {
    return operator.equals("*");
  }

  @SuppressWarnings("unchecked")
  Set<Long> ids() {
    return (Set<Long>) parsed;
  }

  boolean matches(Row row, Schema schema) {
    if (passesAll()) {
      return true;
    }
    Object stored;
    if (name.equals("id")) {
      stored = row.id;
    } else {
      Schema.Field field = schema.filter(name);
      stored = field == null ? null : row.at(field.index());
    }
    return matches(stored);
  }

  boolean matches(@Nullable Object stored) {
    return switch (operator) {
      case "*" -> true;
      case "?" -> stored != null && !stored.equals("");
      case "!?" -> stored == null || stored.equals("");
      case "=" -> equal(stored);
      case "!=" -> !equal(stored);
      case "~" -> contains(stored);
      case "~~" -> stored != null && ((Pattern) parsed).matcher(stored.toString()).matches();
      default -> stored != null && ordered(compare(stored));
    };
  }

  private boolean equal(@Nullable Object stored) {
    return switch (stored) {
      case null -> false;
      case Long number -> ids().contains(number);
      case Integer number -> ids().contains(number.longValue());
      case LocalDate date ->
          parsed instanceof Pattern p ? p.matcher(date.toString()).matches() : date.equals(parsed);
      default -> stored.equals(parsed);
    };
  }

  private boolean contains(@Nullable Object stored) {
    if (stored instanceof List<?> list) {
      return list.containsAll(ids());
    }
    return stored != null
        && stored.toString().toLowerCase(Locale.ROOT).contains(value.toLowerCase(Locale.ROOT));
  }

  private int compare(Object stored) {
    return switch (stored) {
      case Instant instant -> instant.compareTo((Instant) parsed);
      case LocalDate date -> date.compareTo((LocalDate) parsed);
      case Long number -> number.compareTo(ids().iterator().next());
      case Integer number -> Long.compare(number, ids().iterator().next());
      default -> new BigDecimal(stored.toString()).compareTo(new BigDecimal(value));
    };
  }

  private boolean ordered(int comparison) {
    return switch (operator) {
      case ">" -> comparison > 0;
      case ">=" -> comparison >= 0;
      case "<" -> comparison < 0;
      case "<=" -> comparison <= 0;
      default -> false;
    };
  }
}
