package io.clinicsync.emr.cliniko;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.clinicsync.http.HttpAnswer;
import io.clinicsync.http.HttpCall;
import io.clinicsync.http.OutboundHttp;
import java.net.URLDecoder;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Rows in memory behind the outgoing client: filters by time and id, sorts by one column, pages by
 * a hundred.
 */
final class ScriptedCliniko implements OutboundHttp {

  private final Map<String, List<Map<String, Object>>> tables = new LinkedHashMap<>();
  private final List<String> calls = new ArrayList<>();
  private final ObjectMapper json = new ObjectMapper();
  private Runnable beforeEachCall = () -> {};
  private Instant now = Instant.parse("2026-03-10T09:00:00Z");

  void beforeEachCall(Runnable change) {
    beforeEachCall = change;
  }

  void now(Instant moment) {
    now = moment;
  }

  /** Paths with decoded queries, in the order they were called. */
  List<String> calls() {
    return calls;
  }

  List<Map<String, Object>> table(String name) {
    return tables.computeIfAbsent(name, each -> new ArrayList<>());
  }

  static Map<String, Object> link(String path) {
    return Map.of("links", Map.of("self", "https://api.au1.cliniko.com/v1/" + path));
  }

  @Override
  public HttpAnswer send(HttpCall call) {
    beforeEachCall.run();
    String query = call.uri().getRawQuery() == null ? "" : call.uri().getRawQuery();
    calls.add(call.uri().getPath() + "?" + URLDecoder.decode(query, StandardCharsets.UTF_8));
    String resource = call.uri().getPath().substring("/v1/".length());
    List<Map<String, Object>> rows = new ArrayList<>(table(resource));
    int page = 1;
    String sort = "id";
    for (String part : query.split("&")) {
      String[] pair = URLDecoder.decode(part, StandardCharsets.UTF_8).split("=", 2);
      switch (pair[0]) {
        case "page" -> page = Integer.parseInt(pair[1]);
        case "sort" -> sort = pair[1];
        case "q[]" -> rows.removeIf(matching(pair[1]).negate());
        default -> {}
      }
    }
    String column = sort;
    rows.sort(Comparator.comparing(row -> String.valueOf(row.get(column))));
    int from = Math.min(rows.size(), (page - 1) * 100);
    int to = Math.min(rows.size(), from + 100);
    Map<String, Object> body = new LinkedHashMap<>();
    body.put(resource, rows.subList(from, to));
    body.put("total_entries", rows.size());
    body.put("links", to < rows.size() ? Map.of("next", "https://elsewhere.example/") : Map.of());
    return answer(body);
  }

  private static Predicate<Map<String, Object>> matching(String filter) {
    String field = filter.substring(0, filter.indexOf(':'));
    String test = filter.substring(field.length() + 1);
    if (test.equals("*")) {
      return row -> true;
    }
    if (test.startsWith(">=")) {
      return row -> String.valueOf(row.get(field)).compareTo(test.substring(2)) >= 0;
    }
    if (test.startsWith("<")) {
      return row -> String.valueOf(row.get(field)).compareTo(test.substring(1)) < 0;
    }
    List<String> ids = Arrays.asList(test.substring(1).split(","));
    if (field.equals("booking_id")) {
      return row ->
          ids.contains(ClinikoEntry.idOf(new ObjectMapper().valueToTree(row.get("booking"))));
    }
    return row -> ids.contains(row.get(field));
  }

  private HttpAnswer answer(Map<String, Object> body) {
    String date = DateTimeFormatter.RFC_1123_DATE_TIME.format(now.atOffset(ZoneOffset.UTC));
    HttpHeaders headers = HttpHeaders.of(Map.of("Date", List.of(date)), (name, value) -> true);
    try {
      return new HttpAnswer(200, headers, json.writeValueAsBytes(body), now);
    } catch (com.fasterxml.jackson.core.JsonProcessingException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
