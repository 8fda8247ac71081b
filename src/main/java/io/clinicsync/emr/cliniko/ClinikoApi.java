package io.clinicsync.emr.cliniko;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.emr.spi.RateLimit;
import io.clinicsync.emr.spi.Urgency;
import io.clinicsync.http.HttpAnswer;
import io.clinicsync.http.HttpCall;
import io.clinicsync.http.HttpFailure;
import io.clinicsync.http.Lane;
import io.clinicsync.http.OutboundHttp;
import io.clinicsync.http.Quota;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * Cliniko's API v1 on the wire. Addresses in answers are never followed, since the key would go
 * with them.
 */
@Component
class ClinikoApi {

  static final RateLimit LIMIT =
      new RateLimit(200, Duration.ofMinutes(1), RateLimit.Scope.ACCOUNT, 4, 50);

  private static final Duration BOOKING_DEADLINE = Duration.ofSeconds(10);
  private static final Duration SYNC_DEADLINE = Duration.ofSeconds(60);
  private static final Duration WAIT_WHEN_UNSAID = Duration.ofSeconds(60);
  private static final long MAX_BYTES = 32L << 20;
  private static final int LARGE = 1 << 20;

  private final OutboundHttp http;
  private final String userAgent;
  private final JsonMapper json =
      JsonMapper.builder(
              JsonFactory.builder()
                  // Depth is judged per entry, so that one deep entry does not take its page with
                  // it.
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(20_000).build())
                  .build())
          .build();

  ClinikoApi(
      OutboundHttp http,
      @Value("${clinicsync.contact-email:integrations@example.org}") String contact) {
    this.http = http;
    // Requests without a name and a working address may be blocked without notice.
    this.userAgent = "ClinicSync (" + contact + ")";
  }

  /** One JSON object, for example {@code /user}. */
  record Single(ClinikoEntry entry, Instant vendorNow) {}

  Single one(EmrAccount account, String operation, String path, ClinikoQuery query) {
    HttpAnswer answer = get(account, operation, path, query);
    Parsed parsed = parse(answer, operation);
    if (!parsed.json().isObject()) {
      throw broken(operation);
    }
    return new Single(parsed.entry(parsed.json()), vendorNow(answer));
  }

  /** Like {@link #one}, empty when there is no such row. */
  Optional<Single> find(EmrAccount account, String operation, String path, ClinikoQuery query) {
    try {
      return Optional.of(one(account, operation, path, query));
    } catch (EmrException failure) {
      if (failure.kind() == EmrException.Kind.NOT_FOUND) {
        return Optional.empty();
      }
      throw failure;
    }
  }

  /** One page of a list whose rows stand under {@code member}. */
  ClinikoList list(EmrAccount account, String path, String member, ClinikoQuery query) {
    String operation = "cliniko." + member + ".list";
    HttpAnswer answer = get(account, operation, path, query);
    Parsed parsed = parse(answer, operation);
    JsonNode rows = parsed.json().path(member);
    if (!rows.isArray()) {
      throw broken(operation);
    }
    List<ClinikoEntry> entries = new ArrayList<>(rows.size());
    rows.forEach(row -> entries.add(parsed.entry(row)));
    boolean more = !parsed.json().path("links").path("next").asText("").isEmpty();
    if (more && entries.isEmpty()) {
      throw broken(operation);
    }
    long total = parsed.json().path("total_entries").asLong(-1);
    return new ClinikoList(entries, more, total, vendorNow(answer));
  }

  /** All pages of a short list, walked again when it changed under way [R5]. */
  List<ClinikoEntry> all(EmrAccount account, String path, String member, ClinikoPages pages) {
    for (int walk = 0; walk < 5; walk++) {
      List<ClinikoEntry> entries = new ArrayList<>();
      long total = -1;
      boolean steady = true;
      for (int page = 1; steady; page++) {
        ClinikoList list = list(account, path, member, pages.query().page(page));
        steady = page == 1 || list.total() == total;
        total = list.total();
        entries.addAll(list.entries());
        if (steady && !list.more()) {
          return entries;
        }
      }
    }
    throw new EmrException(
        EmrException.Kind.UNAVAILABLE, "A Cliniko list kept changing while it was read");
  }

  /** Makes the query of a list anew for each page. */
  @FunctionalInterface
  interface ClinikoPages {
    ClinikoQuery query();
  }

  /** Writes, and gives the row as Cliniko then has it. */
  ClinikoEntry written(EmrAccount account, ClinikoWrite write) {
    HttpAnswer answer = send(account, write);
    try {
      Parsed parsed = parse(answer, write.operation());
      if (parsed.json().isObject()) {
        return parsed.entry(parsed.json());
      }
    } catch (EmrException unreadable) {
      throw unknown(write.operation(), unreadable);
    }
    throw unknown(write.operation(), null);
  }

  /** Writes where Cliniko answers with nothing. */
  void write(EmrAccount account, ClinikoWrite write) {
    send(account, write);
  }

  /** Sent once, whatever comes of it: a second one could do the same thing twice. */
  private HttpAnswer send(EmrAccount account, ClinikoWrite write) {
    Map<String, String> headers = new HashMap<>(headers(account));
    headers.put("Content-Type", "application/json");
    byte[] body = write.body().toString().getBytes(StandardCharsets.UTF_8);
    URI address = address(account, write.path(), ClinikoQuery.single());
    HttpCall call = call(account, write.operation(), write.method(), address, headers, body, false);
    try {
      HttpAnswer answer = http.send(call);
      if (!answer.isSuccess()) {
        throw refusedWrite(write.operation(), answer.status());
      }
      return answer;
    } catch (HttpFailure failure) {
      throw failedWrite(write.operation(), failure);
    }
  }

  private HttpAnswer get(EmrAccount account, String operation, String path, ClinikoQuery query) {
    URI address = address(account, path, query);
    HttpCall call = call(account, operation, "GET", address, headers(account), null, true);
    try {
      HttpAnswer answer = http.send(call);
      if (answer.status() != 200) {
        throw refused(operation, answer.status());
      }
      return answer;
    } catch (HttpFailure failure) {
      throw failed(operation, failure);
    }
  }

  private static HttpCall call(
      EmrAccount account,
      String operation,
      String method,
      URI address,
      Map<String, String> headers,
      byte @Nullable [] body,
      boolean repeatable) {
    Urgency urgency = account.urgency();
    return new HttpCall(
        quota(account),
        lane(urgency),
        operation,
        method,
        address,
        headers,
        body,
        repeatable,
        urgency.isWaitedFor() ? BOOKING_DEADLINE : SYNC_DEADLINE,
        MAX_BYTES,
        ClinikoApi::waitAsked);
  }

  private static Lane lane(Urgency urgency) {
    return switch (urgency) {
      case CHANGE -> Lane.CHANGE;
      case BOOKING -> Lane.BOOKING;
      case SYNC -> Lane.SYNC;
    };
  }

  private Map<String, String> headers(EmrAccount account) {
    return Map.of(
        "Accept",
        "application/json",
        "User-Agent",
        userAgent,
        "Authorization",
        authorization(account));
  }

  private static URI address(EmrAccount account, String path, ClinikoQuery query) {
    String base = account.base().toString();
    String origin = base.endsWith("/") ? base.substring(0, base.length() - 1) : base;
    return URI.create(origin + "/v1" + path + query.text());
  }

  static Quota quota(EmrAccount account) {
    return new Quota(
        account.tenant(),
        "cliniko:" + account.id(),
        LIMIT.calls(),
        LIMIT.per(),
        null,
        LIMIT.atOnce(),
        LIMIT.keptForBooking());
  }

  private static String authorization(EmrAccount account) {
    String pair = account.credentials().require(ClinikoConnector.API_KEY).strip() + ":";
    return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
  }

  /** {@code X-RateLimit-Reset} holds UNIX seconds; where no header says anything, a window. */
  private static Optional<Duration> waitAsked(HttpAnswer answer) {
    Optional<String> reset = answer.header("X-RateLimit-Reset").filter(v -> v.matches("\\d{1,11}"));
    if (reset.isPresent()) {
      Instant opens = Instant.ofEpochSecond(Long.parseLong(reset.get()));
      return Optional.of(Duration.between(vendorNow(answer), opens).plusSeconds(1));
    }
    return answer.header("Retry-After").isPresent()
        ? Optional.empty()
        : Optional.of(WAIT_WHEN_UNSAID);
  }

  private static Instant vendorNow(HttpAnswer answer) {
    return answer.vendorNow().orElse(answer.receivedAt());
  }

  private static EmrException failed(String operation, HttpFailure failure) {
    EmrException.Kind kind =
        switch (failure.kind()) {
          case SLOW_DOWN -> EmrException.Kind.RATE_LIMITED;
          case NOT_SENT, NO_ANSWER -> EmrException.Kind.UNAVAILABLE;
          case UNUSABLE -> EmrException.Kind.CONTRACT_BROKEN;
        };
    return new EmrException(
        kind, operation + " did not succeed", failure.retryAfter().orElse(null), failure);
  }

  private static EmrException refused(String operation, int status) {
    EmrException.Kind kind =
        switch (status) {
          case 401 -> EmrException.Kind.CREDENTIALS_REJECTED;
          case 403 -> EmrException.Kind.PERMISSION_MISSING;
          case 404 -> EmrException.Kind.NOT_FOUND;
          default -> {
            if (status >= 500) {
              yield EmrException.Kind.UNAVAILABLE;
            }
            yield status >= 400
                ? EmrException.Kind.REQUEST_REJECTED
                : EmrException.Kind.CONTRACT_BROKEN;
          }
        };
    return new EmrException(kind, operation + " was answered with status " + status);
  }

  private static EmrException failedWrite(String operation, HttpFailure failure) {
    return switch (failure.kind()) {
      case SLOW_DOWN, NOT_SENT -> failed(operation, failure);
      case NO_ANSWER, UNUSABLE -> unknown(operation, failure);
    };
  }

  /**
   * Only a refusal Cliniko words itself is final; anything else leaves open what was done [R27].
   */
  private static EmrException refusedWrite(String operation, int status) {
    boolean open = status < 400 || status == 408 || status >= 500;
    return open ? unknown(operation, null) : refused(operation, status);
  }

  /** A write that may have been done. */
  static EmrException unknown(String operation, @Nullable Exception cause) {
    return new EmrException(
        EmrException.Kind.OUTCOME_UNKNOWN,
        operation + " was sent, and what became of it is not known",
        null,
        cause);
  }

  private record Parsed(JsonNode json, boolean damaged, boolean large) {

    ClinikoEntry entry(JsonNode node) {
      return new ClinikoEntry(node, damaged, large);
    }
  }

  private Parsed parse(HttpAnswer answer, String operation) {
    boolean damaged = false;
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(answer.body())).toString();
    } catch (CharacterCodingException notUtf8) {
      // Read on with replacement characters: only the entries that hold them are refused.
      damaged = true;
      text = answer.text();
    }
    try {
      JsonNode root = json.readTree(text);
      if (root == null) {
        throw broken(operation);
      }
      return new Parsed(root, damaged, answer.body().length > LARGE);
    } catch (JsonProcessingException notJson) {
      // Not passed on as a cause: the parser quotes what it read.
      throw broken(operation);
    }
  }

  static EmrException broken(String operation) {
    return new EmrException(
        EmrException.Kind.CONTRACT_BROKEN, operation + " gave an answer of unknown shape");
  }
}
