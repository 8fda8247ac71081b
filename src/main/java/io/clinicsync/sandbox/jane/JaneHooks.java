package io.clinicsync.sandbox.jane;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Builds, signs and delivers the webhooks of Jane's Developer Platform. */
public final class JaneHooks {

  private final JaneAccount account;

  /** Hooks of one clinic. */
  public JaneHooks(JaneAccount account) {
    this.account = account;
  }

  /**
   * A webhook as Jane sends it.
   *
   * @param headers the signature among them
   */
  public record SignedCall(Map<String, String> headers, byte[] body) {}

  /**
   * The webhook of an event; the same event has the same id and body again.
   *
   * @param appointment the web's id; the body names the API's
   */
  public SignedCall signed(String topic, String appointment, Instant at) {
    return signed(topic, appointment, at, account.webhookSecret());
  }

  /** As {@link #signed(String, String, Instant)}, with any secret. */
  public SignedCall signed(String topic, String appointment, Instant at, String secret) {
    Instant second = at.truncatedTo(ChronoUnit.SECONDS);
    ObjectNode body = JaneAccount.JSON.createObjectNode();
    body.put("event_id", account.uuid("event/" + topic + "/" + second, appointment));
    body.put("event_topic", topic).put("event_timestamp", second.toString());
    body.put("appointment_id", account.uuid("appointments", appointment));
    body.put("clinic_guid", Math.floorMod(account.name().hashCode(), 100_000)).put("version", 1);
    String text = body.toString();
    String stamp = Long.toString(second.getEpochSecond());
    String signed = account.switches().timestampSigned ? stamp + "." + text : text;
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Content-Type", "application/json");
    headers.put("X-Jane-Timestamp", stamp);
    headers.put("X-Jane-Signature", "sha256=" + mac(signed, secret));
    return new SignedCall(headers, text.getBytes(StandardCharsets.UTF_8));
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
