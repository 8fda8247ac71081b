package io.clinicsync.api.web;

import io.clinicsync.tenancy.KeyScope;
import io.swagger.v3.core.converter.AnnotatedType;
import io.swagger.v3.core.converter.ModelConverters;
import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.PathItem;
import io.swagger.v3.oas.models.examples.Example;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.media.StringSchema;
import io.swagger.v3.oas.models.parameters.PathParameter;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.security.SecurityScheme;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.springdoc.core.customizers.GlobalOpenApiCustomizer;
import org.springdoc.core.customizers.GlobalOperationCustomizer;
import org.springdoc.core.utils.SpringDocUtils;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * The API's description at {@code /v3/api-docs}: scopes, examples and problems of every operation.
 */
@Configuration(proxyBeanMethods = false)
class Documentation {

  private static final String KEY = "key";

  private static final Map<String, Object> PERSON =
      Map.of(
          "first_name", "Ana",
          "last_name", "Sorel",
          "birth_date", "1990-01-31",
          "email", "ana.sorel@example.org",
          "phone", "+61491570006");

  private static final Map<String, Object> EXAMPLES = examples();

  static {
    SpringDocUtils.getConfig()
        .addRequestWrapperToIgnore(Reach.class, io.clinicsync.tenancy.Caller.class);
  }

  @Bean
  OpenAPI openApi() {
    return new OpenAPI()
        .info(
            new Info()
                .title("ClinicSync")
                .version("v1")
                .description(
                    "Keeps clinics' practice software and GoHighLevel in step. Send your key as x-api-key. An organisation's key"
                        + " names the clinic in the path; a clinic's key may leave it out. Every refusal is an RFC 9457 problem"
                        + " with a stable code, the field, a next step and the request's id; unknown ids and those of others are"
                        + " answered alike."))
        .components(
            new Components()
                .addSecuritySchemes(
                    KEY,
                    new SecurityScheme()
                        .type(SecurityScheme.Type.APIKEY)
                        .in(SecurityScheme.In.HEADER)
                        .name("x-api-key")
                        .description("cs_<id>_<secret>, with the scopes manage, read and book.")));
  }

  @Bean
  GlobalOperationCustomizer documentedScopes() {
    return (operation, handler) -> {
      Needs needs = handler.getMethodAnnotation(Needs.class);
      if (needs != null) {
        List<String> scopes =
            Arrays.stream(needs.value())
                .map(scope -> scope.name().toLowerCase(Locale.ROOT))
                .toList();
        operation.addSecurityItem(new SecurityRequirement().addList(KEY, scopes));
        operation.addExtension("x-scopes", scopes);
        String words =
            scopes.isEmpty()
                ? "Any live key."
                : "Scope: "
                    + String.join(" or ", scopes)
                    + (needs.wholeClinic() ? "; not with a key bound to one connection." : ".");
        operation.setDescription(
            (operation.getDescription() == null ? "" : operation.getDescription() + " ") + words);
      }
      return operation;
    };
  }

  @Bean
  GlobalOpenApiCustomizer documentedProblems() {
    return api -> {
      ModelConverters.getInstance()
          .readAllAsResolvedSchema(new AnnotatedType(Problem.class))
          .referencedSchemas
          .forEach((name, schema) -> api.getComponents().addSchemas(name, schema));
      if (api.getPaths() != null) {
        api.getPaths().forEach(Documentation::complete);
      }
    };
  }

  private static void complete(String path, PathItem item) {
    item.readOperationsMap()
        .forEach(
            (method, operation) -> {
              operation.setOperationId(operationId(method, path));
              nameEveryPathVariable(path, operation);
              problems(path, method, operation);
              example(operation);
            });
  }

  /** From method and path, so that it stays the same whatever the code is called. */
  private static String operationId(PathItem.HttpMethod method, String path) {
    return method.name().toLowerCase(Locale.ROOT)
        + Arrays.stream(path.replace("/api/v1", "").split("[/{}]+"))
            .filter(part -> !part.isEmpty())
            .map(part -> part.substring(0, 1).toUpperCase(Locale.ROOT) + part.substring(1))
            .collect(Collectors.joining());
  }

