package io.clinicsync.emr.nookal;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The parameters of a call of v2. Holds the key, so {@code toString} shows nothing. */
final class NookalForm {

  private final List<String> parts = new ArrayList<>();

  NookalForm with(String name, Object value) {
    parts.add(
        URLEncoder.encode(name, StandardCharsets.UTF_8)
            + "="
            + URLEncoder.encode(String.valueOf(value), StandardCharsets.UTF_8));
    return this;
  }

  /** The same and what another one holds. */
  NookalForm and(NookalForm other) {
    parts.addAll(other.parts);
    return this;
  }

  byte[] body() {
    return String.join("&", parts).getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return "NookalForm[" + parts.size() + "]";
  }
}
