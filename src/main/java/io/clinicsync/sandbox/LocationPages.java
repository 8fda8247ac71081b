package io.clinicsync.sandbox;

import static io.clinicsync.sandbox.SandboxPage.escaped;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clinicsync.sandbox.ghl.GhlEdits;
import io.clinicsync.sandbox.ghl.GhlEdits.Booked;
import io.clinicsync.sandbox.ghl.GhlLocation;
import io.clinicsync.sandbox.ghl.GhlWebhooks.Reached;
import io.clinicsync.sandbox.server.Answer;
import io.clinicsync.sandbox.server.Request;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code /_sandbox/locations/{id}}: a sub-account's calendar, for people. Times are the location's
 * wall time.
 */
final class LocationPages {

  static final String ROOT = "/_sandbox/locations/";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final DateTimeFormatter WALL = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm");
  private static final DateTimeFormatter SHOWN =
      DateTimeFormatter.ofPattern("EEE d MMM uuuu, HH:mm");
  private static final int MOST_CONTACTS = 300;

  private final SandboxServer sandbox;
  private final EditCommands edits;
  private final GhlCalls calls;

  LocationPages(SandboxServer sandbox, EditCommands edits, GhlCalls calls) {
    this.sandbox = sandbox;
    this.edits = edits;
    this.calls = calls;
  }

  static String path(GhlLocation location) {
    return ROOT + location.id();
  }

  /** What a workflow webhook was answered, for the next rendering of the page. */
  private record Shown(String to, String customData, String answer, boolean good) {}

  Answer answer(Request request) throws IOException {
    String[] rest = request.path().substring(ROOT.length()).split("/");
    GhlLocation location =
        sandbox.ghl().locations().stream()
            .filter(each -> each.id().equals(rest[0]))
            .findFirst()
            .orElse(null);
    if (location == null) {
      return SandboxPage.of(404, "No such location", "<h1>No such location</h1>");
    }
    if (request.method().equals("GET") && rest.length == 1) {
      return page(200, location, null);
    }
    if (!request.method().equals("POST") || rest.length != 2 || isFromElsewhere(request)) {
      return SandboxPage.of(404, "Not found", "<h1>Not found</h1>");
    }
    Form form = new Form(Request.parameters(request.text()));
    try {
      return done(location, rest[1], form);
    } catch (RuntimeException refused) {
      return page(
          400,
          location,
          new Shown(
              form.text("to"),
              form.text("customData"),
              "Not done: " + refused.getMessage(),
              false));
    }
  }

  /** A page of somebody else must not change anything here. */
  private static boolean isFromElsewhere(Request request) {
    String origin = request.header("origin");
    return origin != null && !origin.equals("http://" + request.header("host"));
  }

  private record Form(Map<String, List<String>> members) {
    String text(String name) {
      return members.getOrDefault(name, List.of("")).getFirst().strip();
    }
  }

  private Answer done(GhlLocation location, String action, Form form) throws IOException {
    ObjectNode edit = JSON.createObjectNode().put("location", location.id());
    switch (action) {
      case "book" -> edit.put("edit", "book").put("contact", form.text("contact"));
      case "move" -> edit.put("edit", "moveAppointment").put("id", form.text("id"));
      case "status" ->
          edit.put("edit", "setStatus")
              .put("id", form.text("id"))
              .put("status", form.text("status"));
      case "delete" -> edit.put("edit", "deleteAppointment").put("id", form.text("id"));
      case "workflow" -> {
        return workflow(location, form);
      }
      default -> throw new IllegalArgumentException("no such action");
    }
    if (action.equals("book") || action.equals("move")) {
      Instant start = LocalDateTime.parse(form.text("start")).atZone(location.zone()).toInstant();
      edit.put("start", start.toString());
      edit.put(
          "end", start.plus(Duration.ofMinutes(Long.parseLong(form.text("minutes")))).toString());
    }
    edits.run(edit);
    return SandboxPage.seeOther(path(location));
  }

  private Answer workflow(GhlLocation location, Form form) throws IOException {
    Map<String, Object> customData = new LinkedHashMap<>();
    for (String line : form.text("customData").split("\\R")) {
      int colon = line.indexOf(':');
      if (colon > 0) {
        customData.put(line.substring(0, colon).strip(), line.substring(colon + 1).strip());
      }
    }
    Reached reached =
        calls.workflow(location, form.text("id"), URI.create(form.text("to")), customData);
    return page(
        200,
        location,
        new Shown(
            form.text("to"),
            form.text("customData"),
            reached.status() + "\n" + pretty(reached.body()),
            reached.status() < 300));
  }

  private static String pretty(String body) {
    try {
      JsonNode read = JSON.readTree(body);
      return read.isContainerNode() ? read.toPrettyString() : body;
    } catch (IOException other) {
      return body;
    }
  }

