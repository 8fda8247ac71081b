package io.clinicsync.crm;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.clinicsync.ghl.GhlContactField;
import io.clinicsync.insights.FactPath;
import io.clinicsync.insights.FactType;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which fact goes into which field, for one EMR (architecture D9). The same names serve the CRM and
 * outgoing webhooks.
 *
 * @param emr id of the EMR
 * @param entries in the order of the file
 */
public record FieldMap(String emr, List<Entry> entries) {

  private static final Pattern KEY = Pattern.compile("[A-Za-z][A-Za-z0-9_]{0,79}");
  private static final Set<String> MEMBERS =
      Set.of("from", "to", "type", "class", "pack", "label", "description", "absent", "payload");
  private static final YAMLMapper YAML =
      YAMLMapper.builder().enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY).build();

  public FieldMap {
    entries = List.copyOf(entries);
  }

  /**
   * One line of the map.
   *
   * @param from canonical path of the fact
   * @param to key of the field; a native contact field when {@link #nativeField()} is there
   * @param description the rule in one sentence; null when the label says it all
   * @param payload how it appears in the EMR's documented payload; null when it is not in it
   * @param clears empty the field when the fact is unknown again; otherwise the last value stays
   *     [R14]
   */
  public record Entry(
      String from,
      String to,
      FieldForm form,
      FieldClass sensitivity,
      FieldPack pack,
      String label,
      @Nullable String description,
      @Nullable PayloadForm payload,
      boolean clears) {

    /** The native contact field this entry writes; empty for a custom field. */
    public Optional<GhlContactField> nativeField() {
      for (GhlContactField field : GhlContactField.values()) {
        if (field.key().equals(to)) {
          return Optional.of(field);
        }
      }
      return Optional.empty();
    }
  }

  /** The entry that writes this field; empty when there is none. */
  public Optional<Entry> find(String to) {
    return entries.stream().filter(entry -> entry.to().equals(to)).findFirst();
  }

  /**
   * Reads and checks a map: known paths, fitting forms, known classes and packs, each field once.
   *
   * @throws IllegalArgumentException naming the map and the first thing wrong with it
   */
  public static FieldMap read(String name, InputStream yaml) {
    JsonNode root;
    try {
      root = YAML.readTree(yaml);
    } catch (IOException unreadable) {
      throw new IllegalArgumentException("Field map " + name + " is not readable YAML", unreadable);
    }
    if (!name.equals(root.path("emr").asText())) {
      throw new IllegalArgumentException(
          "Field map " + name + " names another EMR: " + root.path("emr").asText());
    }
    List<Entry> entries = new ArrayList<>();
    Set<String> keys = new HashSet<>();
    for (JsonNode node : root.path("fields")) {
      Entry entry = entry(name, node);
      if (!keys.add(entry.to())) {
        throw wrong(name, entry.to(), "is there twice");
      }
      entries.add(entry);
    }
    if (entries.isEmpty()) {
      throw new IllegalArgumentException("Field map " + name + " has no fields");
    }
    return new FieldMap(name, entries);
  }

  private static Entry entry(String name, JsonNode node) {
    String to = text(name, node, "to", "?");
    node.fieldNames()
        .forEachRemaining(
            member -> {
              if (!MEMBERS.contains(member)) {
                throw wrong(name, to, "has an unknown member " + member);
              }
            });
    String from = text(name, node, "from", to);
    FieldForm form = word(name, to, FieldForm.class, text(name, node, "type", to));
    FieldClass sensitivity = word(name, to, FieldClass.class, text(name, node, "class", to));
    FieldPack pack = word(name, to, FieldPack.class, text(name, node, "pack", to));
    FactType type =
        FactPath.typeOf(from)
            .orElseThrow(() -> wrong(name, to, "comes from an unknown path " + from));
    if (!form.accepts(type) && !FactPath.isExtra(from)) {
      throw wrong(name, to, "cannot show a " + type + " as " + form.word());
    }
    if (!KEY.matcher(to).matches()) {
      throw wrong(name, to, "is no key");
    }
    String absent = node.path("absent").asText("keep");
    if (!absent.equals("keep") && !absent.equals("clear")) {
      throw wrong(name, to, "says absent: " + absent);
    }
    String description = node.hasNonNull("description") ? node.path("description").asText() : null;
    return new Entry(
        from,
        to,
        form,
        sensitivity,
        pack,
        text(name, node, "label", to),
        description,
        node.hasNonNull("payload")
            ? word(name, to, PayloadForm.class, node.path("payload").asText())
            : null,
        absent.equals("clear"));
  }

  private static String text(String name, JsonNode node, String member, String to) {
    String value = node.path(member).asText("");
    if (value.isBlank()) {
      throw wrong(name, to, "lacks " + member);
    }
    return value;
  }

  private static <E extends Enum<E>> E word(String name, String to, Class<E> type, String word) {
    try {
      return Enum.valueOf(type, word.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException unknown) {
      throw wrong(name, to, "has an unknown word " + word);
    }
  }

  private static IllegalArgumentException wrong(String name, String to, String what) {
    return new IllegalArgumentException("Field map " + name + ": " + to + " " + what);
  }
}
