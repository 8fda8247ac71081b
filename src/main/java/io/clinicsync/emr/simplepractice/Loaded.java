package io.clinicsync.emr.simplepractice;

import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.emr.wire.Document;
import io.clinicsync.emr.wire.Entry;
import io.clinicsync.emr.wire.UnreadableEntry;
import io.clinicsync.emr.wire.VendorWire;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A JSON:API answer: its resources and what was side-loaded with them. */
final class Loaded {

  private final List<Entry> data;
  private final Map<String, Entry> included = new HashMap<>();
  private final Instant vendorNow;

  private Loaded(Document document, List<Entry> data, Instant vendorNow) {
    this.data = data;
    this.vendorNow = vendorNow;
    for (Entry each : document.entries(document.json().path("included"))) {
      String type = each.json().path("type").asText();
      included.put(type + "/" + each.json().path("id").asText(), each);
    }
  }

  static Loaded list(Document document, String operation, Instant vendorNow) {
    JsonNode data = document.json().path("data");
    if (!data.isArray()) {
      throw VendorWire.broken(operation);
    }
    return new Loaded(document, document.entries(data), vendorNow);
  }

  static Loaded one(Document document, String operation, Instant vendorNow) {
    JsonNode data = document.json().path("data");
    if (!data.isObject()) {
      throw VendorWire.broken(operation);
    }
    return new Loaded(document, List.of(document.entry(data)), vendorNow);
  }

  List<Entry> data() {
    return data;
  }

  Entry first() {
    return data.getFirst();
  }

  Instant vendorNow() {
    return vendorNow;
  }

  /** The side-loaded resources of a type. */
  List<Entry> included(String type) {
    return included.entrySet().stream()
        .filter(each -> each.getKey().startsWith(type + "/"))
        .map(Map.Entry::getValue)
        .toList();
  }

  /** Attributes of the side-loaded resource a relationship points to. */
  Optional<Entry> related(Entry resource, String relation) {
    JsonNode link = resource.json().path("relationships").path(relation).path("data");
    return attributes(link);
  }

  /** As {@link #related}, where a relationship points to several. */
  List<Entry> relatedMany(Entry resource, String relation) {
    List<Entry> found = new ArrayList<>();
    for (JsonNode link : resource.json().path("relationships").path(relation).path("data")) {
      attributes(link).ifPresent(found::add);
    }
    return found;
  }

  private Optional<Entry> attributes(JsonNode link) {
    String key = link.path("type").asText() + "/" + link.path("id").asText();
    return Optional.ofNullable(included.get(key)).map(each -> each.in("attributes"));
  }

  /** The id a relationship points to; null where it points to nothing. */
  static @Nullable String linked(Entry resource, String relation) {
    Entry link = resource.in("relationships").in(relation).in("data");
    return link.text("id");
  }

  /** An entry's id for a reject; null when it has none. */
  static @Nullable String id(Entry resource) {
    JsonNode id = resource.json().path("id");
    return id.isValueNode() && !id.isNull() ? id.asText() : null;
  }

  static Entry attributes(Entry resource) {
    if (!resource.json().path("attributes").isObject()) {
      throw UnreadableEntry.shape("attributes is not an object");
    }
    return resource.in("attributes");
  }
}
