package io.clinicsync.emr.halaxy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.emr.spi.EmrSession;
import io.clinicsync.emr.spi.RateLimit;
import io.clinicsync.emr.wire.Document;
import io.clinicsync.emr.wire.Entry;
import io.clinicsync.emr.wire.VendorWire;
import io.clinicsync.emr.wire.WireCall;
import io.clinicsync.http.HttpAnswer;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Halaxy's FHIR API on the wire. It allows 500 calls a minute for each key; we stay at nine tenths.
 *
 * @see <a href="https://developers.halaxy.com/docs/standards">Standards</a>
 */
final class HalaxyApi {

  static final RateLimit LIMIT =
      new RateLimit(450, Duration.ofMinutes(1), RateLimit.Scope.ACCOUNT, 4, 90);
  static final int PER_PAGE = 100;
  static final String FHIR = "application/fhir+json";

  private static final int MOST_PAGES = 1_000;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final VendorWire wire;
  private final HalaxyTokens tokens;
  private final String userAgent;

  HalaxyApi(VendorWire wire, HalaxyTokens tokens, String userAgent) {
    this.wire = wire;
    this.tokens = tokens;
    this.userAgent = userAgent;
  }

  /**
   * One page of a search.
   *
   * @param matches what was asked for
   * @param included what came along
   * @param total of all pages
   */
  record Listed(
      List<Entry> matches, List<Entry> included, int total, boolean more, Instant vendorNow) {

    /** The greatest change time of what was sent, understood or not. */
    @Nullable Instant changedUpTo() {
      Instant greatest = null;
      for (Entry each : matches) {
        Instant changed = HalaxyMapper.changedAtIfReadable(each);
        if (changed != null && (greatest == null || changed.isAfter(greatest))) {
          greatest = changed;
        }
      }
      return greatest;
    }
  }

  /** One resource; empty when there is no such one. */
  Optional<Entry> find(EmrAccount account, String type, String id) {
    String operation = operation(type, "get");
    try {
      Document document =
          VendorWire.parse(get(account, operation, type + "/" + id, type), operation);
      if (!document.json().path("resourceType").asText().equals(type)) {
        throw VendorWire.broken(operation);
      }
      return Optional.of(document.entry());
    } catch (EmrException failure) {
      if (failure.kind() == EmrException.Kind.NOT_FOUND) {
        return Optional.empty();
      }
      throw failure;
    }
  }

  /** A page of a search, from 1. */
  Listed page(EmrAccount account, String type, HalaxyQuery query, int page) {
    HalaxyQuery whole = query.copy().with("_count", PER_PAGE).with("page", page);
    return bundle(account, type, operation(type, "list"), type + whole.text(), page);
  }

  /** What an operation of a resource answers. */
  List<Entry> operation(EmrAccount account, String type, String name, HalaxyQuery query) {
    String path = type + "/$" + name + query.text();
    return bundle(account, "", operation(type, name), path, 1).matches();
  }

  /** All pages of a search that is known to be short. */
  List<Entry> all(EmrAccount account, String type, HalaxyQuery query) {
    List<Entry> all = new ArrayList<>();
    for (int page = 1; page <= MOST_PAGES; page++) {
      Listed listed = page(account, type, query, page);
      all.addAll(listed.matches());
      if (!listed.more()) {
        return all;
      }
    }
    throw VendorWire.broken(operation(type, "list"));
  }

  private static String operation(String type, String what) {
    return "halaxy." + type + "." + what;
  }

  /**
   * Reads a bundle.
   *
   * @param type of what was asked for; empty for any
   */
  private Listed bundle(EmrAccount account, String type, String operation, String path, int page) {
    HttpAnswer answer = get(account, operation, path, type.isEmpty() ? "Appointment" : type);
    Document document = VendorWire.parse(answer, operation);
    JsonNode root = document.json();
    JsonNode list = root.path("entry");
    int total = root.path("total").asInt(-1);
    // Without a hit there is no entry member at all, so the total must say that.
    boolean empty = list.isMissingNode() && (total == 0 || (total > 0 && page > 1));
    if (!root.path("resourceType").asText().equals("Bundle") || !(empty || list.isArray())) {
      throw VendorWire.broken(operation);
    }
    List<Entry> matches = new ArrayList<>();
    List<Entry> included = new ArrayList<>();
    for (JsonNode each : list) {
      Entry entry = document.entry(each.path("resource"));
      boolean asked = isAsked(each, type);
      (asked ? matches : included).add(entry);
    }
    boolean more = hasNext(root);
    if (more && matches.isEmpty()) {
      throw VendorWire.broken(operation);
    }
    return new Listed(matches, included, Math.max(total, 0), more, VendorWire.vendorNow(answer));
  }

