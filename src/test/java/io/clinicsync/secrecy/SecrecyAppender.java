package io.clinicsync.secrecy;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.AppenderBase;
import org.jspecify.annotations.Nullable;

/** Looks through every line that is really logged, by whatever library. */
public final class SecrecyAppender extends AppenderBase<ILoggingEvent> {

  @Override
  protected void append(ILoggingEvent event) {
    String where = "the log of " + event.getLoggerName();
    SecrecyWatch watch = SecrecyWatch.WHOLE_RUN;
    watch.look(where, event.getFormattedMessage());
    event.getMDCPropertyMap().forEach((key, value) -> watch.look(where + ", MDC " + key, value));
    if (event.getKeyValuePairs() != null) {
      event.getKeyValuePairs().forEach(pair -> watch.look(where, String.valueOf(pair.value)));
    }
    look(watch, where, event.getThrowableProxy(), 0);
  }

  private static void look(
      SecrecyWatch watch, String where, @Nullable IThrowableProxy failure, int depth) {
    if (failure == null || depth > 20) {
      return;
    }
    watch.look(where + ", " + failure.getClassName(), failure.getMessage());
    for (IThrowableProxy suppressed : failure.getSuppressed()) {
      look(watch, where, suppressed, depth + 1);
    }
    look(watch, where, failure.getCause(), depth + 1);
  }
}
