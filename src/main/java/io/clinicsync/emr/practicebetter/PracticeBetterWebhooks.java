package io.clinicsync.emr.practicebetter;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.Hashes;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.emr.spi.ChangeListener;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrSession;
import io.clinicsync.emr.spi.EmrSessions;
import io.clinicsync.emr.spi.IncomingCall;
import io.clinicsync.emr.wire.Entry;
import io.clinicsync.emr.wire.VendorWire;
import io.clinicsync.emr.wire.WireCall;
import io.clinicsync.http.HttpAnswer;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Notices about clients, sessions and invoices. The address is tried out while it is registered, so
 * the token it must know is kept before; the signing secret is told once and kept after. A notice's
 * envelope is not documented: it is a hint, and what it names is read again.
 *
 * @see <a href="https://api-docs.practicebetter.io">POST /webhooks/subscription</a>
 */
final class PracticeBetterWebhooks implements ChangeListener {

  private static final Duration OLDEST = Duration.ofSeconds(300);
  private static final String SESSION = EmrSessions.LISTENING;
  private static final String CREATE = "practicebetter.webhooks.create";
  private static final String TYPES = "practicebetter.webhooks.types";
  private static final String PATH = "/webhooks/subscription";
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final SecureRandom RANDOM = new SecureRandom();

  private final PracticeBetterApi api;
  private final EmrSessions sessions;

