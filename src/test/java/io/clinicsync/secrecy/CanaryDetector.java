package io.clinicsync.secrecy;

import io.clinicsync.sandbox.world.Canaries;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds what the sandbox planted in whatever text it is shown. */
final class CanaryDetector {

  /**
   * A kind of canary; the patterns tell a number from a part of a longer one.
   *
   * @param parts in small letters; one of them stands in whatever the pattern finds, and looking
   *     for them is far cheaper than the pattern
   */
  private record Sign(String what, List<String> parts, Pattern pattern) {}

  private static final String DAY = "(?:0?[1-9]|[12]\\d|3[01])";
  private static final String MONTH = "(?:0?[1-9]|1[0-2])";

  private static final List<Sign> SIGNS =
      List.of(
          sign(
              "a name or mail address",
              List.of(Canaries.FIRST, Canaries.LAST),
              Canaries.FIRST + "|" + Canaries.LAST),
          // Everybody in a world has an address there, staff have not.
          sign("a patient's mail address", List.of("example.org"), "\\d(?:@|%40)example\\.org"),
          sign(
              "a phone number",
              List.of("491", "415"),
              "(?<![0-9a-f])(?:\\+|%2b)?(?:"
                  + "(?:61|0)?[ ]?491[ ]?57\\d[ ]?\\d{3}"
                  + "|1?[ -]?\\(?415\\)?[ -]?555[ -]?\\d{4}"
                  + "|(?:44|0)?7491[ ]?57\\d{4}"
                  + "|(?:64|0)?21[ ]?4915[ ]?\\d{4}"
                  + ")(?![0-9a-f])"),
          sign(
              "a birth date",
              List.of(Integer.toString(Canaries.BORN)),
              // Not as a part of some hexadecimal id, which has such digits now and then.
              "(?<![0-9a-f])(?<![0-9a-f]{4}-)(?:"
                  + "%1$d-?%2$s-?%3$s|%3$s[/. ]%2$s[/. ]%1$d|%2$s/%3$s/%1$d"
                      .formatted(Canaries.BORN, MONTH, DAY)
                  + ")(?![0-9a-f])"),
          sign("a secret", marks(), String.join("|", marks())));

  private static Sign sign(String what, List<String> parts, String pattern) {
    List<String> small = parts.stream().map(part -> part.toLowerCase(Locale.ROOT)).toList();
    return new Sign(what, small, Pattern.compile(pattern, Pattern.CASE_INSENSITIVE));
  }

  private static List<String> marks() {
    List<String> marks = new ArrayList<>(encoded(Canaries.SECRET));
    marks.add(Canaries.SECRET);
    return marks;
  }

  /** How a text looks inside of Base64, by where in a group of three bytes it begins. */
  static List<String> encoded(String text) {
    List<String> forms = new ArrayList<>();
    for (int before = 0; before < 3; before++) {
      byte[] bytes = ("\0".repeat(before) + text).getBytes(StandardCharsets.US_ASCII);
      String whole = Base64.getEncoder().withoutPadding().encodeToString(bytes);
      // Characters that also hold bits of what stands before or behind are anybody's.
      int from = (before * 8 + 5) / 6;
      int to = bytes.length * 8 / 6;
      forms.add(whole.substring(from, to));
    }
    return forms;
  }

  /** What shows in the text, with a few characters around it; empty when nothing does. */
  Optional<String> in(String text) {
    String small = text.toLowerCase(Locale.ROOT);
    for (Sign sign : SIGNS) {
      if (sign.parts().stream().noneMatch(small::contains)) {
        continue;
      }
      Matcher matcher = sign.pattern().matcher(text);
      if (matcher.find()) {
        int from = Math.max(0, matcher.start() - 80);
        int to = Math.min(text.length(), matcher.end() + 80);
        return Optional.of(sign.what() + " in: …" + text.substring(from, to) + "…");
      }
    }
    return Optional.empty();
  }
}