  private Answer page(int status, GhlLocation location, @Nullable Shown shown) {
    StringBuilder page = new StringBuilder("<p><a href=\"/\">Sandbox</a></p><h1>");
    page.append(escaped(location.name())).append("</h1><p>GoHighLevel location <code>");
    page.append(location.id()).append("</code>, calendar <code>").append(location.calendarId());
    page.append("</code>. Times are of ").append(escaped(location.zone().getId()));
    page.append(".</p>");
    if (shown != null) {
      page.append("<div class=\"card ").append(shown.good() ? "good" : "bad");
      page.append("\" role=\"status\"><h2>Answer</h2><pre>").append(escaped(shown.answer()));
      page.append("</pre></div>");
    }
    book(page, location);
    page.append("<h2>Appointments</h2>");
    List<Booked> appointments = location.edits().appointments();
    if (appointments.isEmpty()) {
      page.append("<p>None yet.</p>");
    }
    appointments.forEach(each -> appointment(page, location, each, shown));
    blocks(page, location);
    return SandboxPage.of(status, location.name(), page.toString());
  }

  private static void blocks(StringBuilder page, GhlLocation location) {
    page.append("<h2>Blocked times</h2>");
    List<GhlEdits.Blocked> blocks = location.edits().blocks();
    page.append(blocks.isEmpty() ? "<p>None.</p>" : "<ul>");
    for (GhlEdits.Blocked each : blocks) {
      page.append("<li>").append(SHOWN.format(each.start().atZone(location.zone())));
      page.append(" to ").append(SHOWN.format(each.end().atZone(location.zone())));
      page.append(" · ").append(escaped(each.title())).append("</li>");
    }
    page.append(blocks.isEmpty() ? "" : "</ul>");
  }

  private void book(StringBuilder page, GhlLocation location) {
    form(page, location, "book");
    page.append("<h2>Book</h2><div class=\"fields\"><label class=\"wide\">Contact");
    page.append("<select name=\"contact\" required>");
    location.contactIds().stream()
        .limit(MOST_CONTACTS)
        .forEach(id -> option(page, id, location.edits().name(id)));
    page.append("</select></label>");
    Instant tomorrow = sandbox.ghl().clock().instant().plus(Duration.ofDays(1));
    times(
        page, WALL.format(tomorrow.atZone(location.zone()).withHour(10).withMinute(0)), 30, "Book");
  }

  private static void option(StringBuilder page, String value, String text) {
    page.append("<option value=\"").append(escaped(value)).append("\">");
    page.append(escaped(text)).append("</option>");
  }

  private static void times(StringBuilder page, String start, long minutes, String button) {
    page.append("<label>Start<input type=\"datetime-local\" name=\"start\" required value=\"");
    page.append(start).append("\"></label><label>Minutes");
    page.append("<input type=\"number\" name=\"minutes\" min=\"5\" max=\"480\" required value=\"");
    page.append(minutes).append("\"></label><button>").append(button);
    page.append("</button></div></form>");
  }

  private static void form(StringBuilder page, GhlLocation location, String action) {
    page.append("<form method=\"post\" action=\"").append(path(location)).append('/');
    page.append(action).append("\">");
  }

  private static void hidden(StringBuilder page, String id) {
    page.append("<input type=\"hidden\" name=\"id\" value=\"").append(escaped(id)).append("\">");
  }

  private static void appointment(
      StringBuilder page, GhlLocation location, Booked booked, @Nullable Shown shown) {
    page.append("<div class=\"card\"><h3>");
    page.append(SHOWN.format(booked.start().atZone(location.zone()))).append(" · ");
    page.append(escaped(booked.contact())).append("</h3><p class=\"state\">");
    page.append(escaped(booked.status())).append(" · <code>").append(booked.id());
    page.append("</code></p>");
    form(page, location, "move");
    hidden(page, booked.id());
    page.append("<div class=\"fields\">");
    times(
        page,
        WALL.format(booked.start().atZone(location.zone())),
        Duration.between(booked.start(), booked.end()).toMinutes(),
        "Move");
    page.append("<div class=\"fields\">");
    boolean cancelled = booked.status().equals("cancelled");
    form(page, location, "status");
    hidden(page, booked.id());
    page.append("<button class=\"quiet\" name=\"status\" value=\"");
    page.append(cancelled ? "confirmed\">Confirm again" : "cancelled\">Cancel");
    page.append("</button></form>");
    form(page, location, "delete");
    hidden(page, booked.id());
    page.append("<button class=\"quiet\">Delete</button></form></div>");
    workflowForm(page, location, booked, shown);
    page.append("</div>");
  }

  private static void workflowForm(
      StringBuilder page, GhlLocation location, Booked booked, @Nullable Shown shown) {
    String to = shown == null ? "http://localhost:8080/bookAppt" : shown.to();
    String data = shown == null ? "treatment: \npractitioner: " : shown.customData();
    page.append("<details><summary>Run workflow webhook</summary>");
    form(page, location, "workflow");
    hidden(page, booked.id());
    page.append(
        "<div class=\"fields\"><label class=\"wide\">Address<input type=\"url\" name=\"to\"");
    page.append(" required value=\"").append(escaped(to)).append("\"></label>");
    page.append("<label class=\"wide\">Custom data, one a line, name: value");
    page.append("<textarea name=\"customData\">")
        .append(escaped(data))
        .append("</textarea></label>");
    page.append("<button>Run workflow webhook</button></div></form></details>");
  }
}
