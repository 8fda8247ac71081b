package io.clinicsync.emr.pteverywhere;

import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.http.KnownHosts;
import java.net.URI;
import java.util.List;
import java.util.regex.Pattern;
import org.springframework.stereotype.Component;

/** Every clinic is on one host. */
@Component
class PtEverywhereHosts implements KnownHosts {

  static final String PATTERN = "^openapi\\.pteverywhere\\.com$";
  static final URI BASE = URI.create("https://openapi.pteverywhere.com/api/v2");

  @Override
  public List<Pattern> patterns() {
    return List.of(Pattern.compile(PATTERN));
  }

  /** An address below an account's base. */
  static URI at(EmrAccount account, String path) {
    String base = account.base().toString();
    return URI.create((base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + path);
  }
}