  private static void nameEveryPathVariable(String path, Operation operation) {
    for (String part : path.split("/")) {
      if (!part.startsWith("{")) {
        continue;
      }
      String name = part.substring(1, part.length() - 1);
      boolean there =
          operation.getParameters() != null
              && operation.getParameters().stream()
                  .anyMatch(parameter -> name.equals(parameter.getName()));
      if (!there) {
        operation.addParametersItem(
            new PathParameter()
                .name(name)
                .required(true)
                .schema(new StringSchema().format("uuid")));
      }
    }
  }

  private static void problems(String path, PathItem.HttpMethod method, Operation operation) {
    var responses = operation.getResponses();
    List.of("400", "401", "403", "404", "405", "406", "409", "413", "415", "422", "500")
        .forEach(responses::remove);
    problem(
        operation,
        "400",
        "invalid_request",
        "A field, parameter or the body is not as it must be; field and fields name it.");
    problem(operation, "401", "unauthorised", "The key is missing, unknown, expired or revoked.");
    problem(operation, "403", "forbidden", "The key lacks the scope or the reach.");
    if (path.contains("{")) {
      problem(
          operation, "404", "not_found", "Unknown, or somebody else's: the answer is the same.");
    }
    boolean writes = method != PathItem.HttpMethod.GET && method != PathItem.HttpMethod.DELETE;
    if (writes) {
      problem(operation, "409", "conflict", "The current state does not allow it.");
    }
    if (isForm(operation)) {
      problem(operation, "413", "import_file_too_large", "The file is larger than 25 MB.");
      problem(
          operation, "415", "import_file_unknown", "No form, or its file is no CSV and no XLSX.");
    } else if (operation.getRequestBody() != null) {
      problem(operation, "413", "body_too_large", "More than 64 kB.");
      problem(operation, "415", "wrong_content_type", "The body is not application/json.");
    }
    if (writes) {
      problem(
          operation,
          "422",
          "emr_credentials_rejected",
          "The EMR or GoHighLevel does not accept what was given; nothing was stored.");
      problem(
          operation,
          "503",
          "emr_unavailable",
          "The EMR or GoHighLevel does not answer now; Retry-After says when to come again.");
    }
    problem(operation, "500", "internal_error", "Our fault; name the request_id when you ask us.");
  }

  private static boolean isForm(Operation operation) {
    return operation.getRequestBody() != null
        && operation.getRequestBody().getContent() != null
        && operation.getRequestBody().getContent().containsKey("multipart/form-data");
  }

  private static void problem(Operation operation, String status, String code, String description) {
    Map<String, Object> example = new LinkedHashMap<>();
    example.put("type", "urn:clinicsync:problem:" + code);
    example.put("status", Integer.valueOf(status));
    example.put("code", code);
    example.put("detail", description);
    example.put("next_step", "What to do, in one sentence.");
    example.put("request_id", "req_0123456789abcdef01234567");
    operation
        .getResponses()
        .addApiResponse(
            status,
            new ApiResponse()
                .description(description)
                .content(
                    new Content()
                        .addMediaType(
                            "application/problem+json",
                            new MediaType()
                                .schema(new Schema<>().$ref("#/components/schemas/Problem"))
                                .addExamples(code, new Example().value(example)))));
  }

  private static void example(Operation operation) {
    if (operation.getRequestBody() == null || operation.getRequestBody().getContent() == null) {
      return;
    }
    operation
        .getRequestBody()
        .getContent()
        .values()
        .forEach(
            type -> {
              String reference = type.getSchema() == null ? null : type.getSchema().get$ref();
              Object example =
                  reference == null
                      ? null
                      : EXAMPLES.get(reference.substring(reference.lastIndexOf('/') + 1));
              if (example != null) {
                type.setExample(example);
              }
            });
  }

  private static Map<String, Object> examples() {
    Map<String, Object> examples = new LinkedHashMap<>();
    examples.put(
        "NewMapping",
        Map.of(
            "columns",
            Map.of("externalId", "Chart No", "dob", "Born"),
            "date_pattern",
            "dd/MM/yyyy"));
    examples.putAll(clinicExamples());
    examples.putAll(bookingExamples());
    return examples;
  }

