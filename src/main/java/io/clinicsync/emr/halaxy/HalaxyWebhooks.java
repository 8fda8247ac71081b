package io.clinicsync.emr.halaxy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.Hashes;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.emr.spi.ChangeListener;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.IncomingCall;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Notices a person sets up in Halaxy, one address for each event. They name a resource but not what
 * happened to it, are not signed and carry no time of sending: the header a person entered there is
 * all that proves them, so that without one nothing is believed. Assumed: that header is {@code
 * Authorization}, with or without {@code Bearer}.
 *
 * <p>A notice about a group appointment names the appointment, whose places are records of their
 * own; they are read with the next changes.
 *
 * @see <a href="https://developers.halaxy.com/docs/webhooks">Webhooks</a>
 */
final class HalaxyWebhooks implements ChangeListener {

  static final String SECRET = "webhookSecret";

  private static final String BEARER = "Bearer ";
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> EVENTS =
      List.of(
          "patient-created",
          "patient-updated",
          "appointment-created",
          "appointment-updated",
          "appointment-deleted",
          "invoice-created",
          "invoice-updated",
          "invoice-deleted");

  @Override
  public List<String> events() {
    return EVENTS;
  }

  @Override
  public Heard hear(EmrAccount account, IncomingCall call) {
    Optional<String> secret = account.credentials().find(SECRET);
    if (secret.isEmpty()) {
      return new Heard.Refused("this connection has no webhook secret");
    }
    String given = call.header("Authorization").orElse("");
    String plain = given.startsWith(BEARER) ? given.substring(BEARER.length()) : given;
    if (!MessageDigest.isEqual(bytes(plain), bytes(secret.get()))) {
      return new Heard.Refused("the authentication header does not match");
    }
    String event = call.event();
    if (event == null || !EVENTS.contains(event)) {
      return new Heard.Refused("no event we know");
    }
    List<ReRead> what = focuses(call.body(), event);
    return what.isEmpty()
        ? new Heard.Refused("names nothing of its event")
        : new Heard.Changed(hash(call.body(), event), what);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static List<ReRead> focuses(byte[] body, String event) {
    List<ReRead> what = new ArrayList<>();
    try {
      JsonNode bundle = JSON.readTree(body);
      for (JsonNode entry : bundle == null ? JSON.createArrayNode() : bundle.path("entry")) {
        for (JsonNode notice : entry.path("resource").path("notificationEvent")) {
          HalaxyReference focus =
              HalaxyReference.of(notice.path("focus").path("reference").asText(""));
          RecordKind kind = kind(event);
          if (focus != null && focus.type().equalsIgnoreCase(kind.name())) {
            what.add(new ReRead.One(EmrRef.of(kind, focus.id())));
          }
        }
      }
    } catch (IOException notJson) {
      return List.of();
    }
    return what;
  }

  private static RecordKind kind(String event) {
    return switch (event.substring(0, event.indexOf('-'))) {
      case "patient" -> RecordKind.PATIENT;
      case "invoice" -> RecordKind.INVOICE;
      default -> RecordKind.APPOINTMENT;
    };
  }

  private static String hash(byte[] body, String event) {
    MessageDigest digest = Hashes.sha256();
    digest.update(bytes(event + "\n"));
    return HexFormat.of().formatHex(digest.digest(body));
  }
}
