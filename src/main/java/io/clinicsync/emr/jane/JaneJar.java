package io.clinicsync.emr.jane;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of a web session: its cookies, whether it is signed in, how many sign-ins failed in
 * a row, and the code a person is asked for.
 *
 * @param failed counted before a password is sent, so that a crash cannot make it forget
 * @param waiting null when nobody is asked for anything
 */
record JaneJar(
    Map<String, String> cookies, boolean signedIn, int failed, @Nullable Waiting waiting) {

  static final JaneJar EMPTY = new JaneJar(Map.of(), false, 0, null);

  private static final ObjectMapper JSON = new ObjectMapper();

  JaneJar {
    cookies = Map.copyOf(cookies);
  }

  /**
   * A page that asks for a one-time code.
   *
   * @param since milliseconds since 1970
   */
  record Waiting(String action, Map<String, String> hidden, String field, long since) {
    Waiting {
      hidden = Map.copyOf(hidden);
    }

    @Override
    public String toString() {
      return "Waiting[" + since + "]";
    }
  }

  static JaneJar of(String text) {
    try {
      JsonNode json = JSON.readTree(text);
      JsonNode waiting = json.path("waiting");
      return new JaneJar(
          texts(json.path("cookies")),
          json.path("signedIn").asBoolean(),
          json.path("failed").asInt(),
          waiting.isObject()
              ? new Waiting(
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
    json.put("signedIn", signedIn).put("failed", failed);
    if (waiting != null) {
      ObjectNode asked = json.putObject("waiting");
      asked.put("action", waiting.action()).put("field", waiting.field());
      asked.put("since", waiting.since());
      ObjectNode hidden = asked.putObject("hidden");
      waiting.hidden().forEach(hidden::put);
    }
    return json.toString();
  }

  /** With the cookies of an answer; one without a value is dropped. */
  JaneJar with(List<String> setCookies) {
    Map<String, String> all = new LinkedHashMap<>(cookies);
    for (String header : setCookies) {
      String[] pair = header.split(";", 2)[0].split("=", 2);
      if (pair.length == 2 && !pair[0].isBlank()) {
        if (pair[1].isBlank()) {
          all.remove(pair[0].strip());
        } else {
          all.put(pair[0].strip(), pair[1].strip());
        }
      }
    }
    return new JaneJar(all, signedIn, failed, waiting);
  }

  JaneJar signedIn(boolean is) {
    return new JaneJar(cookies, is, is ? 0 : failed, is ? null : waiting);
  }

  JaneJar failed(int times) {
    return new JaneJar(cookies, signedIn, times, waiting);
  }

  JaneJar waiting(@Nullable Waiting asked) {
    return new JaneJar(cookies, signedIn, failed, asked);
  }

  /** As the {@code Cookie} header; empty when there is none. */
  String header() {
    StringBuilder header = new StringBuilder();
    cookies.forEach(
        (name, value) ->
            header.append(header.isEmpty() ? "" : "; ").append(name).append('=').append(value));
    return header.toString();
  }

  @Override
  public String toString() {
    return "JaneJar[" + cookies.size() + " cookies, signed in " + signedIn + "]";
  }
}
