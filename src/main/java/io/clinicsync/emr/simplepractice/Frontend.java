package io.clinicsync.emr.simplepractice;

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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * The JSON:API the vendor's own application uses, in the session of a team member: one request at a
 * time, 0.7 seconds apart. No part of it is documented; what was seen is in {@code
 * docs/connectors.md}.
 */
final class Frontend {

  static final RateLimit LIMIT =
      new RateLimit(1, Duration.ofMillis(700), RateLimit.Scope.ACCOUNT, 1, 0);
  static final int PAGE = 50;
  static final int MOST_PAGES = 200;
  static final String JSON_API = "application/vnd.api+json";

  /** The application of that day sent it; seen 2025 in public clients. */
  static final String VERSION = "2025-03-21";

  private static final String SESSION = "web";

  /** How long a code lives is not known. */
  private static final Duration CODE_LIFE = Duration.ofMinutes(10);

  private final VendorWire wire;
  private final EmrSessions sessions;
  private final Clock clock;
  private final String userAgent;

  Frontend(VendorWire wire, EmrSessions sessions, Clock clock, String userAgent) {
    this.wire = wire;
    this.sessions = sessions;
    this.clock = clock;
    this.userAgent = userAgent;
  }

  /** Makes an answer of a document, its call's name and the vendor's time. */
  private interface Reading {
    Loaded of(Document document, String operation, Instant vendorNow);
  }

  private Loaded get(
      EmrAccount account, String operation, String path, Query query, Reading reading) {
    return sessions.alone(
        account,
        SESSION,
        holder -> {
          HttpAnswer answer = visit(account, holder).get(operation, path(path) + query.text());
          return reading.of(
              VendorWire.parse(answer, operation), operation, VendorWire.vendorNow(answer));
        });
  }

  private static String path(String path) {
    return "/frontend/" + path;
  }

  private Visit visit(EmrAccount account, EmrSessions.Holder holder) {
    return new Visit(wire, clock, userAgent, account, holder);
  }

  /**
   * Writes, once.
   *
   * @return what the vendor says it has now
   * @throws EmrException OUTCOME_UNKNOWN when it was sent and nobody can tell what became of it
   */
  Loaded write(EmrAccount account, Write write) {
    return sessions.alone(
        account,
        SESSION,
        holder -> {
          HttpAnswer answer = visit(account, holder).write(write, path(write.path()));
          try {
            return Loaded.one(
                VendorWire.parse(answer, write.operation()),
                write.operation(),
                VendorWire.vendorNow(answer));
          } catch (EmrException unreadable) {
            throw Write.unknown(write.operation(), unreadable);
          }
        });
  }

  Loaded list(EmrAccount account, String operation, String path, Query query) {
    return get(account, operation, path, query, Loaded::list);
  }

  Loaded one(EmrAccount account, String operation, String path, Query query) {
    return get(account, operation, path, query, Loaded::one);
  }

  /** As {@link #one}; empty when there is no such thing. */
  Optional<Loaded> find(EmrAccount account, String operation, String path, Query query) {
    try {
      return Optional.of(one(account, operation, path, query));
    } catch (EmrException failure) {
      if (failure.kind() == EmrException.Kind.NOT_FOUND) {
        return Optional.empty();
      }
      throw failure;
    }
  }

  /** Every resource of a short list; a short page is its last. */
  List<Entry> all(EmrAccount account, String operation, String path) {
    List<Entry> all = new ArrayList<>();
    for (int page = 1; page <= MOST_PAGES; page++) {
      List<Entry> some = list(account, operation, path, paged(page)).data();
      all.addAll(some);
      if (some.size() < PAGE) {
        return all;
      }
    }
    throw VendorWire.broken(operation);
  }

  static Query paged(int page) {
    return new Query().with("page[number]", page).with("page[size]", PAGE);
  }

  /** Begins again where a code was asked for and nobody typed it in time. */
  void begin(EmrAccount account) {
    alone(
        account,
        (visit, now) -> {
          Jar.Waiting asked = visit.waiting();
          if (asked != null && now - asked.since() > CODE_LIFE.toMillis()) {
            visit.forgetChallenge();
          }
          return visit;
        });
  }

  Jar.@Nullable Waiting waiting(EmrAccount account) {
    return sessions
        .find(account, SESSION)
        .map(EmrSession::value)
        .map(Jar::of)
        .map(Jar::waiting)
        .orElse(null);
  }

  void answer(EmrAccount account, String code) {
    alone(
        account,
        (visit, now) -> {
          visit.answer(code);
          return visit;
        });
  }

  private void alone(EmrAccount account, BiFunction<Visit, Long, Visit> work) {
    sessions.alone(account, SESSION, holder -> work.apply(visit(account, holder), clock.millis()));
  }
}
