package io.clinicsync.sandbox.ghl;

import io.clinicsync.sandbox.server.Answer;
import io.clinicsync.sandbox.server.JsonOut;
import io.clinicsync.sandbox.server.Request;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The webhooks of the marketplace app: signed with a key pair of this process, sent to the one
 * address the app has for all its locations, again only after 429. Thread-safe.
 */
public final class GhlWebhooks {

  private static final int TRIES = 7;

  private final Clock clock;
  private final Duration between;
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
  private volatile KeyPair keys = newKeys();
  private volatile @Nullable URI address;

  GhlWebhooks(Clock clock, double quotaFactor) {
    this.clock = clock;
    this.between = Duration.ofMillis(Math.round(600_000 / quotaFactor));
  }

  /**
   * A webhook as it leaves.
   *
   * @param signature for the header {@code X-GHL-Signature}
   */
  public record Signed(String body, String signature) {}

  /** What somebody answered to a call of ours. */
  public record Reached(int status, String body) {}

  /** The key whoever is called must trust: X.509 SPKI, base64. */
  public String publicKey() {
    return Base64.getEncoder().encodeToString(keys.getPublic().getEncoded());
  }

  /** From now on these sign. */
  public void rotate(KeyPair next) {
    keys = next;
  }

  /** Where the app wants its webhooks; null for nowhere, as at the start. */
  public void sendTo(@Nullable URI to) {
    address = to;
  }

  /**
   * A webhook of now.
   *
   * @param type the vendor's word, such as {@code AppointmentUpdate}
   * @param subject the appointment's or contact's id; not looked at for the app itself
   */
  public Signed of(String type, GhlLocation location, String subject) {
    return signed(body(type, location, location.webhookMembers(type, subject)));
  }

  /** Signs any text. */
  public Signed signed(String body) {
    try {
      Signature signer = Signature.getInstance("Ed25519");
      signer.initSign(keys.getPrivate());
      signer.update(body.getBytes(StandardCharsets.UTF_8));
      return new Signed(body, Base64.getEncoder().encodeToString(signer.sign()));
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private String body(String type, GhlLocation location, Map<String, Object> members) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("type", type);
    body.put("locationId", location.id());
    body.putAll(members);
    String client = GhlSimulator.CLIENT_ID;
    body.put("appId", client.substring(0, client.indexOf('-')));
    body.put("versionId", GhlIds.named("version"));
    body.put("timestamp", Contact.millis(clock.instant()));
    body.put("webhookId", UUID.randomUUID().toString());
    return JsonOut.of(body);
  }

  /** Tells the app of something, soon and without holding anybody up. */
  void tell(String type, GhlLocation location, Map<String, Object> members) {
    URI to = address;
    if (to != null) {
      Signed webhook = signed(body(type, location, members));
      Thread.ofVirtual().name("ghl-webhook").start(() -> deliver(to, webhook));
    }
  }

  /** What a call over the API changes is told like what people change. */
  void heard(GhlLocation location, Request request, Answer answer) {
    boolean changes = !request.method().equals("GET") && answer.status() < 400;
    if (!changes || address == null) {
      return;
    }
    String[] path = request.path().substring(1).split("/");
    boolean appointment = path.length >= 3 && request.path().startsWith("/calendars/events/");
    if (appointment && path.length == 4 && request.method().equals("PUT")) {
      tell("AppointmentUpdate", location, location.webhookMembers("AppointmentUpdate", path[3]));
    } else if (appointment && path.length == 3 && request.method().equals("DELETE")) {
      tell("AppointmentDelete", location, Map.of("appointment", Map.of("id", path[2])));
    } else if (path.length == 2
        && path[0].equals("contacts")
        && request.method().equals("DELETE")) {
      tell("ContactDelete", location, Map.of("id", path[1]));
    }
  }

  private void deliver(URI to, Signed webhook) {
    for (int attempt = 0; attempt < TRIES; attempt++) {
      try {
        if (send(to, webhook.body(), "X-GHL-Signature", webhook.signature()).status() != 429) {
          return;
        }
        Thread.sleep(between);
      } catch (IOException lost) {
        return;
      } catch (InterruptedException stopped) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  /**
   * Posts JSON to somebody on this machine or in its own network; nobody else is reached from here.
   *
   * @throws IllegalArgumentException when it is another address
   */
  public Reached send(URI to, String body, String... headers)
      throws IOException, InterruptedException {
    String host = String.valueOf(to.getHost());
    boolean near =
        host.equals("127.0.0.1") || host.equals("[::1]") || host.matches("[A-Za-z0-9-]+");
    if (!near || !String.valueOf(to.getScheme()).matches("https?")) {
      throw new IllegalArgumentException("only addresses on this machine can be called");
    }
    HttpRequest.Builder request =
        HttpRequest.newBuilder(to)
            .timeout(Duration.ofSeconds(60))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    HttpResponse<String> answer = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    return new Reached(answer.statusCode(), answer.body());
  }

  private static KeyPair newKeys() {
    try {
      return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
