package io.clinicsync.sandbox.pteverywhere;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** Builds, encrypts, signs and delivers notices about appointments. */
public final class PtEverywhereHooks {

  private final PtEverywhereAccount account;

  /** Hooks of one clinic. */
  public PtEverywhereHooks(PtEverywhereAccount account) {
    this.account = account;
  }

  /**
   * A notice as it is sent.
   *
   * @param headers the signature among them
   */
  public record SignedCall(Map<String, String> headers, byte[] body) {}

  /** The notice about an appointment, in the mode that is switched on. */
  public SignedCall signed(String appointment) {
    return signed(appointment, account.webhookSecret(), account.switches().webhookMode);
  }

  /** As {@link #signed(String)}, with any secret of 32 letters and any mode. */
  public SignedCall signed(String appointment, String secret, int mode) {
    ObjectNode row = account.table("appointments").require(appointment);
    ObjectNode plain = PtEverywhereAccount.JSON.createObjectNode();
    plain.set("_id", row.get("_id"));
    // The clinic's own account, not the patient.
    plain.put("Client", account.hexId("client", "0")).put("Title", "Appointment");
    plain.set("Status", row.get("appointmentStatus"));
    plain.put("Type", "Standard").put("Note", "");
    plain.set("StartDateTime", row.get("startDateTime"));
    plain.set("EndDateTime", row.get("endDateTime"));
    plain.set("CreatedDate", row.get("_created"));
    plain.set("Service", row.get("_service"));
    plain.put("Deleted", false);
    plain.set("Location", row.get("_location"));
    String body =
        PtEverywhereAccount.JSON
            .createObjectNode()
            .put("data", encrypted(plain.toString(), secret, mode))
            .toString();
    return new SignedCall(
        Map.of(
            "Content-Type",
            "application/json",
            "X-Hub-Signature-256",
            "sha256=" + mac(body, secret)),
        body.getBytes(StandardCharsets.UTF_8));
  }

  /** AES as the vendor's sample library does it. */
  public static String encrypted(String text, String secret, int mode) {
    byte[] plain = text.getBytes(StandardCharsets.UTF_8);
    byte[] key = secret.getBytes(StandardCharsets.UTF_8);
    try {
      byte[] sealed =
          switch (mode) {
            case 1 -> byPassphrase(plain, key);
            case 2 -> byBlocks(plain, key);
            case 3 -> {
              byte[] vector = Arrays.copyOf(hash("MD5", plain), 16);
              yield joined(vector, chained(plain, key, vector));
            }
            default -> throw new IllegalArgumentException("no such mode: " + mode);
          };
      return Base64.getEncoder().encodeToString(sealed);
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static byte[] byPassphrase(byte[] plain, byte[] secret) throws GeneralSecurityException {
    byte[] salt = Arrays.copyOf(hash("SHA-256", plain), 8);
    byte[] made = {};
    byte[] last = {};
    while (made.length < 48) {
      last = hash("MD5", joined(joined(last, secret), salt));
      made = joined(made, last);
    }
    byte[] sealed = chained(plain, Arrays.copyOf(made, 32), Arrays.copyOfRange(made, 32, 48));
    return joined(joined("Salted__".getBytes(StandardCharsets.US_ASCII), salt), sealed);
  }

  // The vendor's mode, not ours.
  @SuppressWarnings("InsecureCipherMode")
  private static byte[] byBlocks(byte[] plain, byte[] key) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/ECB/PKCS5Padding");
    cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"));
    return cipher.doFinal(plain);
  }

  private static byte[] chained(byte[] plain, byte[] key, byte[] vector)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/CBC/PKCS5Padding");
    cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"), new IvParameterSpec(vector));
    return cipher.doFinal(plain);
  }

  private static byte[] joined(byte[] first, byte[] second) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(first);
    all.writeBytes(second);
    return all.toByteArray();
  }

  private static byte[] hash(String algorithm, byte[] bytes) throws GeneralSecurityException {
    return MessageDigest.getInstance(algorithm).digest(bytes);
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
