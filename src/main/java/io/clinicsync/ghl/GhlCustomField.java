package io.clinicsync.ghl;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A custom field of a sub-account.
 *
 * @param id what values are written to; differs between sub-accounts
 * @param key lower-case key without the {@code contact.} prefix; fixed when the field is created
 * @param dataType the vendor's word, for example TEXT, LARGE_TEXT, NUMERICAL, MONETORY (sic), DATE
 */
public record GhlCustomField(
    String id,
    String name,
    String key,
    String dataType,
    List<String> options,
    @Nullable String folderId) {

  private static final String PREFIX = "contact.";

  public GhlCustomField {
    options = List.copyOf(options);
  }

  static GhlCustomField read(GhlEndpoint endpoint, JsonNode node) {
    String key = GhlJson.text(node, "fieldKey");
    String name = GhlJson.text(node, "name");
    return new GhlCustomField(
        GhlJson.required(endpoint, node, "id"),
        name == null ? "" : name,
        key == null ? "" : withoutPrefix(key),
        String.valueOf(GhlJson.text(node, "dataType")),
        GhlJson.texts(node.path("picklistOptions")),
        GhlJson.text(node, "parentId"));
  }

  /** A key in one spelling: lower case, without {@code contact.}. */
  public static String withoutPrefix(String key) {
    String lower = key.toLowerCase(Locale.ROOT);
    return lower.startsWith(PREFIX) ? lower.substring(PREFIX.length()) : lower;
  }
}
