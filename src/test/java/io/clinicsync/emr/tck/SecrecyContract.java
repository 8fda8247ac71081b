package io.clinicsync.emr.tck;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.emr.spi.ReadWindow;
import io.clinicsync.emr.spi.RecordSource;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Nothing of a person and nothing of a key shows anywhere but in the records. */
interface SecrecyContract {

  TckStage stage();

  @Test
  default void noPersonAndNoKeyShowInLogsFailuresOrNames() {
    SimulatedEmr.Person person =
        new SimulatedEmr.Person(
            "Canarina", "Canaryson", "canary@example.org", "0400 987 654", "1987-06-05");
    EmrRef planted = EmrRef.patient(stage().first().truth().plant(person));
    List<String> canaries = new ArrayList<>(stage().first().truth().secrets());
    canaries.addAll(
        List.of(person.first(), person.last(), person.email(), person.phone(), "400987654"));
    canaries.add(person.birthDate());
    Logger logger = (Logger) LoggerFactory.getLogger("io.clinicsync");
    Level before = logger.getLevel();
    ListAppender<ILoggingEvent> seen = new ListAppender<>();
    seen.start();
    logger.setLevel(Level.TRACE);
    logger.addAppender(seen);
    StringWriter said = new StringWriter();
    try {
      stage().connector().check(stage().first().account());
      for (RecordSource<?> source : stage().sources()) {
        TckStage.pages(source, stage().first().account(), new ReadWindow.Everything())
            .forEach(page -> said.append(String.valueOf(page.next())).append('\n'));
      }
      BookingDesk.at(stage()).ifPresent(desk -> desk.provoke(said, person, planted));
      provoke(said, person);
    } finally {
      logger.detachAppender(seen);
      logger.setLevel(before);
    }
    seen.list.forEach(event -> said.append(event.getFormattedMessage()).append('\n'));
    said.append(String.valueOf(stage().connector()))
        .append(String.valueOf(stage().first().account()));
    said.append(stage().connector().descriptor().toString());
    assertThat(seen.list).as("the client does log its calls").isNotEmpty();
    for (String canary : canaries) {
      assertThat(said.toString().contains(canary))
          .as("shows " + canary.length() + " characters of a canary")
          .isFalse();
    }
  }

  private void provoke(StringWriter said, SimulatedEmr.Person person) {
    String body =
        "{\"message\":\"%s %s %s\"".formatted(person.first(), person.email(), person.birthDate());
    for (int status : List.of(200, 400, 401, 403, 404, 422, 500, 429)) {
      stage().proxy().answer(status, "application/json", body);
      try {
        stage()
            .sources()
            .getFirst()
            .read(stage().first().account(), new ReadWindow.Everything(), null);
      } catch (EmrException failure) {
        failure.printStackTrace(new PrintWriter(said));
      }
    }
  }
}
