package io.clinicsync.http;

import java.util.List;
import java.util.regex.Pattern;

/**
 * Hosts one vendor lives on. Each client contributes a bean; calls to any other host are refused.
 */
@FunctionalInterface
public interface KnownHosts {

  /** Patterns that must match a whole lower-case host name. */
  List<Pattern> patterns();
}
