package io.clinicsync.emr.jane;

import io.clinicsync.emr.spi.Credentials;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.http.KnownHosts;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Each clinic has a host of its own; all sign in at one identity server. */
@Component
class JaneHosts implements KnownHosts {

  static final String CLINIC = "clinic";
  static final String PATTERN = "^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\\.janeapp\\.com$";

  private static final String IDENTITY = "^login\\.id\\.janeapp\\.com$";
  private static final Pattern CLINIC_HOST = Pattern.compile(PATTERN);
  private static final String PRODUCTION = "https://login.id.janeapp.com/realms/jane";
  private static final String SANDBOX = "/login/realms/jane_partner_sandbox";

  @Override
  public List<Pattern> patterns() {
    return List.of(CLINIC_HOST, Pattern.compile(IDENTITY));
  }

  /**
   * The clinic's own address, from its name or its whole address as people copy it.
   *
   * @throws EmrException CREDENTIALS_REJECTED when it can be no clinic's
   */
  static URI clinic(Credentials credentials) {
    String typed = credentials.require(CLINIC).strip().toLowerCase(Locale.ROOT);
    String host = typed.replaceFirst("^https?://", "").replaceFirst("/.*$", "");
    String whole = host.contains(".") ? host : host + ".janeapp.com";
    if (!CLINIC_HOST.matcher(whole).matches()) {
      throw new EmrException(
          EmrException.Kind.CREDENTIALS_REJECTED,
          "This is no clinic's address at Jane; it looks like yourclinic.janeapp.com");
    }
    return URI.create("https://" + whole);
  }

  static boolean isClinic(@Nullable String host) {
    return host != null && CLINIC_HOST.matcher(host.toLowerCase(Locale.ROOT)).matches();
  }

  /** Base of an account without a slash at its end. */
  static String base(EmrAccount account) {
    String base = account.base().toString();
    return base.endsWith("/") ? base.substring(0, base.length() - 1) : base;
  }

  /**
   * An address of the identity server.
   *
   * @param path {@code auth} or {@code token}
   */
  static URI identity(EmrAccount account, String path) {
    String realm = isClinic(account.base().getHost()) ? PRODUCTION : base(account) + SANDBOX;
    return URI.create(realm + "/protocol/openid-connect/" + path);
  }
}
