package io.clinicsync.story;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.access.ApiKeys;
import io.clinicsync.api.ApiClient;
import io.clinicsync.api.ApiClient.Answer;
import io.clinicsync.story.BookingBodies.Wish;
import io.clinicsync.story.EmrTruths.Truth;
import io.clinicsync.story.StoryBed.Scene;
import io.clinicsync.story.StoryBed.Stage;
import io.clinicsync.tenancy.KeyScope;
import io.clinicsync.tenancy.Tenancy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A clinic of an EMR that takes bookings, read once, and a caller with a key of its connection. */
final class BookableScene {

  private static final Map<String, String> WAYS =
      Map.of(
          "cliniko", "api-key",
          "jane", "web",
          "nookal", "api-key",
          "halaxy", "client-credentials",
          "practicebetter", "client-credentials",
          "simplepractice", "web");

  final String emr;
  final Scene scene;
  final String key;
  final ApiClient caller;

  private final LinkedContacts contacts;

  BookableScene(ApplicationContext context, String emr, long seed, int patients) {
    this.emr = emr;
    scene = context.getBean("stage", Stage.class).scene(emr, WAYS.get(emr), seed, patients);
    scene.sync();
    scene.mayBook();
    key =
        context
            .getBean(ApiKeys.class)
            .issue(
                scene.clinic(),
                scene.connection(),
                "agent",
                Set.of(KeyScope.BOOK, KeyScope.READ),
                null)
            .secret();
    caller =
        new ApiClient(
            context.getEnvironment().getRequiredProperty("local.server.port", Integer.class), key);
    contacts =
        new LinkedContacts(context.getBean(Tenancy.class), context.getBean(JdbcClient.class));
  }

  /** Every EMR that takes bookings. */
  static Stream<String> emrs() {
    return WAYS.keySet().stream().sorted();
  }

  /** What stands in the EMR. */
  Truth truth() {
    return EmrTruths.of(emr, scene.emrTruth(), scene.now());
  }

  /** How many appointments a patient has at a time. */
  long booked(String patient, Instant at) {
    return truth().visits().stream()
        .filter(each -> each.patient().equals(patient) && each.start().equals(at))
        .filter(each -> each.state().equals("booked"))
        .count();
  }

  /** Open times of one practitioner for one treatment at one site that do not overlap. */
  List<Wish> openings(int wanted) {
    return openings(caller, wanted);
  }

  /** The same, asked at some node. */
  List<Wish> openings(ApiClient node, int wanted) {
    List<JsonNode> practitioners = new ArrayList<>();
    node.get("/api/v1/catalogue/practitioners").body().path("items").forEach(practitioners::add);
    for (JsonNode treatment : node.get("/api/v1/catalogue/treatments").body().path("items")) {
      for (JsonNode practitioner : practitioners) {
        List<Wish> open =
            treatment.path("seats").asInt() == 1
                ? openings(node, treatment.path("id").asText(), practitioner.path("id").asText())
                : List.of();
        if (open.size() >= wanted) {
          return open;
        }
      }
    }
    throw new AssertionError("nothing has enough open times");
  }

  private List<Wish> openings(ApiClient node, String treatment, String practitioner) {
    Answer found =
        node.get(
            "/api/v1/availability?treatment="
                + treatment
                + "&practitioner="
                + practitioner
                + "&from="
                + scene.now().plus(Duration.ofDays(2))
                + "&to="
                + scene.now().plus(Duration.ofDays(16)));
    List<Wish> open = new ArrayList<>();
    for (JsonNode each : found.body().path("openings")) {
      Wish wish = Wish.of(each);
      if (open.isEmpty()
          || (wish.like(open.getFirst()) && !wish.start().isBefore(open.getLast().end()))) {
        open.add(wish);
      }
    }
    return open;
  }

  /** Patients with a contact and nothing ahead. */
  List<String> idle() {
    Truth truth = truth();
    Set<String> busy = new HashSet<>();
    truth.visits().stream()
        .filter(each -> each.state().equals("booked") && each.start().isAfter(scene.now()))
        .forEach(each -> busy.add(each.patient()));
    Set<String> linked = contacts().keySet();
    return truth.persons().stream()
        .map(EmrTruths.Person::id)
        .filter(id -> linked.contains(id) && !busy.contains(id))
        .toList();
  }

  /** The contacts of patients who have one, by patient. */
  Map<String, Map<String, String>> contacts() {
    return contacts.of(scene);
  }

  /** Somebody the EMR takes a booking for; who was archived there meanwhile is passed over. */
  String bookFor(Wish wish, List<String> patients) {
    for (String patient : patients) {
      Answer answer = caller.post("/api/v1/bookings", BookingBodies.unified(wish, patient));
      if (answer.status() == 201) {
        return patient;
      }
      assertThat(answer.status()).as(answer.raw().body()).isIn(404, 422);
    }
    throw new AssertionError("nobody can be booked");
  }

  /** Books for somebody the EMR has never seen. */
  Answer bookNewcomer(ApiClient node, Wish wish, String who, String idempotencyKey) {
    return node.send(
        "POST",
        "/api/v1/bookings",
        BookingBodies.newcomer(wish, who),
        "application/json",
        "Idempotency-Key",
        idempotencyKey);
  }

  /** What stands at a time of people who were registered by calls. */
  List<EmrTruths.Visit> ofNewcomers(Instant start) {
    Truth truth = truth();
    Set<String> newcomers = new HashSet<>();
    truth.persons().stream()
        .filter(each -> each.last().startsWith("Newcomer"))
        .forEach(each -> newcomers.add(each.id()));
    return truth.visits().stream()
        .filter(each -> newcomers.contains(each.patient()) && each.start().equals(start))
        .filter(each -> each.state().equals("booked"))
        .toList();
  }
}
