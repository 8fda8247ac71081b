package io.clinicsync.insights;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clinicsync.canonical.Money;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Facts as stored text: one short object per path, with a letter for the type. */
final class FactsJson {

  private static final ObjectMapper MAPPER = new ObjectMapper();

  private FactsJson() {}

  static String write(Facts facts) {
    ObjectNode tree = MAPPER.createObjectNode();
    facts.values().forEach((path, value) -> write(tree.putObject(path), value));
    return tree.toString();
  }

  private static void write(ObjectNode node, FactValue value) {
    switch (value) {
      case FactValue.Text(String text) -> node.put("t", text);
      case FactValue.Moment(Instant at, ZoneId zone) ->
          node.put("m", at.toString()).put("z", zone.getId());
      case FactValue.Day(LocalDate date) -> node.put("d", date.toString());
      case FactValue.Number(BigDecimal number) -> node.put("n", number.toPlainString());
      case FactValue.Amount(Money money) ->
          node.put("a", money.amount().toPlainString()).put("c", money.currency());
      case FactValue.Bool(boolean yes) -> node.put("b", yes);
    }
  }

  static SortedMap<String, FactValue> read(String json) {
    try {
      SortedMap<String, FactValue> values = new TreeMap<>();
      for (Map.Entry<String, JsonNode> entry : MAPPER.readTree(json).properties()) {
        values.put(entry.getKey(), read(entry.getValue()));
      }
      return values;
    } catch (JsonProcessingException broken) {
      throw new IllegalStateException("Stored facts could not be read");
    }
  }

  private static FactValue read(JsonNode node) {
    if (node.has("t")) {
      return new FactValue.Text(node.get("t").textValue());
    }
    if (node.has("m")) {
      return new FactValue.Moment(
          Instant.parse(node.get("m").textValue()), ZoneId.of(node.get("z").textValue()));
    }
    if (node.has("d")) {
      return new FactValue.Day(LocalDate.parse(node.get("d").textValue()));
    }
    if (node.has("n")) {
      return new FactValue.Number(new BigDecimal(node.get("n").textValue()));
    }
    if (node.has("a")) {
      return new FactValue.Amount(
          new Money(new BigDecimal(node.get("a").textValue()), node.get("c").textValue()));
    }
    return new FactValue.Bool(node.get("b").booleanValue());
  }
}
