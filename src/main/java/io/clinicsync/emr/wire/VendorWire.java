package io.clinicsync.emr.wire;

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
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;

/**
 * Sends one connector's calls under its quota and says in the words of {@link EmrException} what
 * went wrong. What a status or a body means beyond that is the connector's.
 */
public final class VendorWire {

  private static final Duration BOOKING_DEADLINE = Duration.ofSeconds(10);
  private static final long MAX_BYTES = 32L << 20;
  private static final int LARGE = 1 << 20;

  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  // Depth is judged per entry, so that one deep entry does not take its page along.
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(20_000).build())
                  .build())
          .build();

  private final OutboundHttp http;
  private final String emr;
  private final RateLimit limit;
  private final Duration syncDeadline;
  private final Function<HttpAnswer, Optional<Duration>> waitAsked;

  /**
   * A wire to one vendor.
   *
   * @param emr the connector's id; names the quota together with the connection
   * @param syncDeadline overall, for background work; somebody who waits gets ten seconds
   * @param waitAsked what a 429 says about waiting besides {@code Retry-After}; empty for nothing
   */
  public VendorWire(
      OutboundHttp http,
      String emr,
      RateLimit limit,
      Duration syncDeadline,
      Function<HttpAnswer, Optional<Duration>> waitAsked) {
    this.http = http;
    this.emr = emr;
    this.limit = limit;
    this.syncDeadline = syncDeadline;
    this.waitAsked = waitAsked;
  }

  /** A wire to a vendor that says how long to wait in {@code Retry-After} only, or not at all. */
  public VendorWire(OutboundHttp http, String emr, RateLimit limit) {
    this(http, emr, limit, Duration.ofSeconds(60), answer -> Optional.empty());
  }

  /**
   * Sends a call.
   *
   * @return any complete answer, redirects and refusals included
   * @throws EmrException RATE_LIMITED on 429, UNAVAILABLE when the call did not leave or a read got
   *     no answer, CONTRACT_BROKEN when a read's answer was unusable, OUTCOME_UNKNOWN when a write
   *     may have happened
   */
  public HttpAnswer send(EmrAccount account, WireCall call) {
    Urgency urgency = account.urgency();
    HttpCall sent =
        new HttpCall(
            quota(account),
            lane(urgency),
            call.operation(),
            call.method(),
            call.uri(),
            call.headers(),
            call.body(),
            call.repeatable(),
            urgency.isWaitedFor() ? BOOKING_DEADLINE : syncDeadline,
            MAX_BYTES,
            waitAsked);
    try {
      return http.send(sent);
    } catch (HttpFailure failure) {
      throw failed(call, failure);
    }
  }

  private static Lane lane(Urgency urgency) {
    return switch (urgency) {
      case CHANGE -> Lane.CHANGE;
      case BOOKING -> Lane.BOOKING;
      case SYNC -> Lane.SYNC;
    };
  }

  /** As {@link #send}, for calls that succeed with 2xx only. */
  public HttpAnswer ok(EmrAccount account, WireCall call) {
    HttpAnswer answer = send(account, call);
    if (!answer.isSuccess()) {
      throw refused(call, answer.status());
    }
    return answer;
  }

  /** As {@link #ok}, read as JSON. */
  public Document json(EmrAccount account, WireCall call) {
    return parse(ok(account, call), call.operation());
  }

  private Quota quota(EmrAccount account) {
    return new Quota(
        account.tenant(),
        emr + ":" + account.id(),
        limit.calls(),
        limit.per(),
        limit.perDay(),
        limit.atOnce(),
        limit.keptForBooking());
  }

  private static EmrException failed(WireCall call, HttpFailure failure) {
    EmrException.Kind kind =
        switch (failure.kind()) {
          case SLOW_DOWN -> EmrException.Kind.RATE_LIMITED;
          case NOT_SENT -> EmrException.Kind.UNAVAILABLE;
          case NO_ANSWER ->
              call.repeatable() ? EmrException.Kind.UNAVAILABLE : EmrException.Kind.OUTCOME_UNKNOWN;
          case UNUSABLE ->
              call.repeatable()
                  ? EmrException.Kind.CONTRACT_BROKEN
                  : EmrException.Kind.OUTCOME_UNKNOWN;
        };
    return new EmrException(
        kind, call.operation() + " did not succeed", failure.retryAfter().orElse(null), failure);
  }

  /**
   * What a refusing status means where the vendor gives it no meaning of its own. A write that met
   * a server error may have happened.
   */
  public static EmrException refused(WireCall call, int status) {
    EmrException.Kind kind =
        switch (status) {
          case 401 -> EmrException.Kind.CREDENTIALS_REJECTED;
          case 403 -> EmrException.Kind.PERMISSION_MISSING;
          case 404 -> EmrException.Kind.NOT_FOUND;
          default -> {
            if (status >= 500) {
              yield call.repeatable()
                  ? EmrException.Kind.UNAVAILABLE
                  : EmrException.Kind.OUTCOME_UNKNOWN;
            }
            yield status >= 400
                ? EmrException.Kind.REQUEST_REJECTED
                : EmrException.Kind.CONTRACT_BROKEN;
          }
        };
    return new EmrException(kind, call.operation() + " was answered with status " + status);
  }

  /** The vendor's clock as of this answer, else ours at its arrival [R1]. */
  public static Instant vendorNow(HttpAnswer answer) {
    return answer.vendorNow().orElse(answer.receivedAt());
  }

  /**
   * Reads an answer as JSON.
   *
   * @throws EmrException CONTRACT_BROKEN when it is none
   */
  public static Document parse(HttpAnswer answer, String operation) {
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
      JsonNode root = JSON.readTree(text);
      if (root == null || root.isMissingNode()) {
        throw broken(operation);
      }
      return new Document(root, damaged, answer.body().length > LARGE);
    } catch (JsonProcessingException notJson) {
      // Not passed on as a cause: the parser quotes what it read.
      throw broken(operation);
    }
  }

  /** The answer is not as we know it. */
  public static EmrException broken(String operation) {
    return new EmrException(
        EmrException.Kind.CONTRACT_BROKEN, operation + " gave an answer of unknown shape");
  }
}
