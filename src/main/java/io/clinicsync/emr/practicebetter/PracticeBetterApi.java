package io.clinicsync.emr.practicebetter;

import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.emr.spi.Cursor;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.emr.spi.EmrException.Kind;
import io.clinicsync.emr.spi.EmrSession;
import io.clinicsync.emr.spi.RateLimit;
import io.clinicsync.emr.wire.Document;
import io.clinicsync.emr.wire.Entry;
import io.clinicsync.emr.wire.VendorWire;
import io.clinicsync.emr.wire.WireCall;
import io.clinicsync.http.HttpAnswer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Practice Better's API on the wire. Its users quote five calls a second with a burst of twenty,
 * and ten thousand a day; we do without the burst.
 *
 * @see <a href="https://api-docs.practicebetter.io">Practice Better, API reference</a>
 */
final class PracticeBetterApi {

  static final RateLimit LIMIT =
      new RateLimit(5, Duration.ofSeconds(1), 10_000, RateLimit.Scope.ACCOUNT, 4, 1);
  static final int PER_PAGE = 100;

  private static final int NO_RIGHT = 461;

  private final VendorWire wire;
  private final PracticeBetterTokens tokens;

  PracticeBetterApi(VendorWire wire, PracticeBetterTokens tokens) {
    this.wire = wire;
    this.tokens = tokens;
  }

  /** One page of a list. */
  record Listed(List<Entry> entries, @Nullable Cursor next, Instant vendorNow) {

    /** The greatest change time of what was sent, understood or not. */
    @Nullable Instant changedUpTo() {
      return entries.stream()
          .flatMap(entry -> changed(entry).stream())
          .max(Instant::compareTo)
          .orElse(null);
    }

    private static Optional<Instant> changed(Entry entry) {
      try {
        String text = entry.json().path("dateModified").asText("");
        return Optional.of(OffsetDateTime.parse(text).toInstant());
      } catch (DateTimeException unreadable) {
        return Optional.empty();
      }
    }
  }

  /**
   * Where to go on in a list that comes newest first.
   *
   * @param last id of the last entry met; empty when it had none
   * @param met how many entries were met so far
   */
  private record Place(String last, int met) {

    static Place of(Cursor cursor) {
      int colon = cursor.value().indexOf(':');
      return new Place(
          cursor.value().substring(0, colon),
          Integer.parseInt(cursor.value().substring(colon + 1)));
    }

    Cursor cursor() {
      return new Cursor(last + ":" + met);
    }
  }

  /**
   * A page of a list, newest first. Walking back goes by the last entry's id, since {@code skip}
   * shifts when something is added. Where that entry is gone meanwhile (assumed: 400 or 404), the
   * last page is counted off and read again.
   */
  Listed list(
      EmrAccount account,
      String operation,
      String path,
      PracticeBetterQuery query,
      int limit,
      @Nullable Cursor cursor) {
    PracticeBetterQuery asked = query.copy().with("limit", limit);
    if (cursor == null) {
      return page(account, operation, path, asked, 0);
    }
    Place place = Place.of(cursor);
    int back = Math.max(0, place.met() - limit);
    if (place.last().isEmpty()) {
      return page(account, operation, path, asked.with("skip", place.met()), place.met());
    }
    try {
      return page(
          account, operation, path, asked.copy().with("before_id", place.last()), place.met());
    } catch (EmrException failure) {
      if (failure.kind() != Kind.REQUEST_REJECTED && failure.kind() != Kind.NOT_FOUND) {
        throw failure;
      }
      return page(account, operation, path, asked.with("skip", back), back);
    }
  }

  private Listed page(
      EmrAccount account, String operation, String path, PracticeBetterQuery query, int before) {
    HttpAnswer answer = get(account, operation, path, query);
    Document document = VendorWire.parse(answer, operation);
    JsonNode items = document.json().path("items");
    if (!items.isArray()) {
      throw VendorWire.broken(operation);
    }
    Cursor next = null;
    if (document.json().path("hasMore").asBoolean()) {
      if (items.isEmpty()) {
        throw VendorWire.broken(operation);
      }
      String last = id(items.get(items.size() - 1).path("id").asText("")).orElse("");
      next = new Place(last, before + items.size()).cursor();
    }
    return new Listed(document.entries(items), next, VendorWire.vendorNow(answer));
  }

  /** All entries of a short list. */
  List<Entry> all(EmrAccount account, String operation, String path) {
    List<Entry> all = new ArrayList<>();
    Cursor cursor = null;
    do {
      Listed page = list(account, operation, path, new PracticeBetterQuery(), PER_PAGE, cursor);
      all.addAll(page.entries());
      cursor = page.next();
    } while (cursor != null);
    return all;
  }

  /** Any answer that is JSON; empty for one without content. */
  Optional<Document> document(
      EmrAccount account, String operation, String path, PracticeBetterQuery query) {
    HttpAnswer answer = get(account, operation, path, query);
    return answer.status() == 204
        ? Optional.empty()
        : Optional.of(VendorWire.parse(answer, operation));
  }

  /** One object; empty when there is none, or nothing in it. */
  Optional<Entry> find(EmrAccount account, String operation, String path) {
    try {
      return document(account, operation, path, new PracticeBetterQuery())
          .map(
              document -> {
                if (!document.json().isObject()) {
                  throw VendorWire.broken(operation);
                }
                return document.entry();
              });
    } catch (EmrException failure) {
      if (failure.kind() == Kind.NOT_FOUND) {
        return Optional.empty();
      }
      throw failure;
    }
  }

  /** An id, if the vendor can have such a one; it becomes part of an address. */
  static Optional<String> id(String id) {
    return id.matches("[0-9A-Za-z_-]{1,64}") ? Optional.of(id) : Optional.empty();
  }

  private HttpAnswer get(
      EmrAccount account, String operation, String path, PracticeBetterQuery query) {
    URI uri = PracticeBetterHosts.at(account, path + query.text());
    HttpAnswer answer = send(account, token -> WireCall.get(operation, uri, headers(token)));
    if (!answer.isSuccess()) {
      throw refused(WireCall.get(operation, uri, Map.of()), answer.status());
    }
    return answer;
  }

  /**
   * Sends a change once and gives whatever was answered.
   *
   * @param body null for none
   */
  HttpAnswer change(
      EmrAccount account, String operation, String method, String path, @Nullable JsonNode body) {
    URI uri = PracticeBetterHosts.at(account, path);
    byte[] bytes = body == null ? null : body.toString().getBytes(StandardCharsets.UTF_8);
    return send(
        account,
        token -> {
          Map<String, String> headers = new HashMap<>(headers(token));
          headers.put("Content-Type", "application/json");
          return new WireCall(operation, method, uri, headers, bytes, false);
        });
  }

  /** With another token where the first is not taken; what was not taken did nothing. */
  private HttpAnswer send(EmrAccount account, Function<String, WireCall> call) {
    EmrSession token = tokens.current(account);
    HttpAnswer answer = wire.send(account, call.apply(token.value()));
    return answer.status() == 401
        ? wire.send(account, call.apply(tokens.another(account, token).value()))
        : answer;
  }

  private static Map<String, String> headers(String token) {
    return Map.of("Accept", "application/json", "Authorization", "Bearer " + token);
  }

  /** Besides the usual ones, 461 is a record or a list that these credentials may not see. */
  static EmrException refused(WireCall call, int status) {
    return VendorWire.refused(call, status == NO_RIGHT ? 403 : status);
  }
}
