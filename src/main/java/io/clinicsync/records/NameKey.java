package io.clinicsync.records;

import java.text.Normalizer;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A name as patients are looked for by: letters and digits only, without case and accents. The
 * column {@code last_name_key} is made the same way by the database.
 */
final class NameKey {

  private static final Pattern NEITHER_LETTER_NOR_DIGIT =
      Pattern.compile("[^a-z0-9\\x{0370}-\\x{ffff}]");

  private NameKey() {}

  /** Empty when nothing of the name counts. */
  static String of(@Nullable String name) {
    return name == null
        ? ""
        : NEITHER_LETTER_NOR_DIGIT
            .matcher(Normalizer.normalize(name, Normalizer.Form.NFD).toLowerCase(Locale.ROOT))
            .replaceAll("");
  }
}
