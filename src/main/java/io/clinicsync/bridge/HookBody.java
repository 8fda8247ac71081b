package io.clinicsync.bridge;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.Optional;

/**
 * A JSON body as workflow builders send it: unknown members are welcome, and a member that is
 * blank, or still a merge field such as <code>{{contact.email}}</code>, counts as missing. {@code
 * toString} shows nothing.
 */
public final class HookBody {

  /** A workflow sends every custom field of the contact along. */
  private static final int MOST_BYTES = 256 * 1024;

  private static final int LONGEST = 1000;
  private static final JsonMapper JSON =
      JsonMapper.builder(
              new com.fasterxml.jackson.core.JsonFactoryBuilder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(40).build())
                  .build())
          // A note that was typed into a workflow brings its line breaks along.
          .enable(JsonReadFeature.ALLOW_UNESCAPED_CONTROL_CHARS)
          .build();

  private final JsonNode root;

  private HookBody(JsonNode root) {
    this.root = root;
  }

  /** Why a body cannot be read; the sentence is for the caller and shows nothing of it. */
  public static final class Unreadable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean tooLarge;

    Unreadable(String says, boolean tooLarge) {
      super(says, null, false, false);
      this.tooLarge = tooLarge;
    }

    /** Whether it is merely too large. */
    public boolean tooLarge() {
      return tooLarge;
    }
  }

  /**
   * Reads a body, at most 256 kB of it.
   *
   * @throws Unreadable when it is no JSON object, or larger
   */
  public static HookBody read(InputStream in) throws IOException {
    byte[] bytes = in.readNBytes(MOST_BYTES + 1);
    if (bytes.length > MOST_BYTES) {
      throw new Unreadable("The body is larger than 256 kB.", true);
    }
    return of(bytes);
  }

  /**
   * Reads a body.
   *
   * @throws Unreadable when it is no JSON object
   */
  public static HookBody of(byte[] bytes) {
    JsonNode root;
    try {
      root = JSON.readTree(bytes);
    } catch (JacksonException broken) {
      throw new Unreadable(
          "The body is not valid JSON; a quotation mark inside a merge field may have broken it.",
          false);
    } catch (IOException broken) {
      throw new Unreadable("The body is not valid JSON in UTF-8.", false);
    }
    if (root == null || !root.isObject()) {
      throw new Unreadable("The body must be one JSON object.", false);
    }
    return new HookBody(root);
  }

  /**
   * The first of these members that is filled in, as text.
   *
   * @param paths member names joined by dots, such as {@code calendar.startTime}
   */
  public Optional<String> text(String... paths) {
    for (String path : paths) {
      JsonNode found = root;
      for (String name : path.split("\\.")) {
        found = found.path(name);
      }
      Optional<String> text = filled(found);
      if (text.isPresent()) {
        return text;
      }
    }
    return Optional.empty();
  }

  /**
   * The first of these members of {@code customData} that is filled in, as text; in a body that was
   * typed by hand (the action Custom Webhook) also of the body itself. The action Webhook sends
   * every field of the contact along at the root, under its label, and a field called "Treatment"
   * may speak of an old one; such a body is known by its {@code workflow}.
   *
   * @param names in order of precedence; case, blanks and punctuation do not matter, so that {@code
   *     Treatment Name} is {@code treatment_name}
   */
  Optional<String> chosen(String... names) {
    Optional<String> inside = folded(root.path("customData"), names);
    return inside.isPresent() || root.path("workflow").isObject() ? inside : folded(root, names);
  }

  private static Optional<String> folded(JsonNode object, String... names) {
    for (String name : names) {
      for (var member : object.properties()) {
        if (fold(member.getKey()).equals(fold(name))) {
          Optional<String> text = filled(member.getValue());
          if (text.isPresent()) {
            return text;
          }
        }
      }
    }
    return Optional.empty();
  }

  private static String fold(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N}]", "");
  }

  private static Optional<String> filled(JsonNode found) {
    String text = found.isValueNode() && !found.isNull() ? found.asText().strip() : "";
    return text.isEmpty() || text.contains("{{") || text.length() > LONGEST
        ? Optional.empty()
        : Optional.of(text);
  }

  /** Whether a member says yes: true, or one of the words for it. */
  public boolean flag(String... paths) {
    return text(paths).filter(text -> text.matches("(?i)true|yes|1|on")).isPresent();
  }

  @Override
  public String toString() {
    return "HookBody";
  }
}
