package io.clinicsync.emr.jane;

import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.emr.spi.EmrSession;
import io.clinicsync.emr.spi.EmrSessions;
import io.clinicsync.emr.spi.RateLimit;
import io.clinicsync.emr.wire.Document;
import io.clinicsync.emr.wire.Entry;
import io.clinicsync.emr.wire.VendorWire;
import io.clinicsync.http.HttpAnswer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The addresses Jane's own pages call, in the session of the clinic's user: at most one request a
 * second and one at a time. None of them is documented; what was seen is in {@code
 * docs/connectors.md}.
 */
final class JaneWeb {

  static final RateLimit LIMIT =
      new RateLimit(1, Duration.ofSeconds(1), RateLimit.Scope.ACCOUNT, 1, 0);
  static final int PER_PAGE = 100;

  private static final String SESSION = "web";

  /** A code lives a little over five minutes. */
  private static final Duration CODE_LIFE = Duration.ofMinutes(6);

  private final VendorWire wire;
  private final EmrSessions sessions;
  private final Clock clock;
  private final String userAgent;

  JaneWeb(VendorWire wire, EmrSessions sessions, Clock clock, String userAgent) {
    this.wire = wire;
    this.sessions = sessions;
    this.clock = clock;
    this.userAgent = userAgent;
  }

  /** An answer's JSON and the vendor's clock. */
  record Got(Document document, Instant vendorNow) {

    JsonNode json() {
      return document.json();
    }
  }

  /** One page of a list with its total. */
  record Listed(List<Entry> entries, long total, Instant vendorNow) {}

  Got get(EmrAccount account, String operation, String path, JaneQuery query) {
    return visit(account, visit -> get(visit, operation, path, query));
  }

  /** Works alone with the clinic's session, so that nobody else's call comes in between. */
  <T extends @Nullable Object> T visit(EmrAccount account, Function<JaneVisit, T> work) {
    return sessions.alone(account, SESSION, holder -> work.apply(visit(account, holder)));
  }

  /** As {@link #get(EmrAccount, String, String, JaneQuery)}, within a visit. */
  static Got get(JaneVisit visit, String operation, String path, JaneQuery query) {
    HttpAnswer answer = visit.get(operation, path + query.text());
    return new Got(VendorWire.parse(answer, operation), VendorWire.vendorNow(answer));
  }

  private JaneVisit visit(EmrAccount account, EmrSessions.Holder holder) {
    return new JaneVisit(wire, clock, userAgent, account, holder);
  }

  /** As {@link #get}; empty when there is no such thing. */
  Optional<Got> find(EmrAccount account, String operation, String path, JaneQuery query) {
    return visit(account, visit -> find(visit, operation, path, query));
  }

  /** As {@link #find(EmrAccount, String, String, JaneQuery)}, within a visit. */
  static Optional<Got> find(JaneVisit visit, String operation, String path, JaneQuery query) {
    try {
      return Optional.of(get(visit, operation, path, query));
    } catch (EmrException failure) {
      if (failure.kind() == EmrException.Kind.NOT_FOUND) {
        return Optional.empty();
      }
      throw failure;
    }
  }

  /** A page of a list that stands under a member beside its total. */
  Listed list(EmrAccount account, String operation, String path, String member, JaneQuery query) {
    Got got = get(account, operation, path, query);
    JsonNode list = got.json().path(member);
    JsonNode total = got.json().path("total_entries");
    if (!list.isArray() || !total.isIntegralNumber()) {
      throw VendorWire.broken(operation);
    }
    return new Listed(got.document().entries(list), total.asLong(), got.vendorNow());
  }

  /** A whole list, bare or under a member. */
  List<Entry> all(EmrAccount account, String operation, String path, String member) {
    Got got = get(account, operation, path, new JaneQuery());
    JsonNode list = got.json().isArray() ? got.json() : got.json().path(member);
    if (!list.isArray()) {
      throw VendorWire.broken(operation);
    }
    return got.document().entries(list);
  }

  /** Begins again where a code was asked for and nobody typed it in time. */
  void begin(EmrAccount account) {
    sessions.alone(
        account,
        SESSION,
        holder -> {
          JaneVisit visit = visit(account, holder);
          JaneJar.Waiting asked = visit.waiting();
          if (asked != null && isOver(asked)) {
            visit.forgetChallenge();
          }
          return holder;
        });
  }

  private boolean isOver(JaneJar.Waiting asked) {
    return clock.millis() - asked.since() > CODE_LIFE.toMillis();
  }

  JaneJar.@Nullable Waiting waiting(EmrAccount account) {
    return sessions
        .find(account, SESSION)
        .map(EmrSession::value)
        .map(JaneJar::of)
        .map(JaneJar::waiting)
        .orElse(null);
  }

  void answer(EmrAccount account, String code) {
    sessions.alone(
        account,
        SESSION,
        holder -> {
          visit(account, holder).answer(code);
          return holder;
        });
  }
}
