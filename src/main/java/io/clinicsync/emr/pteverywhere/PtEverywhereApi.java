package io.clinicsync.emr.pteverywhere;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.emr.spi.EmrSession;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntFunction;

/**
 * PtEverywhere's Open API v2 on the wire. No limit is published: two calls a second and one at a
 * time is what we allow ourselves. The token goes into the header as it is, without {@code Bearer}.
 *
 * @see <a href="https://openapi.pteverywhere.com/api/v2/swagger.html">Open API v2</a>
 */
final class PtEverywhereApi {

  static final RateLimit LIMIT =
      new RateLimit(2, Duration.ofSeconds(1), RateLimit.Scope.ACCOUNT, 1, 1);
  static final int PER_PAGE = 200;

  /** Lists behave like pages for ever where one goes wrong; nobody has as many as this. */
  private static final int MOST_PAGES = 5_000;

  private final VendorWire wire;
  private final PtEverywhereTokens tokens;

  PtEverywhereApi(VendorWire wire, PtEverywhereTokens tokens) {
    this.wire = wire;
    this.tokens = tokens;
  }

  /**
   * One page of a list.
   *
   * @param more whether another page may follow
   * @param print tells this page from another; a page that comes again is the end
   */
  record Listed(List<Entry> entries, boolean more, String print, Instant vendorNow) {}

  /** A page of master data, from 1. */
  Listed master(EmrAccount account, String what, int page) {
    String operation = "pteverywhere." + what + ".list";
    URI uri =
        PtEverywhereHosts.at(
            account, "/masterdata/" + what + "?page=" + page + "&size=" + PER_PAGE);
    return listed(
        ok(account, token -> WireCall.get(operation, uri, headers(token))), operation, page);
  }

  /** All pages of a short list of master data. */
  List<Entry> masterAll(EmrAccount account, String what) {
    return all(page -> master(account, what, page));
  }

  /**
   * A page of a report, from 1.
   *
   * @param filters what is asked for, without paging
   */
  Listed report(EmrAccount account, String which, ObjectNode filters, int page) {
    String operation = "pteverywhere.report." + which;
    ObjectNode asked = filters.deepCopy();
    asked.putObject("paging").put("page", page).put("pageSize", PER_PAGE);
    byte[] body = asked.toString().getBytes(StandardCharsets.UTF_8);
    URI uri = PtEverywhereHosts.at(account, "/report/" + which);
    return listed(
        ok(
            account,
            token ->
                new WireCall(
                    operation,
                    "POST",
                    uri,
                    Map.of(
                        "Accept",
                        "application/json",
                        "Authorization",
                        token,
                        "Content-Type",
                        "application/json"),
                    body,
                    true)),
        operation,
        page);
  }

  /** All pages of a report. */
  List<Entry> reportAll(EmrAccount account, String which, ObjectNode filters) {
    return all(page -> report(account, which, filters, page));
  }

  private static List<Entry> all(IntFunction<Listed> pages) {
    List<Entry> all = new ArrayList<>();
    String before = "";
    for (int page = 1; page <= MOST_PAGES; page++) {
      Listed listed = pages.apply(page);
      if (listed.print().equals(before)) {
        break;
      }
      all.addAll(listed.entries());
      if (!listed.more()) {
        break;
      }
      before = listed.print();
    }
    return all;
  }

  /** One patient of the master data; empty when there is none. */
  Optional<Entry> patient(EmrAccount account, String id) {
    String operation = "pteverywhere.patients.get";
    URI uri = PtEverywhereHosts.at(account, "/masterdata/patients/" + id);
    HttpAnswer answer;
    try {
      answer = ok(account, token -> WireCall.get(operation, uri, headers(token)));
    } catch (EmrException failure) {
      if (failure.kind() == EmrException.Kind.NOT_FOUND) {
        return Optional.empty();
      }
      throw failure;
    }
    Document document = VendorWire.parse(answer, operation);
    JsonNode json = document.json();
    JsonNode found = json.path("data").isObject() ? json.path("data") : json;
    if (!found.isObject()) {
      throw VendorWire.broken(operation);
    }
    return Optional.of(document.entry(found)).filter(entry -> id.equals(idOf(entry, "_id")));
  }

  /**
   * Bookable windows of a therapist.
   *
   * @param from and to days, both included
   */
  List<Entry> blocks(EmrAccount account, String therapist, Object from, Object to) {
    String operation = "pteverywhere.blocks.list";
    URI uri =
        PtEverywhereHosts.at(
            account,
            "/appointment/available-blocks?startDate=%s&endDate=%s&therapist=%s"
                .formatted(from, to, therapist));
    return listed(ok(account, token -> WireCall.get(operation, uri, headers(token))), operation, 1)
        .entries();
  }

  /** An id, if the vendor can have such a one; it becomes part of an address. */
  static boolean isId(String id) {
    return id.matches("[0-9A-Za-z_-]{1,64}");
  }

  /** An id of an entry; empty when it has none. */
  static String idOf(Entry entry, String member) {
    JsonNode id = entry.json().path(member);
    return id.isValueNode() && !id.isNull() ? id.asText("").strip() : "";
  }

  private static Map<String, String> headers(String token) {
    return Map.of("Accept", "application/json", "Authorization", token);
  }

  /** With another token where the first is not taken, once. */
  private HttpAnswer ok(EmrAccount account, Function<String, WireCall> call) {
    EmrSession token = tokens.current(account);
    WireCall first = call.apply(token.value());
    HttpAnswer answer = wire.send(account, first);
    if (answer.status() == 401) {
      answer = wire.send(account, call.apply(tokens.another(account, token).value()));
    }
    if (!answer.isSuccess()) {
      throw VendorWire.refused(first, answer.status());
    }
    return answer;
  }

  /** Entries stand under {@code docs}, or where public clients look besides. */
  private static Listed listed(HttpAnswer answer, String operation, int page) {
    Document document = VendorWire.parse(answer, operation);
    JsonNode json = document.json();
    JsonNode paging = json.path("data").isObject() ? json.path("data") : json;
    JsonNode list = json;
    for (String member : List.of("docs", "data", "items")) {
      if (paging.path(member).isArray()) {
        list = paging.path(member);
        break;
      }
    }
    if (!list.isArray()) {
      throw VendorWire.broken(operation);
    }
    int limit = Math.clamp(paging.path("limit").asInt(PER_PAGE), 1, PER_PAGE);
    boolean more =
        paging.path("totalPages").isInt()
            ? page < paging.path("totalPages").asInt()
            : list.size() >= limit;
    return new Listed(
        document.entries(list), more && !list.isEmpty(), print(list), VendorWire.vendorNow(answer));
  }

  private static String print(JsonNode list) {
    int print = list.size();
    for (JsonNode each : list) {
      JsonNode id = each.has("_id") ? each.path("_id") : each.path("patientId");
      print = 31 * print + id.asText("").hashCode();
    }
    return Integer.toHexString(print);
  }

  static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }
}
