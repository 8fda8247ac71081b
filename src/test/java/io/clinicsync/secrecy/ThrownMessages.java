package io.clinicsync.secrecy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;

/**
 * Takes down the message of every exception made in this JVM, by the flight recorder, and looks at
 * those of our own when it is closed: one that is caught and dropped is seen as well. Messages of
 * other libraries may quote what they read; they are looked at where they are logged.
 */
final class ThrownMessages implements AutoCloseable {

  static final String NAME = "thrown messages";

  private final SecrecyWatch watch;
  private final Recording recording = new Recording();

  private ThrownMessages(SecrecyWatch watch) {
    this.watch = watch;
  }

  static ThrownMessages start(SecrecyWatch watch) {
    ThrownMessages thrown = new ThrownMessages(watch);
    thrown.recording.setName(NAME);
    thrown.recording.enable("jdk.JavaExceptionThrow").withoutStackTrace().with("throttle", "off");
    thrown.recording.start();
    return thrown;
  }

  @Override
  public void close() {
    try (recording) {
      recording.stop();
      Path file = Files.createTempFile("thrown", ".jfr");
      recording.dump(file);
      try (RecordingFile events = new RecordingFile(file)) {
        while (events.hasMoreEvents()) {
          look(events.readEvent());
        }
      }
      Files.delete(file);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private void look(RecordedEvent event) {
    if (event.getEventType().getName().equals("jdk.JavaExceptionThrow")) {
      String type = event.getClass("thrownClass").getName();
      if (type.startsWith("io.clinicsync.") && !type.startsWith("io.clinicsync.sandbox.")) {
        watch.look("the message of " + type, event.getString("message"));
      }
    }
  }
}
