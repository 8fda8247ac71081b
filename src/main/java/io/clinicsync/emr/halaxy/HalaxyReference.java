package io.clinicsync.emr.halaxy;

import io.clinicsync.emr.wire.Entry;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a reference points to. Halaxy writes absolute addresses, and relative ones in its
 * documentation; the last two parts always count.
 */
record HalaxyReference(String type, String id) {

  private static final Pattern ID = Pattern.compile("[0-9A-Za-z-]{1,64}");

  /** The reference under a member; null when there is none. */
  static @Nullable HalaxyReference in(Entry entry, String member) {
    return of(entry.in(member).text("reference"));
  }

  static @Nullable HalaxyReference of(@Nullable String text) {
    if (text == null) {
      return null;
    }
    String[] parts = text.split("/");
    return parts.length > 1 && isId(parts[parts.length - 1])
        ? new HalaxyReference(parts[parts.length - 2], parts[parts.length - 1])
        : null;
  }

  /** The id under a member when it points to this type; else null. */
  static @Nullable String id(Entry entry, String member, String type) {
    HalaxyReference found = in(entry, member);
    return found != null && found.type().equals(type) ? found.id() : null;
  }

  static boolean isId(String text) {
    return ID.matcher(text).matches();
  }
}
