package io.clinicsync.secrecy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;
import org.slf4j.helpers.MessageFormatter;

/**
 * Sees every log call of our own code, whatever level is switched on, since a clinic that looks for
 * a fault may switch on any. It decides nothing.
 */
public final class SecrecyFilter extends TurboFilter {

  private static final String REQUESTS = "io.clinicsync.sandbox.requests";

  @Override
  public FilterReply decide(
      @Nullable Marker marker,
      Logger logger,
      Level level,
      @Nullable String format,
      Object @Nullable [] params,
      @Nullable Throwable failure) {
    String name = logger.getName();
    if (format != null && name.startsWith("io.clinicsync.")) {
      String line = MessageFormatter.basicArrayFormat(format, params);
      if (name.equals(REQUESTS)) {
        SecrecyWatch.WHOLE_RUN.look(
            "a request to " + RequestLines.kind(line), RequestLines.withoutForced(line));
      } else {
        SecrecyWatch.WHOLE_RUN.look("the log of " + name, line);
        SecrecyWatch.WHOLE_RUN.look("the log of " + name, failureOf(params, failure));
        LogTap.hear(line);
      }
    }
    return FilterReply.NEUTRAL;
  }

  /** A failure may come as the last argument, too. */
  private static @Nullable Throwable failureOf(
      Object @Nullable [] params, @Nullable Throwable failure) {
    boolean last =
        failure == null
            && params != null
            && params.length > 0
            && params[params.length - 1] instanceof Throwable;
    return last ? (Throwable) params[params.length - 1] : failure;
  }

  /** Whether the whole JVM's log goes through one now; not while it is configured anew. */
  static @Nullable SecrecyFilter active() {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    return context.getTurboFilterList().stream()
        .filter(SecrecyFilter.class::isInstance)
        .map(SecrecyFilter.class::cast)
        .findFirst()
        .orElse(null);
  }
}
