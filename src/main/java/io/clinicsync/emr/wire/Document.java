package io.clinicsync.emr.wire;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/**
 * The JSON of one answer.
 *
 * @param damaged the body held bytes that are no UTF-8
 * @param large the body was so large that each entry must be weighed
 */
public record Document(JsonNode json, boolean damaged, boolean large) {

  /** The whole answer as one entry. */
  public Entry entry() {
    return entry(json);
  }

  /** A part of the answer as an entry. */
  public Entry entry(JsonNode part) {
    return new Entry(part, damaged, large);
  }

  /** The elements of a list as entries. */
  public List<Entry> entries(JsonNode list) {
    List<Entry> entries = new ArrayList<>(list.size());
    list.forEach(each -> entries.add(entry(each)));
    return entries;
  }

  @Override
  public String toString() {
    return "Document[" + json.getNodeType() + "]";
  }
}
