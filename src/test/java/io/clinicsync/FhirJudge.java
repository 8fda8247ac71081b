package io.clinicsync;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.DefaultProfileValidationSupport;
import ca.uhn.fhir.validation.FhirValidator;
import ca.uhn.fhir.validation.ResultSeverityEnum;
import ca.uhn.fhir.validation.SingleValidationMessage;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.hl7.fhir.common.hapi.validation.support.CommonCodeSystemsTerminologyService;
import org.hl7.fhir.common.hapi.validation.support.InMemoryTerminologyServerValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.ValidationSupportChain;
import org.hl7.fhir.common.hapi.validation.validator.FhirInstanceValidator;

/** Judges resources as FHIR R4, less what is known to differ (fhir-deviations.yaml). */
public final class FhirJudge {

  static {
    // The validator wants Woodstox; the reader of workbooks brings another implementation along.
    System.setProperty("javax.xml.stream.XMLInputFactory", "com.ctc.wstx.stax.WstxInputFactory");
  }

  private final FhirValidator validator = validator();
  private final List<Deviation> known;
  private final List<Deviation> unmet;
  private final Set<String> unlisted = new TreeSet<>();

  private FhirJudge(List<Deviation> known) {
    this.known = known;
    this.unmet = new ArrayList<>(known);
  }

  /** Of what a vendor's simulator answers. */
  public static FhirJudge ofAnswers() {
    return new FhirJudge(listed("deviations"));
  }

  /** Of what we send. */
  public static FhirJudge ofRequests() {
    return new FhirJudge(listed("requests"));
  }

  private static FhirValidator validator() {
    FhirContext context = FhirContext.forR4();
    ValidationSupportChain support =
        new ValidationSupportChain(
            new DefaultProfileValidationSupport(context),
            new InMemoryTerminologyServerValidationSupport(context),
            new CommonCodeSystemsTerminologyService(context));
    return context.newValidator().registerValidatorModule(new FhirInstanceValidator(support));
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

  private static List<Deviation> listed(String list) {
    List<Deviation> deviations = new ArrayList<>();
    try (InputStream in = FhirJudge.class.getResourceAsStream("/fhir-deviations.yaml")) {
      for (JsonNode each : new YAMLMapper().readTree(in).path(list)) {
        if (each.path("reason").asText().isBlank()) {
          throw new IllegalStateException("a deviation without a reason");
        }
        deviations.add(
            new Deviation(
                each.path("resource").asText(),
                each.path("path").asText(),
                each.path("says").asText()));
      }
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
    return deviations;
  }

  /** Judges one resource. */
  public void judge(JsonNode resource) {
    String type = resource.path("resourceType").asText();
    for (SingleValidationMessage message :
        validator.validateWithResult(resource.toString()).getMessages()) {
      if (message.getSeverity().ordinal() < ResultSeverityEnum.ERROR.ordinal()) {
        continue;
      }
      List<Deviation> covering = known.stream().filter(each -> each.covers(type, message)).toList();
      unmet.removeAll(covering);
      if (covering.isEmpty()) {
        unlisted.add(type + " " + message.getLocationString() + ": " + message.getMessage());
      }
    }
  }

  /** What differs and is not listed. */
  public Set<String> unlisted() {
    return unlisted;
  }

  /** What is listed and never showed. */
  public List<?> unmet() {
    return unmet;
  }
}
