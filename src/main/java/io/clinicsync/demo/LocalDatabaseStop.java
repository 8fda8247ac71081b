package io.clinicsync.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.event.ApplicationFailedEvent;
import org.springframework.boot.context.event.ApplicationPreparedEvent;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.ApplicationListener;

/** Stops the embedded database after everything that uses it. */
final class LocalDatabaseStop implements ApplicationListener<ApplicationEvent> {

  private final LocalDatabase database;

  LocalDatabaseStop(LocalDatabase database) {
    this.database = database;
  }

  @Override
  public void onApplicationEvent(ApplicationEvent event) {
    if (event instanceof ApplicationPreparedEvent) {
      // Shutdown handlers run after every context is closed.
      SpringApplication.getShutdownHandlers().add(this::stop);
    } else if (event instanceof ApplicationFailedEvent) {
      stop();
    }
  }

  private void stop() {
    try {
      database.close();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
