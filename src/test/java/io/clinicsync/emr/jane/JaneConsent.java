package io.clinicsync.emr.jane;

import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrConnector;
import io.clinicsync.emr.spi.OAuthSignIn;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;

/** A person who allows the access on Jane's page. */
final class JaneConsent {

  static final URI BACK = URI.create("https://sync.example.org/oauth/jane/callback");
  private static final String VERIFIER = "0123456789-verifier-0123456789-verifier-0123456789";

  private JaneConsent() {}

  static void give(EmrConnector connector, EmrAccount account) {
    OAuthSignIn signIn = signIn(connector, account);
    signIn.redeem(account, BACK, code(signIn, account), VERIFIER);
  }

  static OAuthSignIn signIn(EmrConnector connector, EmrAccount account) {
    return connector.capabilities(account).stream()
        .filter(OAuthSignIn.class::isInstance)
        .map(OAuthSignIn.class::cast)
        .findFirst()
        .orElseThrow();
  }

  /** What the browser brings back. */
  static String code(OAuthSignIn signIn, EmrAccount account) {
    URI page = signIn.authorize(account, BACK, "state-1", challenge(VERIFIER));
    try (HttpClient browser = HttpClient.newHttpClient()) {
      HttpResponse<Void> answer =
          browser.send(
              HttpRequest.newBuilder(page)
                  .POST(HttpRequest.BodyPublishers.ofString("allow=yes"))
                  .build(),
              HttpResponse.BodyHandlers.discarding());
      String to = answer.headers().firstValue("Location").orElseThrow();
      return Arrays.stream(URI.create(to).getRawQuery().split("&"))
          .filter(each -> each.startsWith("code="))
          .map(each -> URLDecoder.decode(each.substring(5), StandardCharsets.UTF_8))
          .findFirst()
          .orElseThrow();
    } catch (IOException | InterruptedException failed) {
      throw new AssertionError(failed);
    }
  }

  private static String challenge(String verifier) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(verifier.getBytes(StandardCharsets.US_ASCII));
      return Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
    } catch (NoSuchAlgorithmException impossible) {
      throw new AssertionError(impossible);
    }
  }
}
