package io.clinicsync.sandbox.practicebetter;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Tries webhook addresses out, and builds, signs and delivers notices. */
public final class PracticeBetterHooks {

  static final List<String> EVENTS =
      List.of(
          "client.record.created",
          "client.record.updated",
          "client.record.deleted",
          "session.created",
          "session.updated",
          "session.cancelled",
          "session.deleted",
          "invoice.created",
          "invoice.updated",
          "task.created");

  private final PracticeBetterAccount account;

  /** Hooks of one practice. */
  public PracticeBetterHooks(PracticeBetterAccount account) {
    this.account = account;
  }

  /**
   * A notice as it is sent.
   *
   * @param headers the signature among them
   */
  public record SignedCall(Map<String, String> headers, byte[] body) {}

  /**
   * The notice of an event, signed with the newest subscription's secret; the same event has the
   * same id and body again.
   *
   * @throws IllegalArgumentException when there is no subscription
   */
  public SignedCall signed(String event, String resource, Instant at) {
    String secret =
        account.table("subscriptions").all().stream()
            .map(row -> row.path("_secret").asText())
            .reduce((first, second) -> second)
            .orElseThrow(() -> new IllegalArgumentException("nobody subscribed"));
    return signed(event, resource, at, secret);
  }

  /** As {@link #signed(String, String, Instant)}, with any secret. */
  public SignedCall signed(String event, String resource, Instant at, String secret) {
    Instant second = at.truncatedTo(ChronoUnit.SECONDS);
    ObjectNode body = PracticeBetterAccount.JSON.createObjectNode();
    body.put("id", account.uuid("event/" + event + "/" + second, resource));
    body.put("eventType", event).put("occurredAt", second.toString());
    body.put("companyId", account.uuid("company", "0"));
    body.put("resourceType", event.startsWith("client") ? "record" : event.split("\\.")[0]);
    String text = body.put("resourceId", resource).toString();
    String stamp = Long.toString(second.getEpochSecond());
    String signature = "t=" + stamp + ",v1=" + mac(stamp + "." + text, secret);
    return new SignedCall(
        Map.of("Content-Type", "application/json", "PB-Signature", signature),
        text.getBytes(StandardCharsets.UTF_8));
  }

  static String mac(String text, String secret) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      return HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** Whether an address answers the handshake as it must. */
  static boolean shakesHands(URI address, String challenge, String token) {
    String query = "challenge=" + encoded(challenge) + "&verification_token=" + encoded(token);
    URI asked = URI.create(address + (address.getRawQuery() == null ? "?" : "&") + query);
    HttpRequest request = HttpRequest.newBuilder(asked).timeout(Duration.ofSeconds(10)).build();
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
      JsonNode body = PracticeBetterAccount.JSON.readTree(answer.body());
      return answer.statusCode() == 200
          && body.path("challenge").asText().equals(challenge)
          && body.path("timestamp").isIntegralNumber();
    } catch (JsonProcessingException notJson) {
      return false;
    } catch (IOException unreachable) {
      return false;
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /** Delivers for real and gives the status; 0 when nobody answered. */
  static int post(SignedCall call, URI to) {
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
