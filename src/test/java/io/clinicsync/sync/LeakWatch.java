package io.clinicsync.sync;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;

/** Reads along whatever is logged and keeps the lines that hold a planted canary or a key. */
final class LeakWatch extends AppenderBase<ILoggingEvent> {

  private final Set<String> canaries = ConcurrentHashMap.newKeySet();
  private final List<String> leaked = new CopyOnWriteArrayList<>();

  static LeakWatch install() {
    LeakWatch watch = new LeakWatch();
    Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    watch.setContext(root.getLoggerContext());
    watch.start();
    root.addAppender(watch);
    return watch;
  }

  void watch(String canary) {
    canaries.add(canary);
  }

  List<String> leaked() {
    return leaked;
  }

  @Override
  protected void append(ILoggingEvent event) {
    String text = event.getFormattedMessage();
    if (event.getThrowableProxy() != null) {
      text += ThrowableProxyUtil.asString(event.getThrowableProxy());
    }
    for (String canary : canaries) {
      if (text.contains(canary)) {
        leaked.add(event.getLoggerName() + " logged a canary");
      }
    }
  }
}
