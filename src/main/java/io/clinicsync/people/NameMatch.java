package io.clinicsync.people;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.commons.text.similarity.LevenshteinDistance;
import org.jspecify.annotations.Nullable;

/**
 * Whether two names are one [ID-3]. Case, accents, punctuation, titles, order and spacing never
 * matter and a preferred name counts; a nickname or a slip of the keys makes a suggestion for a
 * person, never a match.
 */
public final class NameMatch {

  private static final Set<String> TITLES =
      Set.of(
          "mr",
          "mrs",
          "ms",
          "miss",
          "mx",
          "dr",
          "prof",
          "professor",
          "sir",
          "dame",
          "rev",
          "fr",
          "master",
          "madam");
  // Letters that no decomposition takes apart.
  private static final Map<Character, String> LETTERS =
      Map.of(
          'ß', "ss", 'ø', "o", 'æ', "ae", 'œ', "oe", 'ł', "l", 'đ', "d", 'ð', "d", 'þ', "th", 'ı',
          "i");
  private static final LevenshteinDistance DISTANCE = LevenshteinDistance.getDefaultInstance();

  private NameMatch() {}

  /** How near two names are. */
  public enum Nearness {
    EQUAL,
    /** Near enough to ask a person. */
    SUGGESTION,
    /** Different, or too little is known. */
    DIFFERENT
  }

  /** A name in its parts; null when absent. {@code toString} shows no name. */
  public record PersonName(
      @Nullable String first, @Nullable String last, @Nullable String preferredFirst) {
    @Override
    public String toString() {
      return "PersonName";
    }
  }

  /** Compares two names; the order of the two does not matter. */
  public static Nearness compare(PersonName one, PersonName other) {
    Plain left = Plain.of(one);
    Plain right = Plain.of(other);
    if (left.isEmpty() || right.isEmpty()) {
      return Nearness.DIFFERENT;
    }
    if (left.isWhole() && right.isWhole() && !disjoint(left.spellings(), right.spellings())) {
      return Nearness.EQUAL;
    }
    boolean near =
        isNear(left, right) || isNear(left, right.swapped()) || isNear(left.swapped(), right);
    return near ? Nearness.SUGGESTION : Nearness.DIFFERENT;
  }

  private static boolean isNear(Plain left, Plain right) {
    boolean firstEqual = !disjoint(left.firsts(), right.firsts());
    boolean lastEqual = left.last().equals(right.last()) && !left.last().isEmpty();
    boolean lastMissing = left.last().isEmpty() || right.last().isEmpty();
    if (firstEqual) {
      return lastEqual || lastMissing || isSlip(left.last(), right.last());
    }
    if (!lastEqual) {
      return false;
    }
    if (left.firsts().isEmpty() || right.firsts().isEmpty()) {
      return true;
    }
    for (String one : left.firsts()) {
      for (String two : right.firsts()) {
        if (isSlip(one, two) || Nicknames.areRelated(one, two) || isInitial(one, two)) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean isSlip(String one, String other) {
    int shorter = Math.min(one.length(), other.length());
    int allowed = shorter < 3 ? 0 : shorter < 6 ? 1 : 2;
    return allowed > 0 && DISTANCE.apply(one, other) <= allowed;
  }

  private static boolean isInitial(String one, String other) {
    return !one.isEmpty()
        && !other.isEmpty()
        && (one.length() == 1 || other.length() == 1)
        && one.charAt(0) == other.charAt(0);
  }

  private static boolean disjoint(Set<String> one, Set<String> other) {
    return one.stream().noneMatch(other::contains);
  }

  private static List<String> tokens(@Nullable String part) {
    List<String> result = new ArrayList<>();
    if (part != null) {
      // An apostrophe joins, everything else that is no letter or digit separates.
      String folded = fold(part).replaceAll("['’`´]", "");
      for (String token : folded.split("[^\\p{L}\\p{Nd}]+")) {
        if (!token.isEmpty() && !TITLES.contains(token)) {
          result.add(token);
        }
      }
    }
    return result;
  }

  private static String fold(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    StringBuilder letters = new StringBuilder();
    for (char each : lower.toCharArray()) {
      letters.append(LETTERS.getOrDefault(each, String.valueOf(each)));
    }
    return Normalizer.normalize(letters, Normalizer.Form.NFKD).replaceAll("\\p{M}+", "");
  }

  /** A name folded: all given names that count, the family name, and all tokens. */
  private record Plain(Set<String> firsts, String last, List<List<String>> readings) {

    static Plain of(PersonName name) {
      List<String> last = tokens(name.last());
      Set<String> firsts = new HashSet<>();
      List<List<String>> readings = new ArrayList<>();
      for (List<String> first : List.of(tokens(name.first()), tokens(name.preferredFirst()))) {
        if (!first.isEmpty()) {
          firsts.add(String.join("", first));
          List<String> reading = new ArrayList<>(first);
          reading.addAll(last);
          readings.add(reading);
        }
      }
      if (readings.isEmpty() && !last.isEmpty()) {
        readings.add(last);
      }
      return new Plain(firsts, String.join("", last), readings);
    }

    boolean isEmpty() {
      return readings.isEmpty();
    }

    /** At least two tokens in some reading: one given name alone is nobody. */
    boolean isWhole() {
      return readings.stream().anyMatch(reading -> reading.size() > 1);
    }

    /** Every way to write the name that means the same. */
    Set<String> spellings() {
      Set<String> result = new HashSet<>();
      for (List<String> reading : readings) {
        if (reading.size() > 1) {
          result.add(String.join("", reading));
          result.add(String.join(" ", reading.stream().sorted().toList()));
        }
      }
      for (String first : firsts) {
        if (!last.isEmpty()) {
          result.add(first + last);
          result.add(last + first);
        }
      }
      return result;
    }

    Plain swapped() {
      if (firsts.size() != 1 || last.isEmpty()) {
        return this;
      }
      return new Plain(Set.of(last), firsts.iterator().next(), readings);
    }
  }
}
