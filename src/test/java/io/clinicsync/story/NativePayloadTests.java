package io.clinicsync.story;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.ApplicationTest;
import io.clinicsync.canonical.EmrId;
import io.clinicsync.clinics.Clinic;
import io.clinicsync.clinics.ClinicSettings;
import io.clinicsync.clinics.Clinics;
import io.clinicsync.clinics.Connection;
import io.clinicsync.clinics.Connections;
import io.clinicsync.compat.NativePayloads;
import io.clinicsync.records.PatientRecords;
import io.clinicsync.story.StoryBed.Scene;
import io.clinicsync.story.StoryBed.Stage;
import io.clinicsync.tenancy.Tenancy;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Import;

/**
 * Payloads have the keys, nesting and types of the documented samples. The lists of key paths were
 * made from the samples by a program and are not to be edited by hand.
 */
@ApplicationTest
@Import(StoryBed.class)
@Order(12)
@ResourceLock(StoryBed.SANDBOX)
class NativePayloadTests {

  @Autowired private Stage stage;
  @Autowired private NativePayloads payloads;
  @Autowired private Connections connections;
  @Autowired private Clinics clinics;
  @Autowired private PatientRecords records;
  @Autowired private Tenancy tenancy;

  /** The way into each EMR that gives most. */
  private static final Map<String, String> WAYS =
      Map.of(
          "cliniko", "api-key",
          "halaxy", "client-credentials",
          "jane", "web",
          "nookal", "api-key",
          "practicebetter", "client-credentials",
          "promptemr", "exports",
          "pteverywhere", "api",
          "simplepractice", "web");

  static Stream<String> documented() {
    return WAYS.keySet().stream().sorted();
  }

  @ParameterizedTest
  @MethodSource("documented")
  void everyDocumentedKeyIsThereWithItsType(String emr) throws IOException {
    Scene scene = stage.scene(emr, WAYS.get(emr), 11, 60, typedBesides(emr));
    approveEverything(scene);
    scene.sync();
    Map<String, String> expected = documentedTypes(emr);
    Set<String> met = new LinkedHashSet<>();
    for (JsonNode payload : everyPayload(scene)) {
      Map<String, Set<String>> shown = new LinkedHashMap<>();
      walk(payload, "", shown, emr);
      shown.forEach(
          (path, types) -> {
            if (withinEmptySample(path, expected.keySet())) {
              return;
            }
            String type = expected.get(path);
            assertThat(type).as(path + " is not documented").isNotNull();
            if (!type.equals("any")) {
              assertThat(types).as(path).isSubsetOf(type, "null");
            }
            if (types.stream().anyMatch(each -> !each.equals("null"))) {
              met.add(path);
            }
          });
      assertThat(shown.keySet()).containsAll(topLevel(expected.keySet()));
    }
    List<String> never = new ArrayList<>(expected.keySet());
    never.removeIf(path -> expected.get(path).equals("any"));
    never.removeAll(met);
    never.removeAll(notGiven(emr));
    assertThat(never).as("documented keys that no patient of the world has").isEmpty();
  }

  @ParameterizedTest
  @MethodSource("documented")
  void whatIsNotApprovedIsThereAndNull(String emr) {
    Scene scene = stage.scene(emr, WAYS.get(emr), 12, 20);
    scene.sync();
    for (JsonNode payload : everyPayload(scene)) {
      for (String key :
          List.of(
              "personal_health_number",
              "medical_alert",
              "patient_notes",
              "client_notes",
              "dietLifestyle_notes",
              "session_notes")) {
        if (payload.has(key)) {
          assertThat(payload.get(key).isNull()).as(key).isTrue();
        }
      }
      if (emr.equals("pteverywhere")) {
        JsonNode custom = payload.at("/contact/customFieldData");
        for (String key :
            List.of("active_cases", "Primary_payer", "Secondary_payer", "Tertiary_payer")) {
          assertThat(custom.path(key).isNull()).as(key).isTrue();
        }
      }
    }
  }

  /** What a clinic that wants everything types in besides its credentials. */
  private static Map<String, String> typedBesides(String emr) {
    return emr.equals("practicebetter") ? Map.of("dietLifestyle", "yes") : Map.of();
  }

  /**
   * Inside a list or object of which the sample shows no member, so that it says nothing of them.
   */
  private static boolean withinEmptySample(String path, Set<String> documented) {
    String above = path;
    while (!documented.contains(above)) {
      int end = above.endsWith("[]") ? above.length() - 2 : above.lastIndexOf('.');
      if (end <= 0) {
        return false;
      }
      above = above.substring(0, end);
    }
    String shown = above;
    return !above.equals(path)
        && documented.stream()
            .noneMatch(each -> each.startsWith(shown + ".") || each.startsWith(shown + "[]"));
  }

