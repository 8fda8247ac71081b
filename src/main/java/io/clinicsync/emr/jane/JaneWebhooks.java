package io.clinicsync.emr.jane;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.emr.spi.ChangeListener;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.IncomingCall;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Notices about booked, cancelled, restored and moved appointments; they name the appointment and
 * nothing else. Jane does not tell of arrivals, no-shows or patients.
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

  @Override
  public List<String> events() {
    return List.of();
  }

  @Override
  public Heard hear(EmrAccount account, IncomingCall call) {
    Optional<String> secret = account.credentials().find(SECRET);
    Optional<String> signature = call.header("X-Jane-Signature");
    Optional<String> stamp = call.header("X-Jane-Timestamp");
    if (secret.isEmpty()) {
      return new Heard.Refused("this connection has no webhook secret");
    }
    if (signature.isEmpty() || stamp.isEmpty()) {
      return new Heard.Refused("not signed");
    }
    if (!genuine(secret.get(), signature.get(), stamp.get(), call.body())) {
      return new Heard.Refused("signature does not match");
    }
    Instant sentAt = instant(stamp.get());
    if (sentAt == null || Duration.between(sentAt, call.receivedAt()).abs().compareTo(OLDEST) > 0) {
      return new Heard.Refused("too old");
    }
    return read(call.body());
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
