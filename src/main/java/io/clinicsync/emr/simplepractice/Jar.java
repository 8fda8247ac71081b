package io.clinicsync.emr.simplepractice;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of a web session: the cookies of both sides, the token writes need, how many
 * sign-ins failed in a row, and the code a person is asked for.
 *
 * @param cookies by side and name, as {@code app:name}
 * @param csrf set exactly while signed in
 * @param failed counted before a password is sent, so that a crash cannot make it forget
 * @param waiting null when nobody is asked for anything
 */
record Jar(
    Map<String, String> cookies, @Nullable String csrf, int failed, @Nullable Waiting waiting) {

  static final Jar EMPTY = new Jar(Map.of(), null, 0, null);

  private static final ObjectMapper JSON = new ObjectMapper();

  Jar {
    cookies = Map.copyOf(cookies);
  }

  /** Who a cookie is for. */
  enum Side {
    APP,
    ACCOUNT,
    /** Both: the vendor named its whole domain. */
    BOTH
  }

  /**
   * A page that asks for a one-time code.
   *
   * @param page its address
   * @param since milliseconds since 1970
   */
  record Waiting(String page, String action, Map<String, String> hidden, String field, long since) {
    Waiting {
      hidden = Map.copyOf(hidden);
    }

    @Override
    public String toString() {
      return "Waiting[" + since + "]";
    }
  }

  static Jar of(String text) {
    try {
      JsonNode json = JSON.readTree(text);
      JsonNode waiting = json.path("waiting");
      return new Jar(
          texts(json.path("cookies")),
          json.path("csrf").asText(null),
          json.path("failed").asInt(),
          waiting.isObject()
              ? new Waiting(
                  waiting.path("page").asText(),
                  waiting.path("action").asText(),
                  texts(waiting.path("hidden")),
                  waiting.path("field").asText(),
                  waiting.path("since").asLong())
              : null);
    } catch (JsonProcessingException notOurs) {
      return EMPTY;
    }
  }

  private static Map<String, String> texts(JsonNode object) {
    Map<String, String> texts = new LinkedHashMap<>();
    object.properties().forEach(each -> texts.put(each.getKey(), each.getValue().asText()));
    return texts;
  }

  String text() {
    ObjectNode json = JSON.createObjectNode();
    ObjectNode kept = json.putObject("cookies");
    cookies.forEach(kept::put);
    json.put("failed", failed);
    if (csrf != null) {
      json.put("csrf", csrf);
    }
    if (waiting != null) {
      ObjectNode asked = json.putObject("waiting");
      asked.put("page", waiting.page()).put("action", waiting.action());
      asked.put("field", waiting.field()).put("since", waiting.since());
      ObjectNode hidden = asked.putObject("hidden");
      waiting.hidden().forEach(hidden::put);
    }
    return json.toString();
  }

  boolean signedIn() {
    return csrf != null;
  }

  /** With the cookies of an answer; one without a value is dropped. */
  Jar with(Side side, List<String> setCookies) {
    Map<String, String> all = new LinkedHashMap<>(cookies);
    for (String header : setCookies) {
      String[] pair = header.split(";", 2)[0].split("=", 2);
      if (pair.length == 2 && !pair[0].isBlank()) {
        boolean shared = header.toLowerCase(Locale.ROOT).contains("domain=");
        String key = key(shared ? Side.BOTH : side, pair[0].strip());
        if (pair[1].isBlank()) {
          all.remove(key);
        } else {
          all.put(key, pair[1].strip());
        }
      }
    }
    return new Jar(all, csrf, failed, waiting);
  }

  private static String key(Side side, String name) {
    return side.name().toLowerCase(Locale.ROOT) + ":" + name;
  }

  /** As the {@code Cookie} header; empty when there is none for this side. */
  String header(Side side) {
    StringBuilder header = new StringBuilder();
    cookies.forEach(
        (key, value) -> {
          String name = key.substring(key.indexOf(':') + 1);
          if (key.equals(key(side, name)) || key.equals(key(Side.BOTH, name))) {
            header.append(header.isEmpty() ? "" : "; ").append(name).append('=').append(value);
          }
        });
    return header.toString();
  }

  /** Signed in, with all failures forgiven. */
  Jar signedIn(String token) {
    return new Jar(cookies, token, 0, null);
  }

  Jar signedOut() {
    return new Jar(cookies, null, failed, waiting);
  }

  Jar failed(int times) {
    return new Jar(cookies, csrf, times, waiting);
  }

  Jar waiting(@Nullable Waiting asked) {
    return new Jar(cookies, csrf, failed, asked);
  }

  @Override
  public String toString() {
    return "Jar[" + cookies.size() + " cookies, signed in " + signedIn() + "]";
  }
}