  PracticeBetterWebhooks(PracticeBetterApi api, EmrSessions sessions) {
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

  @Override
  public void register(EmrAccount account, URI address) {
    ArrayNode types = types(account);
    sessions.alone(
        account,
        SESSION,
        holder -> {
          byte[] random = new byte[32];
          RANDOM.nextBytes(random);
          String token = HexFormat.of().formatHex(random);
          // Before the call, within which the address is tried out; the old secret goes on until
          // there is a new one.
          String old = holder.current().map(kept -> read(kept, "secret")).orElse("");
          holder.keep(value(token, old), null);
          JsonNode made = created(account, address, types, token);
          EmrSession kept =
              holder.keep(value(token, made.path("plaintextSigningSecret").asText()), null);
          forgetOthers(account, address, made.path("id").asText());
          return kept;
        });
  }

  private static String value(String token, String secret) {
    return JSON.createObjectNode().put("token", token).put("secret", secret).toString();
  }

  /** Those of the vendor's events that we can use. */
  private ArrayNode types(EmrAccount account) {
    ArrayNode wanted = JSON.createArrayNode();
    JsonNode groups =
        api.document(account, TYPES, PATH + "/event/types", new PracticeBetterQuery())
            .orElseThrow(() -> VendorWire.broken(TYPES))
            .json();
    for (JsonNode group : groups) {
      for (JsonNode type : group.path("eventTypes")) {
        String value = type.path("value").asText("");
        if (kind(value) != null) {
          wanted.add(value);
        }
      }
    }
    if (wanted.isEmpty()) {
      throw VendorWire.broken(TYPES);
    }
    return wanted;
  }

  private JsonNode created(EmrAccount account, URI address, ArrayNode types, String token) {
    ObjectNode wanted = JSON.createObjectNode().put("endpointUrl", address.toString());
    wanted.set("eventTypes", types);
    wanted.put("verificationToken", token).put("description", "ClinicSync");
    wanted.put("autoEnable", true);
    HttpAnswer answer = api.change(account, CREATE, "POST", PATH, wanted);
    accepted(answer, CREATE);
    JsonNode made = VendorWire.parse(answer, CREATE).json();
    if (made.path("plaintextSigningSecret").asText("").isBlank()) {
      throw VendorWire.broken(CREATE);
    }
    return made;
  }

  /** Earlier registrations of ours, whose secrets nobody can read any more. */
  private void forgetOthers(EmrAccount account, URI address, String ours) {
    String operation = "practicebetter.webhooks.delete";
    for (Entry each : api.all(account, "practicebetter.webhooks.list", PATH)) {
      String id = each.json().path("id").asText("");
      boolean same = ChangeListener.sameBut(address, each.json().path("endpointUrl").asText());
      if (same && !id.equals(ours) && PracticeBetterApi.id(id).isPresent()) {
        accepted(api.change(account, operation, "DELETE", PATH + "/" + id, null), operation);
      }
    }
  }

  private static void accepted(HttpAnswer answer, String operation) {
    if (!answer.isSuccess()) {
      WireCall call = new WireCall(operation, "POST", URI.create("/"), Map.of(), null, false);
      throw PracticeBetterApi.refused(call, answer.status());
    }
  }

  @Override
  public Heard hear(EmrAccount account, IncomingCall call) {
    EmrSession kept = sessions.find(account, SESSION).orElse(null);
    if (kept == null) {
      return new Heard.Refused("this connection has registered no address");
    }
    return call.method().equalsIgnoreCase("GET") ? handshake(kept, call) : notice(kept, call);
  }

  private static Heard handshake(EmrSession kept, IncomingCall call) {
    String challenge = call.parameter("challenge").orElse("");
    String token = call.parameter("verification_token").orElse("");
    String wanted = read(kept, "token");
    boolean genuine =
        !wanted.isEmpty()
            && MessageDigest.isEqual(
                token.getBytes(StandardCharsets.UTF_8), wanted.getBytes(StandardCharsets.UTF_8));
    if (!genuine || challenge.isEmpty() || challenge.length() > 500) {
      return new Heard.Refused("not the handshake we asked for");
    }
    return new Heard.Handshake(
        "application/json",
        JSON.createObjectNode()
            .put("challenge", challenge)
            .put("timestamp", call.receivedAt().getEpochSecond())
            .toString());
  }

  private static Heard notice(EmrSession kept, IncomingCall call) {
    String secret = read(kept, "secret");
    Optional<String> header = call.header("PB-Signature");
    if (secret.isEmpty()) {
      return new Heard.Refused("this connection has no webhook secret");
    }
    if (header.isEmpty()) {
      return new Heard.Refused("not signed");
    }
    String stamp = "";
    boolean genuine = false;
    for (String part : header.get().split(",")) {
      if (part.strip().startsWith("t=")) {
        stamp = part.strip().substring(2);
      }
    }
    byte[] expected = mac(secret, stamp, call.body());
    for (String part : header.get().split(",")) {
      if (part.strip().startsWith("v1=")) {
        byte[] given =
            part.strip().substring(3).toLowerCase(Locale.ROOT).getBytes(StandardCharsets.UTF_8);
        genuine |= MessageDigest.isEqual(given, expected);
      }
    }
    if (!genuine || !stamp.matches("\\d{1,11}")) {
      return new Heard.Refused("signature does not match");
    }
    Instant sentAt = Instant.ofEpochSecond(Long.parseLong(stamp));
    if (Duration.between(sentAt, call.receivedAt()).abs().compareTo(OLDEST) > 0) {
      return new Heard.Refused("too old");
    }
    return meaning(call.body());
  }

  private static byte[] mac(String secret, String stamp, byte[] body) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      mac.update((stamp + ".").getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(mac.doFinal(body)).getBytes(StandardCharsets.UTF_8);
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** What the vendor means; a genuine notice about something else changes nothing. */
  private static Heard meaning(byte[] body) {
    JsonNode notice;
    try {
      notice = JSON.readTree(body);
    } catch (IOException notJson) {
      return new Heard.Refused("not readable");
    }
    if (notice == null || !notice.isObject()) {
      return new Heard.Refused("not readable");
    }
    String event = first(notice, "/eventType", "/event_type", "/type");
    String id = first(notice, "/resourceId", "/resource_id", "/data/id", "/resource/id");
    RecordKind kind = kind(event);
    List<ReRead> what =
        kind == null || PracticeBetterApi.id(id).isEmpty()
            ? List.of()
            : List.of(new ReRead.One(EmrRef.of(kind, id)));
    String own = first(notice, "/id");
    return new Heard.Changed(own.isEmpty() || own.length() > 200 ? hash(body) : own, what);
  }

  private static String first(JsonNode notice, String... pointers) {
    for (String pointer : pointers) {
      String text = notice.at(pointer).asText("").strip();
      if (!text.isEmpty()) {
        return text;
      }
    }
    return "";
  }

  private static @Nullable RecordKind kind(String event) {
    String word = event.toLowerCase(Locale.ROOT);
    if (word.contains("session")) {
      return RecordKind.APPOINTMENT;
    }
    if (word.contains("invoice")) {
      return RecordKind.INVOICE;
    }
    return word.contains("client") ? RecordKind.PATIENT : null;
  }

  private static String hash(byte[] body) {
    return HexFormat.of().formatHex(Hashes.sha256(body));
  }

  private static String read(EmrSession kept, String member) {
    try {
      return JSON.readTree(kept.value()).path(member).asText("");
    } catch (JsonProcessingException notOurs) {
      return "";
    }
  }
}