  private static Map<String, Object> bookingExamples() {
    Map<String, Object> policy = new LinkedHashMap<>();
    policy.put("treatment", "810");
    policy.put("bookable", true);
    policy.put("notice_minutes", 120);
    policy.put("horizon_days", 60);
    policy.put("buffer_before_minutes", 0);
    policy.put("buffer_after_minutes", 10);
    policy.put("daily_cap", 0);
    policy.put("patients", "any");
    policy.put("register", true);
    policy.put("reschedule", true);
    policy.put("cancel", true);
    policy.put("duplicates", false);
    policy.put("window_hours", 24);
    policy.put("inside_window", "refuse");
    Map<String, Object> examples = new LinkedHashMap<>();
    examples.put("PolicyView", policy);
    examples.put(
        "CalendarMeaning",
        Map.of(
            "practitioner",
            "noor.baker@example.org",
            "treatment",
            "Initial consultation",
            "mirror",
            true));
    examples.put("RefusalSetting", Map.of("cancel_in_ghl", true));
    examples.put("Term", Map.of("from", "2027-01-01T00:00:00Z", "until", "2028-01-01T00:00:00Z"));
    examples.putAll(appointmentExamples());
    return examples;
  }

  private static Map<String, Object> appointmentExamples() {
    return Map.of(
        "NewAppointment",
        Map.of(
            "patient",
            Map.of(
                "first_name",
                "Ana",
                "last_name",
                "Sorel",
                "email",
                "ana.sorel@example.org",
                "register",
                true),
            "practitioner",
            "Dr Noor Baker",
            "treatment",
            "Initial consultation",
            "starts_at",
            "2027-03-10T14:30:00+11:00"),
        "OtherTime",
        Map.of("starts_at", "2027-03-11T09:00:00+11:00", "notify_patient", true),
        "Ending",
        Map.of("reason", "away", "note", "moves to another city"),
        "NewHold",
        Map.of(
            "practitioner",
            "Dr Noor Baker",
            "treatment",
            "Initial consultation",
            "starts_at",
            "2027-03-10T14:30:00+11:00",
            "minutes",
            3),
        "Sought",
        PERSON,
        "NewPerson",
        PERSON);
  }

  private static Map<String, Object> clinicExamples() {
    return Map.of(
        "NewClinic",
        Map.of(
            "name",
            "Harbour Physio",
            "zone",
            "Australia/Sydney",
            "country",
            "AU",
            "currency",
            "AUD"),
        "NewSettings",
        Map.of(
            "household",
            "separate",
            "marketing_without_consent",
            false,
            "pack",
            "standard",
            "approved_classes",
            List.of(),
            "recreate_deleted_contacts",
            false,
            "reminder_lead_minutes",
            30,
            "late_cancel_hours",
            24,
            "at_risk_days",
            14,
            "lapsed_days",
            90,
            "lost_days",
            365),
        "NewConnection",
        Map.of(
            "emr",
            "cliniko",
            "way",
            "api-key",
            "name",
            "Cliniko",
            "credentials",
            Map.of("apiKey", "MS0xLWV4YW1wbGU-au1")),
        "NewCredentials",
        Map.of("credentials", Map.of("apiKey", "MS0xLWV4YW1wbGU-au1")),
        "NewKey",
        Map.of(
            "name",
            "voice agent",
            "scopes",
            List.of(KeyScope.READ.name().toLowerCase(Locale.ROOT), "book")),
        "Rotation",
        Map.of("overlap_minutes", 60),
        "NewToken",
        Map.of(
            "location_id",
            "ve9EPM428h8vShlRW1KT",
            "token",
            "pit-00000000-0000-0000-0000-000000000000"),
        "Decision",
        Map.of("choice", "link", "contact", "ocQHyuzHvysMo5N5VsXc"),
        "ChallengeAnswer",
        Map.of("code", "123456"),
        "NewBackfill",
        Map.of(
            "objects",
            List.of("patient", "appointment"),
            "from",
            "2026-01-01T00:00:00Z",
            "to",
            "2026-04-01T00:00:00Z",
            "dry_run",
            true));
  }
}
