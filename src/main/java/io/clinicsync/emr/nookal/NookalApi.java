package io.clinicsync.emr.nookal;

import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.emr.spi.EmrException.Kind;
import io.clinicsync.emr.spi.RateLimit;
import io.clinicsync.emr.wire.Document;
import io.clinicsync.emr.wire.Entry;
import io.clinicsync.emr.wire.VendorWire;
import io.clinicsync.emr.wire.WireCall;
import io.clinicsync.http.HttpAnswer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Nookal's API v2 on the wire: forms posted to one function each, so that the key stays out of
 * addresses. A failure comes with HTTP 200. Nookal publishes no limit; two calls a second is what
 * we allow ourselves.
 *
 * @see <a href="https://api.nookal.com/developers">Nookal API v2</a>
 */
final class NookalApi {

  static final RateLimit LIMIT =
      new RateLimit(2, Duration.ofSeconds(1), RateLimit.Scope.ACCOUNT, 2, 1);
  static final int PER_PAGE = 200;
  static final String API_KEY = "apiKey";

  private final VendorWire wire;
  private final String userAgent;

  NookalApi(VendorWire wire, String userAgent) {
    this.wire = wire;
    this.userAgent = userAgent;
  }

  /**
   * One page of a list.
   *
   * @param total how many entries there are on all pages; -1 where Nookal does not say
   * @param more whether another page follows
   */
  record Listed(List<Entry> entries, int total, boolean more, Instant vendorNow) {}

  /** One object and the vendor's clock. */
  record Single(Entry entry, Instant vendorNow) {}

  private record Told(Document document, Instant vendorNow) {
    JsonNode results() {
      return document.json().path("data").path("results");
    }
  }

  /**
   * A page of a list.
   *
   * @param key what the list is called in the answer
   * @param page from 1
   */
  Listed list(EmrAccount account, String function, String key, NookalForm asked, int page) {
    String operation = operation(function);
    NookalForm form = new NookalForm().with("page", page).with("page_length", PER_PAGE).and(asked);
    Told told = ask(account, function, form);
    List<Entry> entries = entries(told, key, operation);
    JsonNode settings = told.document().json().path("settings");
    int length = settings.path("pageLength").asInt(PER_PAGE);
    // Both must say so: a page that is not full is the last, whatever is promised behind it.
    boolean promised = !settings.has("nextPage") || settings.path("nextPage").asInt() > 0;
    boolean full = entries.size() >= Math.clamp(length, 1, PER_PAGE);
    int total = told.document().json().path("details").path("totalItems").asInt(-1);
    return new Listed(entries, total, promised && full, told.vendorNow());
  }

  /** All pages of a short list. */
  List<Entry> all(EmrAccount account, String function, String key, NookalForm asked) {
    List<Entry> all = new ArrayList<>();
    for (int page = 1; ; page++) {
      Listed listed = list(account, function, key, asked, page);
      all.addAll(listed.entries());
      if (!listed.more()) {
        return all;
      }
    }
  }

  /** What a function gives, as one object. */
  Entry results(EmrAccount account, String function, NookalForm asked) {
    Told told = ask(account, function, asked);
    return told.document().entry(told.results());
  }

  /** One object of what a function gives; empty when Nookal says there is no such thing. */
  Optional<Single> find(EmrAccount account, String function, String key, NookalForm asked) {
    HttpAnswer answer = send(account, function, asked);
    Document document = read(answer, operation(function));
    if (!isSuccess(document)) {
      EmrException refusal = refusal(account, function, document);
      if (refusal.kind() == Kind.NOT_FOUND) {
        return Optional.empty();
      }
      throw refusal;
    }
    JsonNode found = document.json().path("data").path("results").path(key);
    return found.isObject()
        ? Optional.of(new Single(document.entry(found), VendorWire.vendorNow(answer)))
        : Optional.empty();
  }

  /**
   * What came of a write.
   *
   * @param results as Nookal gave them; without members where it refused
   * @param refusal Nookal's own refusal; null where it says that it is done
   */
  record Written(Entry results, @Nullable EmrException refusal) {}

  /**
   * Sends a write, once. That Nookal says success does not mean that all of it was done: what it
   * does not know is ignored without a word.
   *
   * @throws EmrException OUTCOME_UNKNOWN when it may have been done; otherwise it was not
   */
  Written written(EmrAccount account, String function, NookalForm asked) {
    WireCall call = call(account, function, asked, false);
    HttpAnswer answer = wire.send(account, call);
    if (!answer.isSuccess()) {
      throw refusedWrite(call, answer.status());
    }
    Document document;
    try {
      document = read(answer, operation(function));
    } catch (EmrException unreadable) {
      throw unknown(function, unreadable);
    }
    if (isSuccess(document)) {
      return new Written(document.entry(document.json().path("data").path("results")), null);
    }
    String said = document.json().path("details").path("errorMessage").asText("");
    if (said.toLowerCase(Locale.ROOT).matches(".*(timed? ?out|internal|unexpected).*")) {
      throw unknown(function, null);
    }
    return new Written(document.entry(), refusedWrite(account, function, document));
  }

