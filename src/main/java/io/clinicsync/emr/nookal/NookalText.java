package io.clinicsync.emr.nookal;

import java.text.Normalizer;
import org.jspecify.annotations.Nullable;

/**
 * Text as Nookal keeps it whole: what is not ASCII comes back encoded twice ("cafÃ©"), whatever the
 * charset of the call says (seen 2025-08).
 */
final class NookalText {

  private NookalText() {}

  /** Without accents, and a question mark for what no letter stands in for. */
  static String ascii(String text) {
    return bare(text).replaceAll("[^\\x20-\\x7E\\n]", "?");
  }

  static @Nullable String asciiOrNull(@Nullable String text) {
    return text == null ? null : ascii(text);
  }

  /**
   * A name without its accents where that leaves plain letters; any other name as it is, since
   * question marks are no name.
   */
  static String name(String name) {
    String bare = bare(name.strip());
    return bare.chars().allMatch(letter -> letter < 128) ? bare : name.strip();
  }

  private static String bare(String text) {
    return Normalizer.normalize(text, Normalizer.Form.NFD)
        .replaceAll("\\p{M}", "")
        .replace('\u2019', '\'')
        .replace('\u2018', '\'')
        .replace('\u201C', '"')
        .replace('\u201D', '"')
        .replace('\u2013', '-')
        .replace("\u00DF", "ss");
  }
}
