package io.clinicsync.emr.halaxy;

import io.clinicsync.emr.spi.Credentials;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.http.KnownHosts;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.springframework.stereotype.Component;

/** One host for each region. */
@Component
class HalaxyHosts implements KnownHosts {

  static final String REGION = "region";
  static final String PATTERN = "^(?:au|eu)-api\\.halaxy\\.com$";

  @Override
  public List<Pattern> patterns() {
    return List.of(Pattern.compile(PATTERN));
  }

  /**
   * The host of the region a clinic names.
   *
   * @throws EmrException CREDENTIALS_REJECTED when it names none
   */
  static URI of(Credentials credentials) {
    return switch (credentials.require(REGION).strip().toLowerCase(Locale.ROOT)) {
      case "au" -> URI.create("https://au-api.halaxy.com");
      case "eu" -> URI.create("https://eu-api.halaxy.com");
      default ->
          throw new EmrException(
              EmrException.Kind.CREDENTIALS_REJECTED,
              "The region is au, or eu for the United Kingdom and the European Union");
    };
  }

  /** An address below the API's root. */
  static URI address(EmrAccount account, String path) {
    return URI.create(plain(account) + "/main/" + path);
  }

  /** The name of one of the region's own lists of codes. */
  static String preset(EmrAccount account, String codes) {
    return plain(account) + "/presets/CodeSystem/" + codes;
  }

  private static String plain(EmrAccount account) {
    String base = account.base().toString();
    return base.endsWith("/") ? base.substring(0, base.length() - 1) : base;
  }
}
