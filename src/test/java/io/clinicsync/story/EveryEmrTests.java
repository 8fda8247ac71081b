package io.clinicsync.story;

import static org.assertj.core.api.Assertions.assertThat;

import io.clinicsync.ApplicationTest;
import io.clinicsync.imports.ImportState;
import io.clinicsync.story.EmrTruths.Person;
import io.clinicsync.story.EmrTruths.Truth;
import io.clinicsync.story.EmrTruths.Visit;
import io.clinicsync.story.StoryBed.Scene;
import io.clinicsync.story.StoryBed.Stage;
import io.clinicsync.tenancy.Tenancy;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * What every EMR's simulator truly holds, worked out here without any of the application's code,
 * stands in GoHighLevel for every patient; and a second run writes nothing.
 */
@ApplicationTest
@Import(StoryBed.class)
@ResourceLock(StoryBed.SANDBOX)
class EveryEmrTests {

  private static final Map<String, String> WAYS =
      Map.of(
          "jane", "web",
          "nookal", "api-key",
          "halaxy", "client-credentials",
          "practicebetter", "client-credentials",
          "simplepractice", "web",
          "pteverywhere", "api",
          "promptemr", "exports");

  @Autowired private Stage stage;
  @Autowired private Tenancy tenancy;
  @Autowired private JdbcClient jdbc;

  static Stream<String> emrs() {
    return WAYS.keySet().stream().sorted();
  }

  @ParameterizedTest
  @MethodSource("emrs")
  void everyPatientsContactIsWhatItsEmrHoldsAndASecondRunWritesNothing(String emr) {
    Scene scene = stage.scene(emr, WAYS.get(emr), 31, 60);
    scene.sync();
    Truth truth = EmrTruths.of(emr, scene.emrTruth(), scene.now());
    Map<String, Map<String, String>> contacts = new LinkedContacts(tenancy, jdbc).of(scene);
    assertThat(contacts).hasSizeGreaterThan(50);
    for (Person person : truth.persons()) {
      Map<String, String> contact = contacts.get(person.id());
      if (contact != null) {
        compare(emr, truth, person, contact, scene.now());
      }
    }
    assertThat(truth.persons().stream().filter(each -> contacts.containsKey(each.id())).count())
        .as("patients with a contact")
        .isGreaterThanOrEqualTo(truth.persons().size() * 9L / 10);

    long mark = scene.mark();
    if (emr.equals("promptemr")) {
      // The same once more in another format: nothing in it is new.
      assertThat(scene.handOver("xlsx"))
          .allSatisfy(
              each -> {
                assertThat(each.state()).isEqualTo(ImportState.DONE);
                assertThat(each.rejected() + each.removed()).isZero();
              });
    }
    scene.sync();
    assertThat(scene.crmWritesSince(mark)).isEmpty();
  }

  private static void compare(
      String emr, Truth truth, Person person, Map<String, String> contact, Instant now) {
    List<Visit> own =
        truth.visits().stream().filter(each -> each.patient().equals(person.id())).toList();
    String who = emr + " " + person.id();
    assertThat(contact.get("firstName")).as(who).isEqualTo(person.first());
    assertThat(contact.get("lastName")).as(who).isEqualTo(person.last());
    assertThat(number(contact, "visits_total"))
        .as(who + " visits")
        .isEqualTo(
            own.stream()
                .filter(each -> each.state().equals("arrived") && !each.start().isAfter(now))
                .count());
    assertThat(number(contact, "no_show_total", "total_appt_no_show"))
        .as(who + " no-shows")
        .isEqualTo(own.stream().filter(each -> each.state().equals("no_show")).count());
    assertThat(number(contact, "cancel_total", "total_appt_cancelled"))
        .as(who + " cancellations")
        .isEqualTo(own.stream().filter(each -> each.state().equals("cancelled")).count());
    assertThat(contact.getOrDefault("next_visit_at", ""))
        .as(who + " next")
        .isEqualTo(
            own.stream()
                .filter(each -> each.state().equals("booked") && each.start().isAfter(now))
                .map(Visit::start)
                .min(Instant::compareTo)
                .map(Instant::toString)
                .orElse(""));
    assertThat(contact.getOrDefault("last_visit_at", ""))
        .as(who + " last")
        .isEqualTo(
            own.stream()
                .filter(each -> each.state().equals("arrived") && !each.start().isAfter(now))
                .map(Visit::start)
                .max(Instant::compareTo)
                .map(Instant::toString)
                .orElse(""));
  }

  /** Maps that keep an incumbent's key have theirs instead; one that has neither counts nothing. */
  private static long number(Map<String, String> contact, String... keys) {
    return Stream.of(keys)
        .map(contact::get)
        .filter(Objects::nonNull)
        .findFirst()
        .map(value -> Math.round(Double.parseDouble(value)))
        .orElse(0L);
  }
}
