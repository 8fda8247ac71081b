package io.clinicsync.sandbox.world;

import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;

/**
 * What must show nowhere but in records: in each world some patients, and in every secret a
 * simulator gives out a mark, by which a test recognises them in whatever text it meets. Nothing
 * else carries these names, numbers, dates or marks.
 */
public final class Canaries {

  /** In every token, key, password and cookie of a simulator. */
  public static final String SECRET = "c4n4ry";

  /** In every first name of a canary, besides capitals. */
  public static final String FIRST = "Linnet";

  /** In every last name and mail address of a canary, besides capitals. */
  public static final String LAST = "Wrenquist";

  /** Nobody else is born in it. */
  public static final int BORN = 1913;

  private static final List<String> FIRST_ENDS =
      List.of("", "a", "is", "ina", "elle", "te", "ia", "or", "us", "an", "ette");
  private static final List<String> LAST_ENDS =
      List.of("", "a", "er", "son", "ad", "-Reed", "en", "by", " Hall");

  private Canaries() {}

  static String first(int number) {
    return FIRST + FIRST_ENDS.get(number % FIRST_ENDS.size());
  }

  static String last(int number) {
    return LAST + LAST_ENDS.get(number % LAST_ENDS.size());
  }

  static String email(int number) {
    return (first(number) + "." + LAST + number + "@example.org").toLowerCase(Locale.ROOT);
  }

  static LocalDate birthDate(int number) {
    return LocalDate.ofYearDay(BORN, 1 + number % 365);
  }

  /** A mobile number as people of that zone write it. */
  static Phone phone(ZoneId zone, int number) {
    String end = "%04d".formatted(number % 10_000);
    String id = zone.getId();
    if (id.startsWith("America/")) {
      return new Phone("Mobile", "(415) 555-" + end, "1415555" + end);
    }
    if (id.equals("Europe/London") || id.equals("Europe/Dublin")) {
      return new Phone("Mobile", "07491 57" + end, "44749157" + end);
    }
    if (id.equals("Pacific/Auckland")) {
      return new Phone("Mobile", "021 4915 " + end, "64214915" + end);
    }
    return new Phone("Mobile", "0491 57" + end.charAt(0) + " " + end.substring(1), "6149157" + end);
  }
}
