package io.clinicsync.emr.pteverywhere;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.Hashes;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.canonical.TimeRange;
import io.clinicsync.emr.spi.ChangeListener;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.IncomingCall;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Notices about appointments, which the vendor registers on request. A notice names neither its
 * event nor a patient that can be trusted and has no time of its own, so it is a hint: the clinic's
 * day around its start is read again, and a notice that comes again is known by its text.
 *
 * @see <a href="https://openapi.pteverywhere.com/api/v2/swagger.html">Webhooks</a>
 */
final class PtEverywhereWebhooks implements ChangeListener {

  static final String SECRET = "webhookSecret";

  private static final String PREFIX = "sha256=";
  private static final ObjectMapper JSON = new ObjectMapper();

  @Override
  public List<String> events() {
    return List.of();
  }

  @Override
  public Heard hear(EmrAccount account, IncomingCall call) {
    String secret = account.credentials().find(SECRET).orElse("");
    String signature = call.header("X-Hub-Signature-256").orElse("").strip();
    if (secret.isEmpty()) {
      return new Heard.Refused("this connection has no webhook secret");
    }
    if (!signature.startsWith(PREFIX)) {
      return new Heard.Refused("not signed");
    }
    byte[] given =
        signature
            .substring(PREFIX.length())
            .toLowerCase(Locale.ROOT)
            .getBytes(StandardCharsets.UTF_8);
    if (!MessageDigest.isEqual(given, mac(secret, call.body()))) {
      return new Heard.Refused("signature does not match");
    }
    return read(call.body())
        .map(body -> body.path("data").asText(""))
        .flatMap(data -> PtEverywhereCipher.open(data, secret))
        .map(plain -> meaning(account, plain))
        .orElseGet(() -> new Heard.Refused("not readable"));
  }

  private static byte[] mac(String secret, byte[] body) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      return HexFormat.of().formatHex(mac.doFinal(body)).getBytes(StandardCharsets.UTF_8);
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static Optional<JsonNode> read(byte[] body) {
    try {
      return Optional.ofNullable(JSON.readTree(body)).filter(JsonNode::isObject);
    } catch (IOException notJson) {
      return Optional.empty();
    }
  }

  private static Heard meaning(EmrAccount account, String plain) {
    byte[] bytes = plain.getBytes(StandardCharsets.UTF_8);
    JsonNode notice = read(bytes).orElse(null);
    String id = notice == null ? "" : notice.path("_id").asText("");
    if (notice == null || !PtEverywhereApi.isId(id)) {
      return new Heard.Refused("not readable");
    }
    return new Heard.Changed(hash(bytes), List.of(what(account, id, notice)));
  }

  private static ReRead what(EmrAccount account, String id, JsonNode notice) {
    try {
      LocalDate day =
          OffsetDateTime.parse(notice.path("StartDateTime").asText(""))
              .atZoneSameInstant(account.zone())
              .toLocalDate();
      return new ReRead.Span(
          RecordKind.APPOINTMENT,
          new TimeRange(
              day.atStartOfDay(account.zone()).toInstant(),
              day.plusDays(1).atStartOfDay(account.zone()).toInstant()));
    } catch (DateTimeException noStart) {
      return new ReRead.One(EmrRef.appointment(id));
    }
  }

  private static String hash(byte[] plain) {
    return HexFormat.of().formatHex(Hashes.sha256(plain));
  }
}
