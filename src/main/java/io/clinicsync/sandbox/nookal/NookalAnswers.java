package io.clinicsync.sandbox.nookal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clinicsync.sandbox.server.Answer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What v2 answers; always with status 200. */
final class NookalAnswers {

  static final int PER_PAGE = 100;
  static final int MOST = 200;

  private NookalAnswers() {}

  static Answer failure(String code, String message, List<String> alerts) {
    ObjectNode body = NookalAccount.JSON.createObjectNode().put("status", "failure");
    ObjectNode details = body.putObject("details");
    details.put("errorMessage", message).put("errorCode", code);
    ArrayNode said = details.putArray("alerts");
    alerts.forEach(said::add);
    return Answer.json(200, body.toString());
  }

  static Answer missing(String code, List<String> names) {
    return failure(
        code,
        "A required variable is missing",
        names.stream().map(name -> "Missing variable: " + name).toList());
  }

  private static ObjectNode success(String function, ObjectNode results) {
    ObjectNode body = NookalAccount.JSON.createObjectNode().put("status", "success");
    ObjectNode data = body.putObject("data").put("api_call", function);
    data.set("results", results);
    return body;
  }

  /** What a write or a single read gives. */
  static Answer results(String function, ObjectNode results) {
    return Answer.json(200, success(function, results).toString());
  }

  /**
   * A page of a list.
   *
   * @param byId as an object keyed by id instead of a list; a later page is keyed by index
   */
  static Answer page(
      String function, String key, List<? extends JsonNode> rows, NookalForm form, boolean byId) {
    int length = Math.clamp(form.number("page_length", PER_PAGE), 1, MOST);
    int page = Math.max(1, form.number("page", 1));
    int from = (int) Math.min((page - 1L) * length, rows.size());
    List<? extends JsonNode> shown = rows.subList(from, Math.min(from + length, rows.size()));
    ObjectNode results = NookalAccount.JSON.createObjectNode();
    if (byId || (page > 1 && !shown.isEmpty())) {
      ObjectNode keyed = results.putObject(key);
      for (int i = 0; i < shown.size(); i++) {
        keyed.set(byId ? shown.get(i).path("ID").asText() : Integer.toString(i), shown.get(i));
      }
    } else {
      ArrayNode list = results.putArray(key);
      shown.forEach(list::add);
    }
    ObjectNode body = success(function, results);
    body.putObject("details")
        .put("totalItems", Integer.toString(rows.size()))
        .put("currentItems", shown.size());
    ObjectNode settings = body.putObject("settings").put("currentPage", page);
    settings.put("nextPage", next(page, from + shown.size(), rows.size()));
    settings.put("pageLength", length);
    return Answer.json(200, body.toString());
  }

  private static @Nullable Integer next(int page, int upTo, int all) {
    return upTo < all ? page + 1 : null;
  }
}
