package io.clinicsync.ghl;

import io.clinicsync.http.KnownHosts;
import java.util.List;
import java.util.regex.Pattern;
import org.springframework.stereotype.Component;

/** The vendor's API lives on one host. */
@Component
class GhlHosts implements KnownHosts {

  @Override
  public List<Pattern> patterns() {
    return List.of(Pattern.compile("^services\\.leadconnectorhq\\.com$"));
  }
}
