package io.clinicsync.sandbox.halaxy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/**
 * Builds and delivers Halaxy's webhooks: they name a resource but not what happened to it, and are
 * not signed; a person may have set a header that goes along.
 */
public final class HalaxyHooks {

  private final HalaxyAccount account;

  /** Hooks of one practice group. */
  public HalaxyHooks(HalaxyAccount account) {
    this.account = account;
  }

  /** A webhook as Halaxy sends it. */
  public record Call(Map<String, String> headers, byte[] body) {}

  /** The webhook about a resource; the same event has the same body again. */
  public Call call(String type, String id, Instant at) {
    return call(type, id, at, "Bearer " + account.webhookSecret());
  }

  /** As {@link #call(String, String, Instant)}, with any authentication header. */
  public Call call(String type, String id, Instant at, String authorization) {
    ObjectNode bundle = Fhir.object().put("timestamp", account.time(at)).put("type", "history");
    bundle.putArray("link");
    ObjectNode entry = bundle.putArray("entry").addObject();
    entry.put("fullUrl", uuid("entry/" + type + "/" + id + "/" + at));
    ObjectNode status = entry.putObject("resource");
    status.set("subscription", Fhir.reference("Subscription", uuid(type)));
    status.set("topic", Fhir.reference("SubscriptionTopic", uuid("topic/" + type)));
    status.put("status", "active").put("type", "event-notification");
    status.put("eventsSinceSubscriptionStart", "4");
    ObjectNode event = status.putArray("notificationEvent").addObject();
    event.put("eventNumber", "5").put("timestamp", account.time(at));
    event.set("focus", Fhir.reference(type, id));
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Content-Type", "application/fhir+json");
    headers.put("Authorization", authorization);
    return new Call(headers, bundle.toString().getBytes(StandardCharsets.UTF_8));
  }

  private String uuid(String what) {
    String text = account.name() + "/" + what;
    return UUID.nameUUIDFromBytes(text.getBytes(StandardCharsets.UTF_8)).toString();
  }

  /** Sends it; 0 when nobody answers. */
  static int post(Call call, URI to) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(to)
            .timeout(Duration.ofSeconds(10))
            .POST(HttpRequest.BodyPublishers.ofByteArray(call.body()));
    call.headers().forEach(request::setHeader);
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(request.build(), HttpResponse.BodyHandlers.discarding()).statusCode();
    } catch (IOException unreachable) {
      return 0;
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      return 0;
    }
  }
}
