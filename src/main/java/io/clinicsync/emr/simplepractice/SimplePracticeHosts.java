package io.clinicsync.emr.simplepractice;

import io.clinicsync.emr.spi.Credentials;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.http.KnownHosts;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.springframework.stereotype.Component;

/**
 * All practices share the host of the application and that of its sign-in side; each has a portal
 * of its own. Behind another base, as the sandbox's, the two others are folders of it.
 */
@Component
class SimplePracticeHosts implements KnownHosts {

  static final String SLUG = "slug";
  static final String APP = "^secure\\.simplepractice\\.com$";
  static final URI PRODUCTION = URI.create("https://secure.simplepractice.com");

  private static final String ACCOUNT = "^account\\.simplepractice\\.com$";
  private static final String PORTAL = "^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\\.clientsecure\\.me$";
  private static final Pattern SLUGS = Pattern.compile("[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?");

  @Override
  public List<Pattern> patterns() {
    return List.of(Pattern.compile(APP), Pattern.compile(ACCOUNT), Pattern.compile(PORTAL));
  }

  /** The application, without a slash at its end. */
  static String app(EmrAccount account) {
    String base = account.base().toString();
    return base.endsWith("/") ? base.substring(0, base.length() - 1) : base;
  }

  private static boolean isProduction(EmrAccount account) {
    String host = account.base().getHost();
    return host != null && host.toLowerCase(Locale.ROOT).matches(APP);
  }

  /** The sign-in side, without a slash at its end. */
  static String signIn(EmrAccount account) {
    return isProduction(account) ? "https://account.simplepractice.com" : app(account) + "/account";
  }

  /** The practice's portal, without a slash at its end; empty where the practice gave none. */
  static Optional<String> portal(EmrAccount account) {
    return slug(account.credentials())
        .map(
            slug ->
                isProduction(account)
                    ? "https://" + slug + ".clientsecure.me"
                    : app(account) + "/portal/" + slug);
  }

  /**
   * The practice's name in its portal's address, also from the whole address.
   *
   * @throws EmrException CREDENTIALS_REJECTED when it can be none
   */
  static Optional<String> slug(Credentials credentials) {
    return credentials
        .find(SLUG)
        .map(
            typed ->
                typed
                    .strip()
                    .toLowerCase(Locale.ROOT)
                    .replaceFirst("^https?://", "")
                    .replaceFirst("/.*$", "")
                    .replaceFirst("\\.clientsecure\\.me$", ""))
        .map(SimplePracticeHosts::checked);
  }

  private static String checked(String slug) {
    if (!SLUGS.matcher(slug).matches()) {
      throw new EmrException(
          EmrException.Kind.CREDENTIALS_REJECTED,
          "This is no client portal's address; it looks like yourpractice.clientsecure.me");
    }
    return slug;
  }
}
