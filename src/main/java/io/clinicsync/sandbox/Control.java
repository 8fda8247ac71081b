package io.clinicsync.sandbox;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.clinicsync.sandbox.ghl.GhlLocation;
import io.clinicsync.sandbox.server.Answer;
import io.clinicsync.sandbox.server.EmrSimulator;
import io.clinicsync.sandbox.server.Fault;
import io.clinicsync.sandbox.server.FaultKind;
import io.clinicsync.sandbox.server.JsonOut;
import io.clinicsync.sandbox.server.LogEntry;
import io.clinicsync.sandbox.server.Request;
import io.clinicsync.sandbox.server.SimulatedClinic;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * {@code /_sandbox/…}: the log, the truth, faults, the clock, staff edits and accounts, for other
 * processes.
 */
final class Control {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final SandboxServer sandbox;
  private final EditCommands edits;
  private final GhlCalls calls;
  private final LocationPages locations;

  Control(SandboxServer sandbox) {
    this.sandbox = sandbox;
    this.edits = new EditCommands(sandbox);
    this.calls = new GhlCalls(sandbox);
    this.locations = new LocationPages(sandbox, edits, calls);
  }

  /** Staff edits, for the replay. */
  EditCommands edits() {
    return edits;
  }

  Answer answer(Request request) {
    try {
      String path = request.path();
      if (request.method().equals("GET") && path.equals("/")) {
        return IndexPage.html(sandbox);
      }
      if (request.method().equals("GET") && path.equals(SandboxPage.STYLE_PATH)) {
        return SandboxPage.style();
      }
      if (path.startsWith(LocationPages.ROOT)) {
        return locations.answer(request);
      }
      if (request.method().equals("GET") && path.equals("/_sandbox/ghl-webhook-key")) {
        return Answer.json(200, JsonOut.of(Map.of("key", sandbox.ghl().webhooks().publicKey())));
      }
      if (request.method().equals("GET") && path.equals("/_sandbox/log")) {
        return log(request);
      }
      if (request.method().equals("GET") && path.startsWith("/_sandbox/truth/")) {
        String name = path.substring("/_sandbox/truth/".length());
        return truth(URLDecoder.decode(name.replace("+", "%2B"), StandardCharsets.UTF_8));
      }
      if (!request.method().equals("POST") && !request.method().equals("DELETE")) {
        return error(404, "not found");
      }
      JsonNode body =
          request.body().length == 0 ? JSON.createObjectNode() : JSON.readTree(request.body());
      return switch (path) {
        case "/_sandbox/faults" -> faults(request.method(), body);
        case "/_sandbox/clock" -> clock(body);
        case "/_sandbox/edits" -> Answer.json(200, edits.run(body));
        case "/_sandbox/accounts" -> account(body);
        case "/_sandbox/ghl-workflow" -> Answer.json(200, calls.workflow(body));
        case "/_sandbox/ghl-webhook" -> Answer.json(200, calls.webhook(body));
        case "/_sandbox/ghl-webhook-address" -> {
          calls.address(body);
          yield Answer.json(200, "{\"ok\":true}");
        }
        case "/_sandbox/reset" -> {
          sandbox.reset();
          yield Answer.json(200, "{\"ok\":true}");
        }
        default -> error(404, "not found");
      };
    } catch (JsonProcessingException broken) {
      return error(400, "not JSON");
    } catch (IllegalArgumentException | DateTimeException | java.io.IOException wrong) {
      return error(400, String.valueOf(wrong.getMessage()));
    }
  }

  private static Answer error(int status, String message) {
    return Answer.json(status, JsonOut.of(Map.of("error", message)));
  }

  private Answer log(Request request) {
    long since = Long.parseLong(request.query().getOrDefault("since", List.of("0")).getFirst());
    List<String> account = request.query().get("account");
    List<LogEntry> entries =
        account == null
            ? sandbox.log().since(since)
            : sandbox.log().since(account.getFirst(), since);
    JsonOut out = new JsonOut(4096).open().name("entries").openList();
    for (LogEntry entry : entries) {
      out.open()
          .member("seq", entry.seq())
          .member("at", entry.at())
          .member("account", entry.account());
      out.member("kind", entry.kind())
          .member("operation", entry.operation())
          .member("ids", entry.ids());
      out.member("count", entry.count()).member("status", entry.status());
      if (entry.version() != null && !entry.version().isEmpty()) {
        out.name("version").raw(entry.version());
      }
      out.close();
    }
    return Answer.json(
        200, out.closeList().member("last", sandbox.log().lastSeq()).close().toString());
  }

