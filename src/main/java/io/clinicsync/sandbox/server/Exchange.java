package io.clinicsync.sandbox.server;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes one call through faults, simulator and operation log. */
public final class Exchange {

  private static final DateTimeFormatter HTTP_DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);
  private static final JsonFactory JSON = new JsonFactory();

  /** Every request line; the tests look for what does not belong into an address. */
  private static final Logger REQUESTS = LoggerFactory.getLogger("io.clinicsync.sandbox.requests");

  private final Faults faults;
  private final OperationLog log;

  public Exchange(Faults faults, OperationLog log) {
    this.faults = faults;
    this.log = log;
  }

  /** Answers a request whose path has lost the vendor's prefix. */
  public Reply run(Simulator simulator, Request request) {
    String account = simulator.accountOf(request);
    String whole =
        request.rawQuery().isEmpty() ? request.path() : request.path() + "?" + request.rawQuery();
    REQUESTS.trace("{} {}", request.method(), whole);
    List<Fault> hits = faults.hitting(account, request.method(), whole);
    for (Fault fault : hits) {
      switch (fault.kind()) {
        case LATENCY -> sleep(fault.amountOr(1000));
        case REFUSED_CONNECTION -> {
          return new Reply(
              refused(simulator, account, request, Answer.empty(503)), Reply.Way.NOTHING, 0);
        }
        case STATUS -> {
          Answer answer =
              Answer.json(fault.status(), "{\"message\":\"Injected " + fault.status() + "\"}");
          for (Map.Entry<String, String> header : fault.headers().entrySet()) {
            answer = answer.with(header.getKey(), header.getValue());
          }
          return Reply.whole(refused(simulator, account, request, answer));
        }
        default -> {
          // Comes after the call.
        }
      }
    }
    Answer answer = simulator.answer(FaultyAnswers.dropping(request, hits));
    logged(simulator, account, request, answer);
    Answer clean = dated(simulator, stripped(answer));
    for (Fault fault : hits) {
      if (fault.kind() != FaultKind.LATENCY && fault.kind() != FaultKind.DROP_FIELD) {
        return FaultyAnswers.spoil(fault, clean);
      }
    }
    return Reply.whole(clean);
  }

  private Answer refused(Simulator simulator, String account, Request request, Answer answer) {
    Instant now = simulator.clock().instant();
    String operation = request.method() + " " + request.path();
    log.add(now, account, LogEntry.Kind.REFUSED, operation, List.of(), 0, answer.status(), null);
    return dated(simulator, answer);
  }

  private void logged(Simulator simulator, String account, Request request, Answer answer) {
    LogEntry.Kind kind = simulator.kindOf(request, answer);
    String version = kind == LogEntry.Kind.WRITE ? version(answer) : null;
    String id = answer.headers().get("X-Sandbox-Id");
    if (id == null && kind == LogEntry.Kind.WRITE) {
      id = firstId(answer.body());
    }
    List<String> ids = id == null ? List.of() : List.of(id);
    String operation = request.method() + " " + request.path();
    log.add(
        simulator.clock().instant(),
        account,
        kind,
        operation,
        ids,
        ids.size(),
        answer.status(),
        version);
  }

  private static @Nullable String version(Answer answer) {
    String version = answer.headers().get("X-Sandbox-Version");
    // What a page of a web site says is no record.
    return version != null || !isJson(answer) ? version : answer.text();
  }

  private static boolean isJson(Answer answer) {
    return answer.body().length > 0 && (answer.body()[0] == '{' || answer.body()[0] == '[');
  }

  /** The first member called id, wherever it is. */
  private static @Nullable String firstId(byte[] body) {
    try (JsonParser parser = JSON.createParser(body)) {
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (token == JsonToken.FIELD_NAME && parser.currentName().equals("id")) {
          parser.nextToken();
          return parser.getText();
        }
      }
      return null;
    } catch (IOException notJson) {
      return null;
    }
  }

  private static Answer stripped(Answer answer) {
    if (!answer.headers().containsKey("X-Sandbox-Id")
        && !answer.headers().containsKey("X-Sandbox-Version")) {
      return answer;
    }
    Map<String, String> headers = new LinkedHashMap<>(answer.headers());
    headers.remove("X-Sandbox-Id");
    headers.remove("X-Sandbox-Version");
    return new Answer(answer.status(), headers, answer.body());
  }

  private static Answer dated(Simulator simulator, Answer answer) {
    return answer.with("Date", HTTP_DATE.format(simulator.clock().instant()));
  }

  private static void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    }
  }
}
