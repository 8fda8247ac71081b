package io.clinicsync.emr.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.clinicsync.canonical.EmrRef;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.emr.spi.ReadWindow;
import io.clinicsync.emr.spi.RecordSource;
import io.clinicsync.sandbox.world.Canaries;
import io.clinicsync.secrecy.LogTap;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Nothing of a person and nothing of a key shows anywhere but in the records. */
interface SecrecyContract {

  TckStage stage();

  @Test
  default void noPersonAndNoKeyShowInLogsFailuresOrNames() throws Exception {
    SimulatedEmr.Person person =
        new SimulatedEmr.Person(
            Canaries.FIRST,
            Canaries.LAST,
            "linnet.wrenquist1@example.org",
            "0491 570 987",
            Canaries.BORN + "-06-05");
    EmrRef planted = EmrRef.patient(stage().first().truth().plant(person));
    List<String> canaries = new ArrayList<>(stage().first().truth().secrets());
    canaries.addAll(
        List.of(person.first(), person.last(), person.email(), person.phone(), "491570987"));
    canaries.add(person.birthDate());
    StringWriter said = new StringWriter();
    List<String> lines =
        LogTap.during(
            () -> {
              stage().connector().check(stage().first().account());
              for (RecordSource<?> source : stage().sources()) {
                TckStage.pages(source, stage().first().account(), new ReadWindow.Everything())
                    .forEach(page -> said.append(String.valueOf(page.next())).append('\n'));
              }
              BookingDesk.at(stage()).ifPresent(desk -> desk.provoke(said, person, planted));
              provoke(said, person);
              stage().proxy().clear();
            });
    lines.forEach(line -> said.append(line).append('\n'));
    said.append(String.valueOf(stage().connector()))
        .append(String.valueOf(stage().first().account()));
    said.append(stage().connector().descriptor().toString());
    if (stage().isCalled()) {
      assertThat(lines).as("the client does log its calls").isNotEmpty();
    }
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
