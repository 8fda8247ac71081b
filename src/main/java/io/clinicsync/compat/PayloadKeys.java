package io.clinicsync.compat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Ordered keys of a nested payload, by section; read from {@code payload-keys/<emr>.keys}. */
record PayloadKeys(Map<String, List<String>> sections) {

  static PayloadKeys of(String emr) {
    String file = "/payload-keys/" + emr + ".keys";
    Map<String, List<String>> sections = new LinkedHashMap<>();
    List<String> open = new ArrayList<>();
    try (InputStream in = PayloadKeys.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalStateException("There is no " + file);
      }
      for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n")) {
        String key = line.strip();
        if (key.startsWith("[")) {
          open = new ArrayList<>();
          sections.put(key.substring(1, key.length() - 1), open);
        } else if (!key.isEmpty() && !key.startsWith("#")) {
          open.add(key);
        }
      }
      return new PayloadKeys(sections);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  List<String> of(Enum<?> section) {
    return sections.getOrDefault(section.name().toLowerCase(java.util.Locale.ROOT), List.of());
  }
}