  /** Documented keys whose value no way into that EMR gives; see docs/connectors.md. */
  private static Set<String> notGiven(String emr) {
    return switch (emr) {
      // The product this one replaces added them; an appointment ahead that has arrived is no
      // upcoming one, and archived ones are not shown.
      case "jane" ->
          Set.of(
              "last_appointment.referral_source",
              "upcoming_appointments[].referral_source",
              "second_upcoming_appointment[].referral_source",
              "appointmentsObject[].referral_source",
              "upcoming_appointments[].arrived_at",
              "second_upcoming_appointment[].archived_at",
              "appointmentsObject[].archived_at",
              "patient_notes",
              "intake_forms_summary");
      // The report on visits, the only place that gives appointments, says nothing of these.
      case "pteverywhere" ->
          Set.of(
              "appointments.{id}.Version",
              "appointments.{id}.Client",
              "appointments.{id}.Booker",
              "appointments.{id}.Booker._id",
              "appointments.{id}.Booker.Roles",
              "appointments.{id}.Booker.Roles[]",
              "appointments.{id}.Booker.FirstName",
              "appointments.{id}.Booker.LastName",
              "appointments.{id}.Booker.Phone",
              "appointments.{id}.Booker.Email",
              "appointments.{id}.Location.State",
              "appointments.{id}.Location.ZipCode",
              "appointments.{id}.Service.Type",
              "appointments.{id}.PatientInvoice._id",
              "appointments.{id}.Type",
              "appointments.{id}.CreatedDate");
      default -> Set.of();
    };
  }

  private List<JsonNode> everyPayload(Scene scene) {
    Connection connection = connections.find(scene.clinic(), scene.connection()).orElseThrow();
    List<EmrId> ids =
        tenancy.inClinic(
            scene.clinic(),
            () -> records.patientIds(scene.clinic(), scene.connection(), "", 1_000));
    assertThat(ids).isNotEmpty();
    return ids.stream().<JsonNode>map(id -> payloads.of(connection, id).orElseThrow()).toList();
  }

  private void approveEverything(Scene scene) {
    Clinic clinic = clinics.require(scene.clinic());
    ClinicSettings now = clinic.settings();
    clinics.change(
        scene.organisation(),
        scene.clinic(),
        new ClinicSettings(
            now.household(),
            now.marketingWithoutConsent(),
            now.pack(),
            Set.of("SENSITIVE", "CLINICAL"),
            now.recreateDeletedContacts(),
            now.reminderLeadMinutes(),
            now.lateCancelHours(),
            now.atRiskDays(),
            now.lapsedDays(),
            now.lostDays(),
            null,
            false));
  }

  private static Map<String, String> documentedTypes(String emr) throws IOException {
    Map<String, String> types = new LinkedHashMap<>();
    try (InputStream in =
        NativePayloadTests.class.getResourceAsStream("/payloads/" + emr + ".keys")) {
      for (String line :
          new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8)
              .split("\n")) {
        if (!line.isBlank() && !line.startsWith("#")) {
          types.put(line.split(" ")[0], line.split(" ")[1]);
        }
      }
    }
    return types;
  }

  private static List<String> topLevel(Set<String> paths) {
    return paths.stream().filter(path -> !path.contains(".") && !path.contains("[")).toList();
  }

  private static void walk(JsonNode node, String path, Map<String, Set<String>> shown, String emr) {
    if (!path.isEmpty()) {
      shown.computeIfAbsent(path, each -> new LinkedHashSet<>()).add(type(node));
    }
    if (node.isObject()) {
      node.properties()
          .forEach(
              member -> {
                // Appointments stand under their own ids there.
                String name =
                    emr.equals("pteverywhere") && path.equals("appointments")
                        ? "{id}"
                        : member.getKey();
                walk(member.getValue(), path.isEmpty() ? name : path + "." + name, shown, emr);
              });
    } else if (node.isArray()) {
      node.forEach(each -> walk(each, path + "[]", shown, emr));
    }
  }

  private static String type(JsonNode node) {
    return switch (node.getNodeType()) {
      case OBJECT -> "object";
      case ARRAY -> "array";
      case STRING -> "string";
      case BOOLEAN -> "boolean";
      case NUMBER -> "number";
      default -> "null";
    };
  }
}
