package io.clinicsync.sandbox.server;

import java.math.BigDecimal;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes JSON text straight into one buffer; the simulators answer thousands of records a second
 * with it.
 */
public final class JsonOut {

  private final StringBuilder out;
  private boolean comma;

  public JsonOut(int expectedLength) {
    this.out = new StringBuilder(expectedLength);
  }

  public JsonOut open() {
    separate();
    out.append('{');
    comma = false;
    return this;
  }

  public JsonOut close() {
    out.append('}');
    comma = true;
    return this;
  }

  public JsonOut openList() {
    separate();
    out.append('[');
    comma = false;
    return this;
  }

  public JsonOut closeList() {
    out.append(']');
    comma = true;
    return this;
  }

  /** A member's name, which must need no escaping; its value must follow. */
  public JsonOut name(String name) {
    separate();
    out.append('"').append(name).append("\":");
    comma = false;
    return this;
  }

  /**
   * Text of numbers and true/false/null as they are; anything else as a JSON string; maps and lists
   * nested.
   */
  public JsonOut value(@Nullable Object value) {
    switch (value) {
      case null -> raw("null");
      case Integer number -> raw(number.toString());
      case Long number -> raw(number.toString());
      case Double number -> raw(number.toString());
      case BigDecimal number -> raw(number.toPlainString());
      case Boolean flag -> raw(flag.toString());
      case Map<?, ?> map -> {
        open();
        map.forEach((key, member) -> member(String.valueOf(key), member));
        close();
      }
      case Collection<?> items -> {
        openList();
        items.forEach(this::value);
        closeList();
      }
      default -> text(value.toString());
    }
    return this;
  }

  public JsonOut member(String name, @Nullable Object value) {
    separate();
    quote(name);
    out.append(':');
    comma = false;
    return value(value);
  }

  public JsonOut text(String text) {
    separate();
    quote(text);
    comma = true;
    return this;
  }

  /** Ready JSON. */
  public JsonOut raw(String json) {
    separate();
    out.append(json);
    comma = true;
    return this;
  }

  private void separate() {
    if (comma) {
      out.append(',');
    }
    comma = true;
  }

  private void quote(String text) {
    if (isPlain(text)) {
      out.append('"').append(text).append('"');
      return;
    }
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < ' ') {
        out.append(String.format("\\u%04x", (int) c));
      } else {
        out.append(c);
      }
    }
    out.append('"');
  }

  /** Nothing to escape, so it can be copied at once. */
  private static boolean isPlain(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\' || c < ' ') {
        return false;
      }
    }
    return true;
  }

  @Override
  public String toString() {
    return out.toString();
  }

  /** A whole JSON text of one value. */
  public static String of(@Nullable Object value) {
    return new JsonOut(256).value(value).toString();
  }
}
