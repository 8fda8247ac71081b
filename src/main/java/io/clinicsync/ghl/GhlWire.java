package io.clinicsync.ghl;

import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.http.HttpAnswer;
import io.clinicsync.http.HttpCall;
import io.clinicsync.http.HttpFailure;
import io.clinicsync.http.Lane;
import io.clinicsync.http.OutboundHttp;
import io.clinicsync.http.Permits;
import io.clinicsync.http.Quota;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Builds and sends calls, feeds the vendor's view of the quota back, and turns failures into {@link
 * GhlException}.
 */
final class GhlWire {

  static final int CALLS = 100;
  static final Duration PER = Duration.ofSeconds(10);
  static final int PER_DAY = 200_000;
  static final int KEPT_FOR_BOOKING = 25;
  private static final int AT_ONCE = 10;
  private static final Duration URGENT_DEADLINE = Duration.ofSeconds(5);
  private static final Duration DEADLINE = Duration.ofSeconds(20);
  private static final long MAX_BYTES = 8L * 1024 * 1024;

  private final OutboundHttp http;
  private final Permits permits;

  GhlWire(OutboundHttp http, Permits permits) {
    this.http = http;
    this.permits = permits;
  }

  /** Sends once and returns any complete answer but 429. */
  HttpAnswer send(
      GhlAccount account,
      GhlEndpoint endpoint,
      URI uri,
      @Nullable String bearer,
      @Nullable Body body) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Accept", "application/json");
    if (!endpoint.version().isEmpty()) {
      headers.put("Version", endpoint.version());
    }
    if (bearer != null) {
      headers.put("Authorization", "Bearer " + bearer);
    }
    if (body != null) {
      headers.put("Content-Type", body.type());
    }
    Quota quota = quota(account);
    HttpCall call =
        new HttpCall(
            quota,
            account.urgent() ? Lane.BOOKING : Lane.SYNC,
            endpoint.operation(),
            endpoint.method(),
            uri,
            headers,
            body == null ? null : body.bytes(),
            endpoint.repeatable(),
            account.urgent() ? URGENT_DEADLINE : DEADLINE,
            MAX_BYTES,
            GhlWire::waitAsked);
    try {
      HttpAnswer answer = http.send(call);
      observe(quota, answer);
      return answer;
    } catch (HttpFailure failure) {
      throw GhlErrors.of(endpoint, failure);
    }
  }

  /** The published limit of one app in one sub-account: burst and day [R15]. */
  static Quota quota(GhlAccount account) {
    return new Quota(
        account.tenant(),
        "ghl:" + account.locationId(),
        CALLS,
        PER,
        PER_DAY,
        AT_ONCE,
        KEPT_FOR_BOOKING);
  }

  static URI uri(GhlAccount account, String path, Map<String, String> query) {
    StringBuilder text = new StringBuilder(account.base().toString());
    if (text.charAt(text.length() - 1) == '/') {
      text.setLength(text.length() - 1);
    }
    text.append(path);
    char separator = '?';
    for (Map.Entry<String, String> each : query.entrySet()) {
      text.append(separator)
          .append(encoded(each.getKey()))
          .append('=')
          .append(encoded(each.getValue()));
      separator = '&';
    }
    return URI.create(text.toString());
  }

  static String encoded(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private void observe(Quota quota, HttpAnswer answer) {
    OptionalLong daily = number(answer, "X-RateLimit-Daily-Remaining");
    if (daily.isPresent() && daily.getAsLong() <= 0) {
      permits.pauseUntil(quota, nextDay(answer.receivedAt()));
      return;
    }
    OptionalLong remaining = number(answer, "X-RateLimit-Remaining");
    if (remaining.isPresent()) {
      permits.observe(quota, remaining.getAsLong(), interval(answer));
    }
  }

  private static Optional<Duration> waitAsked(HttpAnswer answer) {
    OptionalLong daily = number(answer, "X-RateLimit-Daily-Remaining");
    if (daily.isPresent() && daily.getAsLong() <= 0) {
      return Optional.of(Duration.between(answer.receivedAt(), nextDay(answer.receivedAt())));
    }
    OptionalLong seconds = number(answer, "Retry-After");
    if (seconds.isPresent()) {
      return Optional.of(Duration.ofSeconds(seconds.getAsLong()));
    }
    return number(answer, "X-RateLimit-Interval-Milliseconds").isPresent()
        ? Optional.of(interval(answer))
        : Optional.empty();
  }

  // The vendor does not say when its day begins; midnight UTC is an assumption, corrected by the
  // next answer.
  private static Instant nextDay(Instant now) {
    return LocalDate.ofInstant(now, ZoneOffset.UTC)
        .plusDays(1)
        .atStartOfDay(ZoneOffset.UTC)
        .toInstant();
  }

  private static Duration interval(HttpAnswer answer) {
    return Duration.ofMillis(
        number(answer, "X-RateLimit-Interval-Milliseconds").orElse(PER.toMillis()));
  }

  private static OptionalLong number(HttpAnswer answer, String header) {
    try {
      return answer
          .header(header)
          .map(value -> OptionalLong.of(Long.parseLong(value.trim())))
          .orElse(OptionalLong.empty());
    } catch (NumberFormatException unreadable) {
      return OptionalLong.empty();
    }
  }

  /** A request body with its media type. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared, only sent.
  record Body(String type, byte[] bytes) {

    static Body json(JsonNode node) {
      return new Body("application/json", GhlJson.write(node));
    }

    static Body form(Map<String, String> fields) {
      StringBuilder text = new StringBuilder();
      fields.forEach(
          (name, value) ->
              text.append(text.isEmpty() ? "" : "&")
                  .append(encoded(name))
                  .append('=')
                  .append(encoded(value)));
      return new Body(
          "application/x-www-form-urlencoded", text.toString().getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String toString() {
      return "Body[" + type + ", " + bytes.length + " bytes]";
    }
  }
}