  /** A function that is not there did nothing; what a server error leaves behind is open. */
  private static EmrException refusedWrite(WireCall call, int status) {
    if (status < 400 || status == 408 || status >= 500) {
      return new EmrException(
          Kind.OUTCOME_UNKNOWN, call.operation() + " was answered with status " + status);
    }
    return status == 404
        ? new EmrException(Kind.REQUEST_REJECTED, call.operation() + " is not known to Nookal")
        : VendorWire.refused(call, status);
  }

  /** The text of a refused overlap is not documented: the words other clients look for. */
  private EmrException refusedWrite(EmrAccount account, String function, Document document) {
    String said =
        document.json().path("details").path("errorMessage").asText("").toLowerCase(Locale.ROOT);
    return said.matches(".*(overlap|already (has a booking|booked)|double.?book|class is full).*")
        ? failed(Kind.SLOT_TAKEN, function)
        : refusal(account, function, document);
  }

  /** A write that may have been done. */
  static EmrException unknown(String function, @Nullable Exception cause) {
    return new EmrException(
        Kind.OUTCOME_UNKNOWN,
        operation(function) + " was sent, and what became of it is not known",
        null,
        cause);
  }

  private static String operation(String function) {
    return "nookal." + function;
  }

  private Told ask(EmrAccount account, String function, NookalForm asked) {
    HttpAnswer answer = send(account, function, asked);
    Document document = read(answer, operation(function));
    if (!isSuccess(document)) {
      throw refusal(account, function, document);
    }
    return new Told(document, VendorWire.vendorNow(answer));
  }

  private HttpAnswer send(EmrAccount account, String function, NookalForm asked) {
    return wire.ok(account, call(account, function, asked, true));
  }

  private WireCall call(EmrAccount account, String function, NookalForm asked, boolean repeatable) {
    NookalForm form =
        new NookalForm().with("api_key", account.credentials().require(API_KEY)).and(asked);
    return new WireCall(
        operation(function),
        "POST",
        NookalHosts.v2(account, function),
        Map.of(
            "Accept",
            "application/json",
            "Content-Type",
            "application/x-www-form-urlencoded; charset=UTF-8",
            "User-Agent",
            userAgent),
        form.body(),
        repeatable);
  }

  private static Document read(HttpAnswer answer, String operation) {
    Document document = VendorWire.parse(answer, operation);
    String status = document.json().path("status").asText("");
    if (!status.equals("success") && !status.equals("failure")) {
      throw VendorWire.broken(operation);
    }
    return document;
  }

  private static boolean isSuccess(Document document) {
    return document.json().path("status").asText().equals("success");
  }

  /** A list may come as a list, as an object keyed by id or index, or as nothing at all. */
  private static List<Entry> entries(Told told, String key, String operation) {
    JsonNode results = told.results();
    JsonNode list = results.path(key);
    if (list.isContainerNode()) {
      return items(told.document().entry(results), key);
    }
    if (!list.isNull() && !(results.isContainerNode() && results.isEmpty())) {
      throw VendorWire.broken(operation);
    }
    return List.of();
  }

  /** The objects of a list under a member, also where it is an object keyed by id or index. */
  static List<Entry> items(Entry entry, String member) {
    JsonNode list = entry.json().path(member);
    List<Entry> entries = new ArrayList<>();
    if (list.isArray()) {
      list.forEach(each -> entries.add(new Entry(each, entry.damaged(), entry.large())));
    } else if (list.isObject()) {
      for (Map.Entry<String, JsonNode> each : list.properties()) {
        if (each.getKey().matches("\\d+")) {
          entries.add(new Entry(each.getValue(), entry.damaged(), entry.large()));
        }
      }
    }
    return entries;
  }

  /**
   * What a failure means. Its texts are not documented: those we know the sense of are told apart,
   * and before a key is called bad, {@code verify} is asked, since a dead key is refused with the
   * same code as anything else.
   */
  private EmrException refusal(EmrAccount account, String function, Document document) {
    JsonNode details = document.json().path("details");
    String message = details.path("errorMessage").asText("").toLowerCase(Locale.ROOT);
    String alerts = details.path("alerts").toString().toLowerCase(Locale.ROOT);
    if (function.equals("verify") || alerts.contains("api_key")) {
      return failed(Kind.CREDENTIALS_REJECTED, function);
    }
    if (alerts.contains("missing variable")) {
      return failed(Kind.REQUEST_REJECTED, function);
    }
    if (message.matches(".*(not found|does not exist|no such).*")) {
      return failed(Kind.NOT_FOUND, function);
    }
    if (message.matches(".*(too many|rate limit|slow down).*")) {
      return new EmrException(
          Kind.RATE_LIMITED, operation(function) + " was refused", Duration.ofMinutes(1), null);
    }
    if (message.matches(".*(maintenance|temporarily|timed out|unavailable).*")) {
      return failed(Kind.UNAVAILABLE, function);
    }
    if (!isSuccess(read(send(account, "verify", new NookalForm()), "nookal.verify"))) {
      return failed(Kind.CREDENTIALS_REJECTED, function);
    }
    boolean right = message.matches(".*(permission|denied|not allowed|not authori[sz]ed).*");
    return failed(right ? Kind.PERMISSION_MISSING : Kind.REQUEST_REJECTED, function);
  }

  private static EmrException failed(Kind kind, String function) {
    return new EmrException(kind, operation(function) + " was answered with a failure");
  }
}
