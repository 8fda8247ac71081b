package io.clinicsync.emr.cliniko;

import io.clinicsync.http.KnownHosts;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.stereotype.Component;

/** One host per shard; the shard stands at the end of an API key. */
@Component
class ClinikoHosts implements KnownHosts {

  static final String PATTERN = "^api\\.[a-z]{2}\\d{1,2}\\.cliniko\\.com$";

  /** Keys made before shards existed carry none and live here. */
  private static final String FIRST_SHARD = "au1";

  // Anchored although the vendor prints it without: the match becomes part of a host name.
  private static final Pattern SHARD = Pattern.compile("^.*-([a-z]{2}\\d{1,2})$");

  @Override
  public List<Pattern> patterns() {
    return List.of(Pattern.compile(PATTERN));
  }

  static String hostOf(String apiKey) {
    Matcher shard = SHARD.matcher(apiKey.toLowerCase(Locale.ROOT));
    return "api." + (shard.matches() ? shard.group(1) : FIRST_SHARD) + ".cliniko.com";
  }
}
