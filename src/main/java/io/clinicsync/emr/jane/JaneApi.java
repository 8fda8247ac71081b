package io.clinicsync.emr.jane;

import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.emr.spi.Cursor;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.emr.spi.RateLimit;
import io.clinicsync.emr.wire.Document;
import io.clinicsync.emr.wire.Entry;
import io.clinicsync.emr.wire.VendorWire;
import io.clinicsync.emr.wire.WireCall;
import io.clinicsync.http.HttpAnswer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Jane's Developer Platform on the wire. Jane allows 100 calls a minute for each address and 600 in
 * five minutes for a clinic; we stay at four fifths.
 *
 * @see <a href="https://developers.jane.app">Jane Developer Platform, reference</a>
 */
final class JaneApi {

  static final RateLimit LIMIT =
      new RateLimit(80, Duration.ofMinutes(1), RateLimit.Scope.ACCOUNT, 4, 20);
  static final int PER_PAGE = 100;

  private static final String VERSION = "/api/2026-01-01/";

  private final VendorWire wire;
  private final JaneGrants grants;
  private final String userAgent;

  JaneApi(VendorWire wire, JaneGrants grants, String userAgent) {
    this.wire = wire;
    this.grants = grants;
    this.userAgent = userAgent;
  }

  /** One page of a list. */
  record Listed(List<Entry> entries, @Nullable Cursor next, Instant vendorNow) {

    /** The greatest change time of what was sent, understood or not. */
    @Nullable Instant changedUpTo() {
      return JaneTimes.latest(entries);
    }
  }

  /** One object and the vendor's clock. */
  record Single(Entry entry, Instant vendorNow) {}

  Single one(EmrAccount account, String operation, String path) {
    HttpAnswer answer = get(account, operation, path, new JaneQuery());
    Document document = VendorWire.parse(answer, operation);
    if (!document.json().isObject()) {
      throw VendorWire.broken(operation);
    }
    return new Single(document.entry(), VendorWire.vendorNow(answer));
  }

  /** As {@link #one}; empty when there is no such record. */
  Optional<Single> find(EmrAccount account, String operation, String path) {
    try {
      return Optional.of(one(account, operation, path));
    } catch (EmrException failure) {
      if (failure.kind() == EmrException.Kind.NOT_FOUND) {
        return Optional.empty();
      }
      throw failure;
    }
  }

  /**
   * A page of a list.
   *
   * @param cursor Jane's own, as it came with the page before
   */
  Listed list(EmrAccount account, String resource, JaneQuery query, @Nullable Cursor cursor) {
    String operation = "jane." + resource + ".list";
    query.with("page[limit]", PER_PAGE);
    if (cursor != null) {
      query.with("page[cursor]", cursor.value());
    }
    HttpAnswer answer = get(account, operation, resource, query);
    Document document = VendorWire.parse(answer, operation);
    JsonNode items = document.json().path("items");
    if (!items.isArray()) {
      throw VendorWire.broken(operation);
    }
    Cursor next = null;
    if (document.json().path("hasNextPage").asBoolean()) {
      String text = document.json().path("cursor").asText("");
      next = text.isEmpty() ? null : new Cursor(text);
      if (next == null || next.equals(cursor) || items.isEmpty()) {
        throw VendorWire.broken(operation);
      }
    }
    return new Listed(document.entries(items), next, VendorWire.vendorNow(answer));
  }

  /** All pages of a short list. */
  List<Entry> all(EmrAccount account, String resource) {
    List<Entry> all = new ArrayList<>();
    Cursor cursor = null;
    do {
      Listed page = list(account, resource, new JaneQuery(), cursor);
      all.addAll(page.entries());
      cursor = page.next();
    } while (cursor != null);
    return all;
  }

  private HttpAnswer get(EmrAccount account, String operation, String path, JaneQuery query) {
    URI uri = URI.create(JaneHosts.base(account) + VERSION + path + query.text());
    HttpAnswer answer = send(account, access -> WireCall.get(operation, uri, headers(access)));
    if (!answer.isSuccess()) {
      throw VendorWire.refused(WireCall.get(operation, uri, Map.of()), answer.status());
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
    URI uri = URI.create(JaneHosts.base(account) + VERSION + path);
    byte[] bytes = body == null ? null : body.toString().getBytes(StandardCharsets.UTF_8);
    return send(
        account,
        access -> {
          Map<String, String> headers = new HashMap<>(headers(access));
          headers.put("Content-Type", "application/json");
          return new WireCall(operation, method, uri, headers, bytes, false);
        });
  }

  /** With another token where Jane does not take the first; what it did not take did nothing. */
  private HttpAnswer send(EmrAccount account, Function<JaneGrants.Access, WireCall> call) {
    JaneGrants.Access access = grants.access(account);
    HttpAnswer answer = wire.send(account, call.apply(access));
    return answer.status() == 401
        ? wire.send(account, call.apply(grants.renewed(account, access.session())))
        : answer;
  }

  private Map<String, String> headers(JaneGrants.Access access) {
    return Map.of(
        "Accept",
        "application/json",
        "User-Agent",
        userAgent,
        "Authorization",
        "Bearer " + access.token());
  }

  /** An instant as a filter takes it: to the second, earlier rather than later. */
  static String second(Instant moment) {
    return moment.truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