  private Answer truth(String name) {
    for (EmrSimulator emr : sandbox.emrs()) {
      for (SimulatedClinic clinic : emr.clinics()) {
        if (clinic.name().equals(name)) {
          return Answer.json(200, clinic.truth());
        }
      }
    }
    for (GhlLocation location : sandbox.ghl().locations()) {
      if (location.id().equals(name) || location.name().equals(name)) {
        return Answer.json(200, location.truth());
      }
    }
    return error(404, "no such account");
  }

  private Answer faults(String method, JsonNode body) {
    if (method.equals("DELETE") || body.has("clear")) {
      if (body.path("clear").isTextual()) {
        sandbox.faults().clear(body.get("clear").asText());
      } else {
        sandbox.faults().clear();
      }
      return Answer.json(200, "{\"ok\":true}");
    }
    Fault fault = Fault.of(FaultKind.valueOf(body.path("kind").asText().toUpperCase(Locale.ROOT)));
    if (body.has("account")) {
      fault = fault.onAccount(body.get("account").asText());
    }
    if (body.has("method")) {
      fault = fault.onMethod(body.get("method").asText());
    }
    if (body.has("path")) {
      fault = fault.onPath(body.get("path").asText());
    }
    if (body.has("probability")) {
      fault =
          fault.withProbability(body.get("probability").asDouble(), body.path("seed").asLong(1));
    }
    if (body.has("seconds")) {
      fault = fault.lasting(Duration.ofSeconds(body.get("seconds").asLong()));
    }
    fault =
        fault
            .fromCall(body.path("fromCall").asInt(1))
            .times(body.path("calls").asInt(Integer.MAX_VALUE));
    if (body.has("call")) {
      fault = fault.onCall(body.get("call").asInt());
    }
    fault = fault.answering(body.path("status").asInt(500)).amount(body.path("amount").asLong(-1));
    for (var header : body.path("headers").properties()) {
      fault = fault.header(header.getKey(), header.getValue().asText());
    }
    if (body.has("field")) {
      fault = fault.field(body.get("field").asText());
    }
    return Answer.json(200, JsonOut.of(Map.of("id", sandbox.faults().set(fault))));
  }

  /**
   * {@code {"freeze":instant}}, {@code {"set":instant}}, {@code {"advanceSeconds":n}}, {@code
   * {"offsetSeconds":n}} or a skew.
   */
  private Answer clock(JsonNode body) {
    SandboxClock clock = sandbox.clock();
    if (body.has("freeze")) {
      clock.freezeAt(Instant.parse(body.get("freeze").asText()));
    }
    if (body.has("set")) {
      clock.runFrom(Instant.parse(body.get("set").asText()));
    }
    if (body.has("offsetSeconds")) {
      clock.offset(Duration.ofSeconds(body.get("offsetSeconds").asLong()));
    }
    if (body.has("advanceSeconds")) {
      clock.advance(Duration.ofSeconds(body.get("advanceSeconds").asLong()));
    }
    if (body.has("vendor")) {
      clock.skew(
          body.get("vendor").asText(), Duration.ofSeconds(body.path("skewSeconds").asLong()));
    }
    Replay.keep(clock.state(), sandbox.journal());
    return Answer.json(200, JsonOut.of(Map.of("now", clock.instant())));
  }

  private Answer account(JsonNode body) {
    String name = body.path("name").asText("clinic");
    ZoneId zone = ZoneId.of(body.path("zone").asText("Australia/Sydney"));
    if (body.path("vendor").asText("cliniko").equals("ghl")) {
      GhlLocation location =
          sandbox.ghl().createLocation(name, body.path("country").asText("AU"), zone);
      return Answer.json(
          200,
          JsonOut.of(
              Map.of(
                  "base",
                  sandbox.ghlBase(),
                  "locationId",
                  location.id(),
                  "token",
                  location.token(),
                  "calendarId",
                  location.calendarId())));
    }
    String emr = body.path("vendor").asText("cliniko");
    Instant now =
        body.has("now")
            ? Instant.parse(body.get("now").asText())
            : sandbox.emr(emr).clock().instant();
    SandboxServer.EmrAccount opened =
        sandbox.open(
            emr,
            new EmrSimulator.Opening(
                name, body.path("seed").asLong(1), body.path("size").asInt(60), zone, now));
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("base", opened.base());
    answer.put("account", name);
    answer.put("credentials", opened.clinic().credentials());
    opened.clinic().credentials().values().stream()
        .map(fields -> fields.get("apiKey"))
        .filter(Objects::nonNull)
        .findFirst()
        .ifPresent(key -> answer.put("apiKey", key));
    return Answer.json(200, JsonOut.of(answer));
  }
}
