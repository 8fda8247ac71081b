package io.clinicsync.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.DefaultProfileValidationSupport;
import ca.uhn.fhir.validation.FhirValidator;
import ca.uhn.fhir.validation.ResultSeverityEnum;
import ca.uhn.fhir.validation.SingleValidationMessage;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.clinicsync.sandbox.halaxy.HalaxyAccount;
import io.clinicsync.sandbox.server.EmrSimulator;
import java.io.InputStream;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.hl7.fhir.common.hapi.validation.support.CommonCodeSystemsTerminologyService;
import org.hl7.fhir.common.hapi.validation.support.InMemoryTerminologyServerValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.ValidationSupportChain;
import org.hl7.fhir.common.hapi.validation.validator.FhirInstanceValidator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Halaxy publishes no description of its own, but speaks FHIR R4: its simulator's answers are
 * judged by HAPI FHIR's validator, less what is known to differ (fhir-deviations.yaml).
 */
class HalaxyFhirTests {

  static {
    // The validator wants Woodstox; the reader of workbooks brings another implementation along.
    System.setProperty("javax.xml.stream.XMLInputFactory", "com.ctc.wstx.stax.WstxInputFactory");
  }

  private static final Instant NOW = Instant.parse("2026-06-10T02:00:00Z");
  private static final ZoneId ZONE = ZoneId.of("Australia/Sydney");
  private static final Set<String> CODED =
      Set.of("gender", "status", "use", "system", "type", "code");

  private final FhirValidator validator = validator();
  private SandboxServer sandbox;
  private HalaxyAccount clinic;
  private Caller caller;

  private static FhirValidator validator() {
    FhirContext context = FhirContext.forR4();
    ValidationSupportChain support =
        new ValidationSupportChain(
            new DefaultProfileValidationSupport(context),
            new InMemoryTerminologyServerValidationSupport(context),
            new CommonCodeSystemsTerminologyService(context));
    return context.newValidator().registerValidatorModule(new FhirInstanceValidator(support));
  }

  @BeforeEach
  void start() {
    SandboxClock clock = new SandboxClock();
    clock.freezeAt(NOW);
    sandbox = SandboxServer.start(0, clock, 1);
    clinic =
        (HalaxyAccount)
            sandbox.open("halaxy", new EmrSimulator.Opening("Harbour", 5, 90, ZONE, NOW)).clinic();
    caller = Caller.halaxy(sandbox);
    caller.signIn(clinic);
  }

  @AfterEach
  void stop() {
    sandbox.close();
  }

  /** A known difference. */
  private record Deviation(String resource, String path, String says) {
    boolean covers(String type, SingleValidationMessage message) {
      String where = String.valueOf(message.getLocationString());
      return resource.equals(type)
          && where.replaceAll("\\[\\d+]", "").replaceAll("/\\*.*\\*/", "").equals(path)
          && message.getMessage().contains(says);
    }
  }

  private static List<Deviation> deviations() throws Exception {
    List<Deviation> deviations = new ArrayList<>();
    try (InputStream in = HalaxyFhirTests.class.getResourceAsStream("/fhir-deviations.yaml")) {
      for (JsonNode each : new YAMLMapper().readTree(in).path("deviations")) {
        assertThat(each.path("reason").asText()).isNotBlank();
        deviations.add(
            new Deviation(
                each.path("resource").asText(),
                each.path("path").asText(),
                each.path("says").asText()));
      }
    }
    return deviations;
  }

  @Test
  void everyAnswerIsFhirButForWhatIsKnownToDiffer() throws Exception {
    List<Deviation> known = deviations();
    Set<Deviation> met = new LinkedHashSet<>();
    Set<String> unknown = new TreeSet<>();
    Map<String, JsonNode> samples = samples();
    assertThat(samples).hasSizeGreaterThan(20);
    samples.values().forEach(each -> judge(each, known, met, unknown));
    assertThat(unknown).as("differs from FHIR R4 and is not listed").isEmpty();
    assertThat(known).as("listed and never met").allMatch(met::contains);
  }

  private void judge(
      JsonNode answer, List<Deviation> known, Set<Deviation> met, Set<String> unknown) {
    String type = answer.path("resourceType").asText();
    for (SingleValidationMessage message :
        validator.validateWithResult(answer.toString()).getMessages()) {
      if (message.getSeverity().ordinal() < ResultSeverityEnum.ERROR.ordinal()) {
        continue;
      }
      List<Deviation> covering = known.stream().filter(each -> each.covers(type, message)).toList();
      met.addAll(covering);
      if (covering.isEmpty()) {
        unknown.add(type + " " + message.getLocationString() + ": " + message.getMessage());
      }
    }
  }

  /** One answer of each kind and shape. */
  private Map<String, JsonNode> samples() throws Exception {
    Map<String, JsonNode> samples = new LinkedHashMap<>();
    JsonNode truth = Caller.JSON.readTree(clinic.truth());
    Set<String> seen = new LinkedHashSet<>();
    for (JsonNode table : truth) {
      for (JsonNode row : table) {
        // One that shows a member or a word none before has shown.
        if (seen.addAll(shape(row))) {
          samples.put(row.path("resourceType").asText() + row.path("id").asText(), row);
        }
      }
    }
    String role = truth.path("PractitionerRole").get(0).path("id").asText();
    for (String path :
        List.of(
            "/Patient?_count=1",
            "/Patient?family=Nobodyhere",
            "/Invoice?recipient=17",
            "/Patient/17",
            "/metadata",
            "/Appointment?_count=1&_include=Appointment:practitioner-role",
            "/Appointment/$find?duration=30&show=first-available&practitioner-role="
                + role
                + "&start=2026-06-15T00:00:00%2B00:00&end=2026-06-18T00:00:00%2B00:00")) {
      samples.put(path, caller.get("/main" + path).json());
    }
    return samples;
  }

  private static Set<String> shape(JsonNode row) {
    Set<String> shape = new TreeSet<>();
    walk(row, row.path("resourceType").asText(), shape);
    return shape;
  }

  private static void walk(JsonNode node, String path, Set<String> shape) {
    if (node.isObject()) {
      node.properties()
          .forEach(
              member -> {
                String inner = path + "." + member.getKey();
                boolean coded = CODED.contains(member.getKey()) && member.getValue().isTextual();
                shape.add(coded ? inner + "=" + member.getValue().asText() : inner);
                walk(member.getValue(), inner, shape);
              });
    } else if (node.isArray()) {
      node.forEach(each -> walk(each, path, shape));
    }
  }
}
