package io.clinicsync.emr.jane;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.emr.spi.ChangeListener;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrSessions;
import io.clinicsync.emr.spi.IncomingCall;
import io.clinicsync.emr.wire.VendorWire;
import io.clinicsync.emr.wire.WireCall;
import io.clinicsync.http.HttpAnswer;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Notices about booked, cancelled, restored and moved appointments; they name the appointment and
 * nothing else. Jane does not tell of arrivals, no-shows or patients.
 *
 * <p>Each of the four events is registered with a user who has full access, and Jane tells its
 * secret once; all of them are kept in the account's sessions. Where our address is registered
 * already, the old registration, whose secret nobody can read any more, is replaced; addresses we
 * had before are taken back.
 *
 * <p>Assumed: the signed text is the raw body. As the timestamp may turn out to be part of it, the
 * body behind timestamp and dot is accepted as well; both need the secret.
 *
 * @see <a href="https://developers.jane.app">Jane Developer Platform, webhooks</a>
 */
final class JaneWebhooks implements ChangeListener {

  static final String SECRET = "webhookSecret";

  private static final Duration OLDEST = Duration.ofMinutes(5);
  private static final String PREFIX = "sha256=";
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String SESSION = EmrSessions.LISTENING;
  private static final String CREATE = "jane.webhooks.create";
  private static final List<String> TOPICS =
      List.of(
          "APPOINTMENT_BOOKED",
          "APPOINTMENT_CANCELLED",
          "APPOINTMENT_UNCANCELLED",
          "APPOINTMENT_RESCHEDULED");

  private final JaneApi api;
  private final EmrSessions sessions;

  JaneWebhooks(JaneApi api, EmrSessions sessions) {
    this.api = api;
    this.sessions = sessions;
  }

  @Override
  public List<String> events() {
    return List.of();
  }

  @Override
  public boolean registersItself() {
    return true;
  }

  /**
   * {@inheritDoc}
   *
   * @see <a href="https://developers.jane.app">POST /webhooks</a>
   */
  @Override
  public void register(EmrAccount account, URI address) {
    sessions.alone(
        account,
        SESSION,
        holder -> {
          Set<String> secrets = new LinkedHashSet<>();
          for (String topic : TOPICS) {
            secrets.add(registered(account, topic, address));
            holder.keep(String.join("\n", secrets), null);
          }
          forgetEarlier(account, address);
          return holder;
        });
  }

  private String registered(EmrAccount account, String topic, URI address) {
    JsonNode wanted =
        JSON.createObjectNode().put("event_topic", topic).put("target_url", address.toString());
    HttpAnswer answer = api.change(account, CREATE, "POST", "webhooks", wanted);
    if (answer.status() == 409) {
      forget(account, topic, address);
      answer = api.change(account, CREATE, "POST", "webhooks", wanted);
    }
    String secret =
        accepted(answer, CREATE)
            ? VendorWire.parse(answer, CREATE).json().path("secret").asText("")
            : "";
    if (secret.isEmpty()) {
      throw VendorWire.broken(CREATE);
    }
    return secret;
  }

  private void forget(EmrAccount account, String topic, URI address) {
    for (JsonNode each : registrations(account)) {
      if (each.path("event_topic").asText().equals(topic)
          && each.path("target_url").asText().equals(address.toString())) {
        delete(account, each);
      }
    }
  }

  private void forgetEarlier(EmrAccount account, URI address) {
    for (JsonNode each : registrations(account)) {
      String target = each.path("target_url").asText();
      if (ChangeListener.sameBut(address, target) && !target.equals(address.toString())) {
        delete(account, each);
      }
    }
  }

  private JsonNode registrations(EmrAccount account) {
    return api.one(account, "jane.webhooks.list", "webhooks").entry().json().path("items");
  }

  private void delete(EmrAccount account, JsonNode registration) {
    String id = registration.path("id").asText("");
    if (id.matches("[0-9A-Za-z-]{1,64}")) {
      accepted(
          api.change(account, "jane.webhooks.delete", "DELETE", "webhooks/" + id, null),
          "jane.webhooks.delete");
    }
  }

  private static boolean accepted(HttpAnswer answer, String operation) {
    if (!answer.isSuccess()) {
      WireCall call = new WireCall(operation, "POST", URI.create("/"), Map.of(), null, false);
      throw VendorWire.refused(call, answer.status());
    }
    return true;
  }

  @Override
  public Heard hear(EmrAccount account, IncomingCall call) {
    List<String> secrets = secrets(account);
    Optional<String> signature = call.header("X-Jane-Signature");
    Optional<String> stamp = call.header("X-Jane-Timestamp");
    if (secrets.isEmpty()) {
      return new Heard.Refused("this connection has no webhook secret");
    }
    if (signature.isEmpty() || stamp.isEmpty()) {
      return new Heard.Refused("not signed");
    }
    boolean genuine = false;
    for (String secret : secrets) {
      genuine |= genuine(secret, signature.get(), stamp.get(), call.body());
    }
    if (!genuine) {
      return new Heard.Refused("signature does not match");
    }
    Instant sentAt = instant(stamp.get());
    if (sentAt == null || Duration.between(sentAt, call.receivedAt()).abs().compareTo(OLDEST) > 0) {
      return new Heard.Refused("too old");
    }
    return read(call.body());
  }

  /** What Jane told us when we registered, and what a person may have entered instead. */
  private List<String> secrets(EmrAccount account) {
    List<String> secrets = new ArrayList<>();
    account.credentials().find(SECRET).ifPresent(secrets::add);
    sessions
        .find(account, SESSION)
        .ifPresent(kept -> secrets.addAll(List.of(kept.value().split("\n"))));
    return secrets;
  }

  private static boolean genuine(String secret, String signature, String stamp, byte[] body) {
    if (!signature.startsWith(PREFIX)) {
      return false;
    }
    byte[] given = signature.substring(PREFIX.length()).getBytes(StandardCharsets.US_ASCII);
    byte[] before = (stamp + ".").getBytes(StandardCharsets.UTF_8);
    // Both are always computed, so that the time taken tells nothing.
    boolean plain = MessageDigest.isEqual(given, mac(secret, new byte[0], body));
    boolean stamped = MessageDigest.isEqual(given, mac(secret, before, body));
    return plain | stamped;
  }

  private static byte[] mac(String secret, byte[] before, byte[] body) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      mac.update(before);
      return HexFormat.of().formatHex(mac.doFinal(body)).getBytes(StandardCharsets.US_ASCII);
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** Seconds since 1970 or ISO 8601: the page that describes it shows neither. */
  private static @Nullable Instant instant(String stamp) {
    try {
      return stamp.matches("\\d{1,11}")
          ? Instant.ofEpochSecond(Long.parseLong(stamp))
          : Instant.parse(stamp);
    } catch (DateTimeException unreadable) {
      return null;
    }
  }

  private static Heard read(byte[] body) {
    JsonNode notice;
    try {
      notice = JSON.readTree(body);
    } catch (IOException notJson) {
      return new Heard.Refused("not readable");
    }
    String event = notice == null ? "" : notice.path("event_id").asText("");
    String appointment = notice == null ? "" : notice.path("appointment_id").asText("");
    if (event.isBlank() || !appointment.matches("[0-9A-Za-z-]{1,64}")) {
      return new Heard.Refused("names no appointment");
    }
    return new Heard.Changed(event, List.of(new ReRead.One(EmrRef.appointment(appointment))));
  }
}
