package io.clinicsync.sandbox.practicebetter;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clinicsync.sandbox.server.Answer;
import io.clinicsync.sandbox.server.Moments;
import io.clinicsync.sandbox.server.Request;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;

/** The API's reads. The caller holds the account's lock. */
final class PracticeBetterReads {

  private static final int MOST = 100;

  private final PracticeBetterAccount account;

  PracticeBetterReads(PracticeBetterAccount account) {
    this.account = account;
  }

  /** What the caller got wrong. */
  static final class Wrong extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final String code;

    Wrong(String code) {
      super(code, null, false, false);
      this.code = code;
    }

    Answer answer() {
      return PracticeBetterSimulator.error(400, code);
    }
  }

  Answer answer(Request request, String path) {
    Map<String, List<String>> query = request.query();
    return switch (path) {
      case "/timezones" -> timezones();
      case "/consultant/profile" -> profile();
      case "/company/administration/members" -> members();
      case "/consultant/services" -> list("services", query, this::service);
      case "/consultant/records" -> records(query);
      case "/consultant/sessions" -> list("sessions", query, this::session);
      case "/consultant/payments/invoices" -> list("invoices", query, this::invoice);
      case "/consultant/availability/slots" -> new PracticeBetterSlots(account).answer(query);
      case "/webhooks/subscription" -> list("subscriptions", query, PracticeBetterAccount::shown);
      case "/webhooks/subscription/event/types" -> eventTypes();
      default -> single(path);
    };
  }

  private Answer single(String path) {
    int cut = path.lastIndexOf('/');
    String id = path.substring(cut + 1);
    return switch (path.substring(0, Math.max(0, cut))) {
      case "/consultant/records" -> one("records", id, this::record);
      case "/consultant/sessions" -> one("sessions", id, this::session);
      case "/consultant/payments/invoices" -> one("invoices", id, this::invoice);
      case "/webhooks/subscription" -> one("subscriptions", id, PracticeBetterAccount::shown);
      case "/consultant/dietlifestyle" -> sheet(id);
      default -> PracticeBetterSimulator.notFound();
    };
  }

  private Answer sheet(String record) {
    if (account.switches().sheetsHidden) {
      return Answer.empty(461);
    }
    return account.table("records").find(record).isEmpty()
        ? PracticeBetterSimulator.notFound()
        : account
            .table("dietlifestyle")
            .find(record)
            .map(row -> Answer.json(200, row.toString()))
            .orElseGet(() -> Answer.empty(204));
  }

  private Answer one(String table, String id, Function<ObjectNode, ObjectNode> shape) {
    return account
        .table(table)
        .find(id)
        .map(row -> Answer.json(200, shape.apply(row).toString()))
        .orElseGet(PracticeBetterSimulator::notFound);
  }

  private static Answer timezones() {
    ArrayNode body = PracticeBetterAccount.JSON.createArrayNode();
    WindowsZones.NAMES.forEach(
        (iana, name) -> body.addObject().put("label", name).put("name", name).put("tzName", iana));
    return Answer.json(200, body.toString());
  }

  private static Answer eventTypes() {
    ArrayNode body = PracticeBetterAccount.JSON.createArrayNode();
    ArrayNode types = body.addObject().put("name", "All").putArray("eventTypes");
    PracticeBetterHooks.EVENTS.forEach(
        event -> types.addObject().put("label", event.replace('.', ' ')).put("value", event));
    return Answer.json(200, body.toString());
  }

  private Answer profile() {
    ObjectNode owner = account.table("members").all().iterator().next();
    return Answer.json(200, PracticeBetterAccount.shown(owner).toString());
  }

  private Answer members() {
    if (account.switches().teamHidden) {
      return Answer.empty(461);
    }
    ObjectNode body = PracticeBetterAccount.JSON.createObjectNode();
    ArrayNode members = body.putArray("members");
    account.table("members").all().forEach(row -> members.add(PracticeBetterAccount.shown(row)));
    return Answer.json(200, body.toString());
  }

  /** Only names are shown unless details are asked for. */
  private Answer records(Map<String, List<String>> query) {
    boolean details = query.getOrDefault("details", List.of("false")).getFirst().equals("true");
    return list(
        "records",
        query,
        row -> {
          ObjectNode shown = record(row);
          if (!details) {
            ((ObjectNode) shown.path("profile")).retain("firstName", "lastName");
            shown.remove("amountPaid");
          }
          return shown;
        });
  }

  ObjectNode record(ObjectNode row) {
    return PracticeBetterAccount.shown(row).deepCopy();
  }

  private ObjectNode service(ObjectNode row) {
    ObjectNode shown = PracticeBetterAccount.shown(row);
    shown.put("duration", length(row.get("_minutes").asLong()));
    shown.putObject("fee").put("amount", row.get("_cents").asLong()).put("currency", "usd");
    return shown;
  }

  private long length(long minutes) {
    return account.switches().seconds ? minutes * 60 : minutes;
  }

  ObjectNode invoice(ObjectNode row) {
    ObjectNode shown = PracticeBetterAccount.shown(row);
    shown.putObject("clientRecord").set("id", row.get("_record"));
    return shown;
  }

  /** A session with its people; the embedded client has no e-mail. */
  ObjectNode session(ObjectNode row) {
    ObjectNode shown = PracticeBetterAccount.shown(row);
    ObjectNode client = shown.putObject("clientRecord");
    client.set("id", row.get("_record"));
    account
        .table("records")
        .find(row.path("_record").asText())
        .ifPresent(
            record ->
                client.put(
                    "name",
                    record.at("/profile/firstName").asText()
                        + " "
                        + record.at("/profile/lastName").asText()));
    ObjectNode member = account.table("members").require(row.path("_member").asText());
    ObjectNode consultant = shown.putObject("consultant");
    consultant.set("id", member.get("id"));
    consultant.set("emailAddress", member.get("emailAddress"));
    consultant.set("profile", member.get("profile"));
    ObjectNode service = account.table("services").require(row.path("_service").asText());
    shown.putObject("service").set("id", service.get("id"));
    shown.withObject("/service").set("name", service.get("name"));
    shown.set("serviceId", service.get("id"));
    Instant start = Moments.instant(row.get("sessionDate").asText());
    long minutes = PracticeBetterEdits.minutes(row);
    shown.put("duration", length(minutes));
    if (start.isBefore(account.moment()) && !row.path("cancelled").asBoolean()) {
      shown.put("actualDuration", length(minutes - minutes / 15));
    }
    shown.put("timeZone", account.zoneName());
    shown.put("upcoming", start.isAfter(account.moment()) && !row.path("cancelled").asBoolean());
    shown.putObject("fee").put("amount", service.get("_cents").asLong()).put("currency", "usd");
    return shown;
  }

  private Answer list(
      String table, Map<String, List<String>> query, Function<ObjectNode, ObjectNode> shape) {
    int limit = number(query, "limit", MOST);
    if (limit < 1 || limit > MOST) {
      throw new Wrong("limit_out_of_range");
    }
    List<ObjectNode> found =
        filtered(table, query)
            .sorted(
                Comparator.comparing(PracticeBetterReads::created)
                    .thenComparing(row -> row.get("id").asText())
                    .reversed())
            .toList();
    int from = number(query, "skip", 0);
    if (query.containsKey("before_id")) {
      String before = query.get("before_id").getFirst();
      ObjectNode place =
          account.table(table).find(before).orElseThrow(() -> new Wrong("item_not_found"));
      Instant created = created(place);
      from =
          (int)
              found.stream()
                  .takeWhile(
                      row -> {
                        int order = created(row).compareTo(created);
                        return order > 0
                            || (order == 0 && row.get("id").asText().compareTo(before) >= 0);
                      })
                  .count();
    }
    ObjectNode body = PracticeBetterAccount.JSON.createObjectNode();
    body.put("count", found.size()).put("hasMore", found.size() > (long) from + limit);
    ArrayNode items = body.putArray("items");
    found.stream().skip(from).limit(limit).forEach(row -> items.add(shape.apply(row)));
    return Answer.json(200, body.toString());
  }

  private static Instant created(ObjectNode row) {
    String created =
        row.has("dateCreated")
            ? row.get("dateCreated").asText()
            : row.path("_created").asText("2020-01-01T00:00:00Z");
    return Moments.instant(created);
  }

  private Stream<ObjectNode> filtered(String table, Map<String, List<String>> query) {
    Stream<ObjectNode> rows = account.table(table).all().stream();
    for (Map.Entry<String, List<String>> each : query.entrySet()) {
      String name = each.getKey();
      List<String> values = each.getValue();
      if (name.equals("records")) {
        rows = rows.filter(row -> values.contains(row.path("_record").asText()));
      } else if (name.equals("consultants")) {
        rows = rows.filter(row -> values.contains(row.path("_member").asText()));
      } else if (name.equals("services")) {
        rows = rows.filter(row -> values.contains(row.path("_service").asText()));
      } else if (name.equals("status") || name.equals("paymentstatus")) {
        String member = name.equals("status") ? "status" : "paymentStatus";
        rows = rows.filter(row -> values.contains(row.path(member).asText()));
      } else if (name.matches("(date|modified|invoicedate)_(eq|gte|lte)")) {
        rows = timed(rows, name, values.getFirst());
      }
    }
    return rows;
  }

  private static Stream<ObjectNode> timed(Stream<ObjectNode> rows, String name, String value) {
    String member =
        switch (name.substring(0, name.indexOf('_'))) {
          case "date" -> "sessionDate";
          case "modified" -> "dateModified";
          default -> "invoiceDate";
        };
    Instant wanted = instant(value, name);
    String operator = name.substring(name.indexOf('_') + 1).toLowerCase(Locale.ROOT);
    return rows.filter(
        row -> {
          int order = Moments.instant(row.path(member).asText()).compareTo(wanted);
          return switch (operator) {
            case "gte" -> order >= 0;
            case "lte" -> order <= 0;
            default -> order == 0;
          };
        });
  }

  static Instant instant(String text, String name) {
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException unreadable) {
      throw new Wrong(name + "_invalid");
    }
  }

  private static int number(Map<String, List<String>> query, String name, int usual) {
    String text = query.getOrDefault(name, List.of(Integer.toString(usual))).getFirst();
    if (!text.matches("\\d{1,7}")) {
      throw new Wrong(name + "_invalid");
    }
    return Integer.parseInt(text);
  }
}
