package io.clinicsync.emr.wire;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A form of a vendor's page, whatever its fields are called: sign-in pages change their shape
 * without notice, so that nothing of one is taken for granted.
 *
 * @param action where it goes; relative to its page, empty for the page itself
 * @param hidden values to send back, the page's token among them
 * @param user name of the field for the user; null when there is none
 * @param password name of the field for the password; null when there is none
 * @param code name of the field for a one-time code; null when there is none
 * @param button name and value of what is pressed to send it; empty when that has no name
 */
public record WebForm(
    String action,
    Map<String, String> hidden,
    @Nullable String user,
    @Nullable String password,
    @Nullable String code,
    Map<String, String> button) {

  private static final int LONGEST_PAGE = 1 << 20;
  private static final Pattern FORM =
      Pattern.compile("<form\\b([^>]*)>(.*?)</form>", Pattern.DOTALL | Pattern.CASE_INSENSITIVE);
  private static final Pattern INPUT =
      Pattern.compile("<input\\b([^>]*)>", Pattern.DOTALL | Pattern.CASE_INSENSITIVE);
  private static final Pattern ATTRIBUTE =
      Pattern.compile("([a-zA-Z-]+)\\s*=\\s*(?:\"([^\"]*)\"|'([^']*)'|([^\\s\"'>]+))");
  private static final Pattern CODE =
      Pattern.compile(".*(code|otp|two.?factor).*", Pattern.CASE_INSENSITIVE);

  public WebForm {
    hidden = Map.copyOf(hidden);
    button = Map.copyOf(button);
  }

  /** The page's form that asks for a password. */
  public static Optional<WebForm> signIn(String page) {
    return all(page).stream().filter(form -> form.password() != null).findFirst();
  }

  /** The page's form that asks for a code and not for a password. */
  public static Optional<WebForm> challenge(String page) {
    return all(page).stream()
        .filter(form -> form.password() == null && form.code() != null)
        .findFirst();
  }

  /** The page's form that carries a hidden field of this name. */
  public static Optional<WebForm> withHidden(String page, String name) {
    return all(page).stream().filter(form -> form.hidden().containsKey(name)).findFirst();
  }

  /** Whether the page wants to see that a person looks at it. */
  public static boolean hasCaptcha(String page) {
    String lower = page.toLowerCase(Locale.ROOT);
    return lower.contains("recaptcha") || lower.contains("hcaptcha") || lower.contains("turnstile");
  }

  private static List<WebForm> all(String page) {
    List<WebForm> forms = new ArrayList<>();
    Matcher form = FORM.matcher(page.substring(0, Math.min(page.length(), LONGEST_PAGE)));
    while (form.find()) {
      String action = attributes(form.group(1)).getOrDefault("action", "");
      forms.add(read(action, form.group(2)));
    }
    return forms;
  }

  private static WebForm read(String action, String fields) {
    Map<String, String> hidden = new LinkedHashMap<>();
    String user = null;
    String password = null;
    String code = null;
    Map<String, String> button = new LinkedHashMap<>();
    Matcher input = INPUT.matcher(fields);
    while (input.find()) {
      Map<String, String> attributes = attributes(input.group(1));
      String name = attributes.getOrDefault("name", "");
      String type = attributes.getOrDefault("type", "text").toLowerCase(Locale.ROOT);
      if (name.isEmpty()) {
        continue;
      }
      switch (type) {
        case "hidden" -> hidden.put(name, attributes.getOrDefault("value", ""));
        case "password" -> password = name;
        case "text", "email", "tel", "number" -> {
          if (CODE.matcher(name).matches()) {
            code = name;
          } else if (user == null) {
            user = name;
          }
        }
        case "submit" -> {
          if (button.isEmpty()) {
            button.put(name, attributes.getOrDefault("value", ""));
          }
        }
        default -> {
          // Boxes are left alone; one would tell the vendor to trust this browser.
        }
      }
    }
    return new WebForm(action, hidden, user, password, code, button);
  }

  private static Map<String, String> attributes(String text) {
    Map<String, String> found = new LinkedHashMap<>();
    Matcher each = ATTRIBUTE.matcher(text);
    while (each.find()) {
      String value = each.group(2);
      if (value == null) {
        value = each.group(3) == null ? each.group(4) : each.group(3);
      }
      found.putIfAbsent(each.group(1).toLowerCase(Locale.ROOT), plain(value));
    }
    return found;
  }

  private static String plain(String value) {
    return value
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&");
  }

  @Override
  public String toString() {
    return "WebForm[" + hidden.size() + " hidden]";
  }
}
