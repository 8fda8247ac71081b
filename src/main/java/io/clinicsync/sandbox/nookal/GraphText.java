package io.clinicsync.sandbox.nookal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads as much of GraphQL as queries with arguments and variables need. */
final class GraphText {

  private static final Pattern TOKEN =
      Pattern.compile("\"(?:[^\"\\\\]|\\\\.)*\"|[A-Za-z_]\\w*|-?\\d+(?:\\.\\d+)?|[{}()\\[\\]:$!=]");

  private final List<String> tokens = new ArrayList<>();
  private final JsonNode variables;
  private int at;

  private GraphText(String text, JsonNode variables) {
    Matcher token = TOKEN.matcher(text);
    while (token.find()) {
      tokens.add(token.group());
    }
    this.variables = variables;
  }

  /** A field with its arguments and what is wanted of it. */
  record Field(String name, Map<String, JsonNode> arguments, List<Field> wanted) {}

  /**
   * The fields of the query.
   *
   * @throws IllegalArgumentException when it is none
   */
  static List<Field> fields(String text, JsonNode variables) {
    GraphText reader = new GraphText(text, variables);
    if (!reader.peek().equals("{")) {
      if (!reader.next().equals("query")) {
        throw new IllegalArgumentException("Only queries are known");
      }
      while (!reader.peek().equals("{")) {
        reader.next();
      }
    }
    return reader.selection();
  }

  private String peek() {
    if (at >= tokens.size()) {
      throw new IllegalArgumentException("Syntax Error: Unexpected <EOF>.");
    }
    return tokens.get(at);
  }

  private String next() {
    String token = peek();
    at++;
    return token;
  }

  private void expect(String token) {
    if (!next().equals(token)) {
      throw new IllegalArgumentException("Syntax Error: Expected " + token);
    }
  }

  private List<Field> selection() {
    List<Field> fields = new ArrayList<>();
    expect("{");
    while (!peek().equals("}")) {
      String name = next();
      Map<String, JsonNode> arguments = new LinkedHashMap<>();
      if (peek().equals("(")) {
        next();
        while (!peek().equals(")")) {
          String argument = next();
          expect(":");
          arguments.put(argument, value());
        }
        next();
      }
      fields.add(new Field(name, arguments, peek().equals("{") ? selection() : List.of()));
    }
    next();
    return fields;
  }

  private JsonNode value() {
    String token = next();
    JsonNodeFactory json = JsonNodeFactory.instance;
    if (token.equals("$")) {
      return variables.path(next());
    }
    if (token.equals("[")) {
      ArrayNode list = json.arrayNode();
      while (!peek().equals("]")) {
        list.add(value());
      }
      next();
      return list;
    }
    return token.startsWith("\"")
        ? json.textNode(token.substring(1, token.length() - 1))
        : json.numberNode(Long.parseLong(token));
  }
}
