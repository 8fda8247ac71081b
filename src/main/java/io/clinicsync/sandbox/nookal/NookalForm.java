package io.clinicsync.sandbox.nookal;

import io.clinicsync.sandbox.server.Request;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The parameters of one call of v2: a form's, or a query's. */
final class NookalForm {

  private final Map<String, String> values = new LinkedHashMap<>();

  static NookalForm of(Request request) {
    NookalForm form = new NookalForm();
    String type = request.header("content-type");
    form.add(request.query());
    if (type != null && type.startsWith("application/x-www-form-urlencoded")) {
      form.add(Request.parameters(request.text()));
    }
    return form;
  }

  private void add(Map<String, List<String>> parameters) {
    parameters.forEach((name, all) -> values.put(name, all.getLast()));
  }

  /** The value; empty when it is not given. */
  String get(String name) {
    return values.getOrDefault(name, "");
  }

  boolean has(String name) {
    return !get(name).isBlank();
  }

  boolean is(String name) {
    return get(name).equals("1") || get(name).equalsIgnoreCase("true");
  }

  int number(String name, int usual) {
    return get(name).matches("\\d{1,6}") ? Integer.parseInt(get(name)) : usual;
  }

  List<String> missing(String... names) {
    List<String> missing = new ArrayList<>();
    for (String name : names) {
      if (!has(name)) {
        missing.add(name);
      }
    }
    return missing;
  }

  /** The same call as one that carries no credential. */
  static Request withoutKey(Request request) {
    return new Request(
        request.method(),
        request.path(),
        withoutKey(request.rawQuery()),
        request.headers(),
        withoutKey(request.text()).getBytes(StandardCharsets.UTF_8));
  }

  private static String withoutKey(String encoded) {
    return Arrays.stream(encoded.split("&"))
        .filter(pair -> !pair.startsWith("api_key="))
        .collect(Collectors.joining("&"));
  }
}