  private static boolean isAsked(JsonNode entry, String type) {
    String mode = entry.path("search").path("mode").asText("match");
    String is = entry.path("resource").path("resourceType").asText(type);
    return mode.equals("match") && (type.isEmpty() || is.equals(type));
  }

  private static boolean hasNext(JsonNode bundle) {
    for (JsonNode link : bundle.path("link")) {
      if (link.path("relation").asText().equals("next")) {
        return true;
      }
    }
    return false;
  }

  /** Writes, and gives the resource Halaxy answers with. */
  Entry written(EmrAccount account, HalaxyWrite write) {
    HttpAnswer answer = write(account, write);
    try {
      return VendorWire.parse(answer, write.operation()).entry();
    } catch (EmrException unreadable) {
      throw HalaxyWrite.unknown(write.operation(), unreadable);
    }
  }

  /**
   * Writes, once, whatever comes of it: a second one could do the same thing twice.
   *
   * @return an answer of success
   * @throws EmrException SLOT_TAKEN on a conflict of a write that wants a time, UNAVAILABLE when
   *     the token had expired and nothing was done, OUTCOME_UNKNOWN when it may have been
   */
  HttpAnswer write(EmrAccount account, HalaxyWrite write) {
    URI uri = HalaxyHosts.address(account, write.path());
    WireCall call =
        new WireCall(
            write.operation(),
            write.method(),
            uri,
            headers(tokens.current(account)),
            write.body().toString().getBytes(StandardCharsets.UTF_8),
            false);
    HttpAnswer answer = wire.send(account, call);
    if (!answer.isSuccess()) {
      throw refused(call, answer, write);
    }
    return answer;
  }

  /** Only a refusal in words is final; anything else leaves open what was done [R27]. */
  private static EmrException refused(WireCall call, HttpAnswer answer, HalaxyWrite write) {
    int status = answer.status();
    if (isExpired(answer)) {
      return new EmrException(
          EmrException.Kind.UNAVAILABLE, write.operation() + " came too late for its token");
    }
    if (status == 401 || status == 403) {
      return new EmrException(
          EmrException.Kind.PERMISSION_MISSING, "The API key may not change " + write.type());
    }
    if (status == 409 && write.wantsTime()) {
      return new EmrException(EmrException.Kind.SLOT_TAKEN, "Halaxy has something at this time");
    }
    return status < 400 || status == 408 || status >= 500
        ? HalaxyWrite.unknown(write.operation(), null)
        : VendorWire.refused(call, status);
  }

  private HttpAnswer get(EmrAccount account, String operation, String path, String type) {
    URI uri = HalaxyHosts.address(account, path);
    EmrSession session = tokens.current(account);
    HttpAnswer answer = wire.send(account, call(operation, uri, session));
    if (isStale(answer)) {
      session = tokens.renewed(account, session);
      answer = wire.send(account, call(operation, uri, session));
    }
    if (answer.status() == 401 || answer.status() == 403) {
      // With a fresh token both mean that a scope is not ticked.
      throw new EmrException(
          EmrException.Kind.PERMISSION_MISSING, "The API key may not read " + type);
    }
    if (!answer.isSuccess()) {
      throw VendorWire.refused(WireCall.get(operation, uri, Map.of()), answer.status());
    }
    return answer;
  }

  private WireCall call(String operation, URI uri, EmrSession session) {
    return WireCall.get(operation, uri, headers(session));
  }

  private Map<String, String> headers(EmrSession session) {
    return Map.of(
        "Accept",
        FHIR,
        "Content-Type",
        "application/json",
        // Without it the gateway answers 403.
        "User-Agent",
        userAgent,
        "Authorization",
        "Bearer " + session.value());
  }

  /** An expired token shows as an outcome of its own code, whatever the status. */
  private static boolean isStale(HttpAnswer answer) {
    return answer.status() == 401 || isExpired(answer);
  }

  private static boolean isExpired(HttpAnswer answer) {
    if (answer.status() < 400 || answer.status() >= 500) {
      return false;
    }
    try {
      JsonNode outcome = JSON.readTree(answer.body());
      return outcome.path("issue").path(0).path("code").asText("").equals("expired");
    } catch (IOException notJson) {
      return false;
    }
  }
}
