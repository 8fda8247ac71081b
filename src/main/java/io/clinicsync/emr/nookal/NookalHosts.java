package io.clinicsync.emr.nookal;

import io.clinicsync.emr.spi.Credentials;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.http.KnownHosts;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.springframework.stereotype.Component;

/**
 * One host for all of v2, and one for each region of v3, of which only Australia's is confirmed.
 */
@Component
class NookalHosts implements KnownHosts {

  static final String REGION = "region";
  static final List<String> PATTERNS = List.of("^api\\.nookal\\.com$", "^au-apiv3\\.nookal\\.com$");

  private static final String V2 = "https://api.nookal.com";

  /** Never made of what somebody typed: a region not named here has no host. */
  private static final Map<String, String> V3 = Map.of("au", "https://au-apiv3.nookal.com");

  @Override
  public List<Pattern> patterns() {
    return PATTERNS.stream().map(Pattern::compile).toList();
  }

  /**
   * Where v2 is.
   *
   * @throws EmrException CREDENTIALS_REJECTED when a region is named that we do not know
   */
  static URI base(Credentials credentials) {
    region(credentials);
    return URI.create(V2);
  }

  private static String region(Credentials credentials) {
    String region = credentials.find(REGION).orElse("au").strip().toLowerCase(Locale.ROOT);
    if (!V3.containsKey(region)) {
      throw new EmrException(
          EmrException.Kind.CREDENTIALS_REJECTED,
          "This region of Nookal's API v3 is not known; the one that is known is au");
    }
    return region;
  }

  private static String plain(EmrAccount account) {
    String base = account.base().toString();
    return base.endsWith("/") ? base.substring(0, base.length() - 1) : base;
  }

  static URI v2(EmrAccount account, String function) {
    return URI.create(plain(account) + "/production/v2/" + function);
  }

  /**
   * An address of v3.
   *
   * @param path {@code oauth/token} or {@code graphql}
   */
  static URI v3(EmrAccount account, String path) {
    String region = region(account.credentials());
    String host =
        "api.nookal.com".equals(account.base().getHost())
            ? V3.get(region)
            : plain(account) + "/" + region + "-apiv3";
    return URI.create(host + "/" + path);
  }
}
