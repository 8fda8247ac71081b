package io.clinicsync.sandbox.jane;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clinicsync.sandbox.server.Answer;
import io.clinicsync.sandbox.server.Request;
import io.clinicsync.sandbox.server.SlidingQuota;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The Developer Platform's resources. */
final class JaneApi {

  static final String PREFIX = "/api/2026-01-01/";
  private static final Set<String> LISTS =
      Set.of("patients", "appointments", "staff_members", "locations", "treatments", "disciplines");
  private static final Set<String> TOPICS =
      Set.of(
          "APPOINTMENT_BOOKED",
          "APPOINTMENT_CANCELLED",
          "APPOINTMENT_UNCANCELLED",
          "APPOINTMENT_RESCHEDULED");

  private final JaneAccount account;

  JaneApi(JaneAccount account) {
    this.account = account;
  }

  /** Limits first: a hundred a minute for each address, six hundred in five minutes for all. */
  Answer answer(Request request) {
    String[] path = request.path().substring(PREFIX.length()).split("/");
    Instant now = account.kit().clock().instant();
    SlidingQuota all = account.quota("api", 600, Duration.ofMinutes(5));
    SlidingQuota each = account.quota("api/" + path[0], 100, Duration.ofMinutes(1));
    if (each.remaining(now) == 0) {
      return slowDown(each, now, "endpoint");
    }
    if (!all.take(now)) {
      return slowDown(all, now, "company");
    }
    each.take(now);
    return account.locked(() -> route(request, path));
  }

  private static Answer slowDown(SlidingQuota quota, Instant now, String match) {
    long seconds =
        Math.max(1, Duration.between(now, quota.opensAt(now)).plusMillis(999).toSeconds());
    return Answer.json(429, "{\"error\":\"Too many requests\"}")
        .with("Retry-After", Long.toString(seconds))
        .with("X-Throttle-Match", match);
  }

  private Answer route(Request request, String[] path) {
    boolean read = request.method().equals("GET");
    if (path[0].equals("webhooks")) {
      return webhooks(request, path);
    }
    if (read && path.length == 1 && path[0].equals("company")) {
      return Answer.json(200, new JaneApiView(account).company().toString());
    }
    if (path.length == 2
        && path[0].equals("patients")
        && path[1].equals("search")
        && request.method().equals("POST")) {
      return search(request);
    }
    if (!read || !LISTS.contains(path[0]) || path.length > 2) {
      return notFound();
    }
    if (path.length == 2) {
      return new JaneApiView(account)
          .list(path[0])
          .filter(row -> row.path("id").asText().equals(path[1]))
          .findFirst()
          .map(row -> Answer.json(200, row.toString()))
          .orElseGet(JaneApi::notFound);
    }
    return JaneApiList.of(path[0], request.query(), new JaneApiView(account).list(path[0]));
  }

  private static Answer notFound() {
    return Answer.json(404, "{\"object\":\"error\",\"code\":\"NOT_FOUND\",\"message\":\"\"}");
  }

  private Answer search(Request request) {
    JsonNode body = body(request);
    if (body == null) {
      return Answer.json(400, "{\"error\":\"unreadable body\"}");
    }
    String wanted = body.at("/search/co").asText("").toLowerCase(java.util.Locale.ROOT);
    Map<String, List<String>> query = new java.util.LinkedHashMap<>();
    query.put("sort", List.of(body.path("sort").asText("-created_at")));
    query.put("page[limit]", List.of(body.at("/page/limit").asText("50")));
    if (body.at("/page/cursor").isTextual()) {
      query.put("page[cursor]", List.of(body.at("/page/cursor").asText()));
    }
    return JaneApiList.of(
        "patients",
        query,
        new JaneApiView(account).list("patients").filter(row -> says(row, wanted)));
  }

  private static boolean says(ObjectNode row, String wanted) {
    String text =
        row.path("first_name").asText()
            + " "
            + row.path("last_name").asText()
            + " "
            + row.path("email").asText();
    return text.toLowerCase(java.util.Locale.ROOT).contains(wanted);
  }

  private static @Nullable JsonNode body(Request request) {
    try {
      return JaneAccount.JSON.readTree(request.text());
    } catch (JsonProcessingException unreadable) {
      return null;
    }
  }

  /** Registering gives the secret once; staff with full access must do it. */
  Answer webhooks(Request request, String[] path) {
    if (request.method().equals("GET")) {
      ArrayNode items = JaneAccount.JSON.createArrayNode();
      account.table("webhooks").all().forEach(row -> items.add(JaneAccount.shown(row)));
      return Answer.json(200, JaneAccount.JSON.createObjectNode().set("items", items).toString());
    }
    long ids = account.lastId();
    if (request.method().equals("DELETE") && path.length == 2) {
      if (!account.table("webhooks").remove(path[1])) {
        return notFound();
      }
      account.kit().journal().call("jane", account.name(), ids, account.moment(), request);
      return Answer.empty(204);
    }
    JsonNode body = body(request);
    if (!request.method().equals("POST") || body == null) {
      return notFound();
    }
    String topic = body.path("event_topic").asText();
    String target = body.path("target_url").asText();
    if (!TOPICS.contains(topic) || !target.startsWith("http")) {
      return Answer.json(
          400, "{\"errors\":[{\"id\":\"invalid\",\"path\":\"event_topic\",\"message\":\"\"}]}");
    }
    boolean known =
        account.table("webhooks").all().stream()
            .anyMatch(
                row ->
                    row.path("event_topic").asText().equals(topic)
                        && row.path("target_url").asText().equals(target));
    if (known) {
      return Answer.json(
          409, "{\"object\":\"error\",\"code\":\"DUPLICATE_RECORD\",\"message\":\"\"}");
    }
    String id = account.uuid("webhooks", Long.toString(account.state().newId()));
    ObjectNode row = JaneAccount.JSON.createObjectNode().put("id", id);
    row.put("event_topic", topic).put("target_url", target);
    account.table("webhooks").put(id, row);
    account.kit().journal().call("jane", account.name(), ids, account.moment(), request);
    return Answer.json(201, row.deepCopy().put("secret", account.webhookSecret()).toString());
  }
}
