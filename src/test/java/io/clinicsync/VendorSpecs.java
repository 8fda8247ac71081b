package io.clinicsync;

import com.atlassian.oai.validator.OpenApiInteractionValidator;
import com.atlassian.oai.validator.model.ApiOperation;
import com.atlassian.oai.validator.model.Request;
import com.atlassian.oai.validator.model.SimpleRequest;
import com.atlassian.oai.validator.model.SimpleResponse;
import com.atlassian.oai.validator.report.ValidationReport;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.swagger.parser.OpenAPIParser;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.parser.core.models.ParseOptions;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/**
 * The vendors' published OpenAPI descriptions, for checking real requests and answers. The files
 * stay outside the repository: the folder comes from the system property {@code vendor.specs}. What
 * is known to differ from a description stands in {@code vendor-deviations.yaml} with reason and
 * source; everything else is a violation.
 *
 * <p>Thread-safe. Loading a file takes a second or two and happens once per JVM.
 */
public final class VendorSpecs {

  /**
   * One difference between an exchange and the description.
   *
   * @param operation method and path template, for example {@code GET /patients/{id}}
   * @param key the kind of difference, for example {@code validation.response.body.schema.type}
   * @param pointer where in the JSON, array positions as {@code *}; empty when it is not about the
   *     body
   */
  public record Violation(String operation, String key, String pointer, String message) {}

  private record Deviation(String vendor, String operation, String key, Pattern pointer) {
    boolean covers(String name, Violation violation) {
      return vendor.equals(name)
          && (operation.equals("*") || operation.equals(violation.operation()))
          && (key.isEmpty() || violation.key().endsWith(key))
          && pointer.matcher(violation.pointer()).matches();
    }
  }

  private static final Pattern PROPERTIES = Pattern.compile("not allowed by the schema: \\[(.*)]");
  private static final Map<String, VendorSpecs> LOADED = new ConcurrentHashMap<>();

  private final String vendor;
  private final Path folder;
  private final List<Deviation> deviations;
  private final Map<String, OpenApiInteractionValidator> validators = new ConcurrentHashMap<>();

  private VendorSpecs(String vendor, Path folder) {
    this.vendor = vendor;
    this.folder = folder;
    this.deviations = deviations();
  }

  /** Cliniko's description; skips the calling test when {@code vendor.specs} is not set. */
  public static VendorSpecs cliniko() {
    return load("cliniko", "cliniko-openapi");
  }

  /**
   * GoHighLevel's dated descriptions; skips the calling test when {@code vendor.specs} is not set.
   */
  public static VendorSpecs ghl() {
    return load("ghl", "highlevel-openapi");
  }

  private static VendorSpecs load(String vendor, String folder) {
    String root = System.getProperty("vendor.specs", "");
    Assumptions.assumeFalse(
        root.isBlank(),
        "The vendors' OpenAPI files are not in the repository; give their folder with -Dvendor.specs=…");
    return LOADED.computeIfAbsent(vendor, key -> new VendorSpecs(vendor, Path.of(root, folder)));
  }

  /**
   * Checks one exchange and returns what no listed deviation explains.
   *
   * @param uri path and query; anything before the vendor's own path (host, prefix of the sandbox,
   *     {@code /v1}) is cut
   * @param requestHeaders any case
   * @param requestBody null when there was none
   * @param responseBody null when there was none
   */
  public List<Violation> check(
      String method,
      URI uri,
      Map<String, String> requestHeaders,
      @Nullable String requestBody,
      int status,
      Map<String, String> responseHeaders,
      @Nullable String responseBody) {
    String path = ownPath(uri.getRawPath());
    OpenApiInteractionValidator validator = validators.computeIfAbsent(file(path), this::validator);
    SimpleRequest.Builder request =
        new SimpleRequest.Builder(Request.Method.valueOf(method), path, true);
    if (uri.getRawQuery() != null) {
      parameters(uri.getRawQuery()).forEach((name, values) -> request.withQueryParam(name, values));
    }
    requestHeaders.forEach((name, value) -> request.withHeader(name, value));
    if (requestBody != null) {
      request.withBody(requestBody);
    }
    SimpleResponse.Builder response = SimpleResponse.Builder.status(status);
    responseHeaders.forEach((name, value) -> response.withHeader(name, value));
    if (responseBody != null && !responseBody.isEmpty()) {
      response.withBody(responseBody);
    }
    ValidationReport report = validator.validate(request.build(), response.build());
    List<Violation> found = new ArrayList<>();
    report.getMessages().forEach(message -> collect(method + " " + path, message, found));
    return found.stream()
        .filter(one -> deviations.stream().noneMatch(known -> known.covers(vendor, one)))
        .toList();
  }

  private String ownPath(String raw) {
    if (vendor.equals("cliniko")) {
      int at = raw.indexOf("/v1/");
      return at < 0 ? raw : raw.substring(at + 3);
    }
    Matcher own =
        Pattern.compile("/(contacts|locations|calendars|oauth|users|workflows)(/|$)").matcher(raw);
    return own.find() ? raw.substring(own.start()) : raw;
  }

  private String file(String path) {
    if (vendor.equals("ghl")) {
      return path.substring(1).split("/")[0] + ".json";
    }
    try (var files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".json"))
          .sorted()
          .reduce((a, b) -> b)
          .orElseThrow();
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  private OpenApiInteractionValidator validator(String file) {
    ParseOptions options = new ParseOptions();
    options.setResolve(true);
    options.setResolveFully(true);
    // The vendors' files have defects a strict loader refuses, so the tolerant parser reads them.
    OpenAPI api =
        new OpenAPIParser()
            .readLocation(folder.resolve(file).toUri().toString(), null, options)
            .getOpenAPI();
    return OpenApiInteractionValidator.createFor(api).withBasePathOverride("/").build();
  }

  private static Map<String, List<String>> parameters(String query) {
    Map<String, List<String>> found = new java.util.LinkedHashMap<>();
    for (String pair : query.split("&")) {
      int equals = pair.indexOf('=');
      String name =
          java.net.URLDecoder.decode(
              equals < 0 ? pair : pair.substring(0, equals), StandardCharsets.UTF_8);
      String value =
          equals < 0
              ? ""
              : java.net.URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8);
      found.computeIfAbsent(name, key -> new ArrayList<>()).add(value);
    }
    return found;
  }

  private static void collect(
      String call, ValidationReport.Message message, List<Violation> found) {
    if (message.getLevel() != ValidationReport.Level.ERROR) {
      return;
    }
    var context = message.getContext();
    String operation =
        context
            .flatMap(ValidationReport.MessageContext::getApiOperation)
            .map(VendorSpecs::name)
            .orElse(call);
    String pointer =
        context
            .flatMap(ValidationReport.MessageContext::getPointers)
            .map(ValidationReport.MessageContext.Pointers::getInstance)
            .orElse("")
            .replaceAll("/\\d+(?=/|$)", "/*")
            .replaceAll("/$", "");
    Matcher unknown = PROPERTIES.matcher(message.getMessage());
    if (unknown.find()) {
      for (String property : unknown.group(1).split(",")) {
        String name = property.trim().replace("\"", "");
        found.add(
            new Violation(operation, message.getKey(), pointer + "/" + name, message.getMessage()));
      }
    } else {
      found.add(new Violation(operation, message.getKey(), pointer, message.getMessage()));
    }
  }

  private static String name(ApiOperation operation) {
    return operation.getMethod() + " " + operation.getApiPath().original();
  }

  private static List<Deviation> deviations() {
    try (InputStream in = VendorSpecs.class.getResourceAsStream("/vendor-deviations.yaml")) {
      List<Deviation> all = new ArrayList<>();
      for (JsonNode one : new YAMLMapper().readTree(in)) {
        for (String needed : List.of("vendor", "operation", "pointer", "reason", "source")) {
          if (!one.hasNonNull(needed)) {
            throw new IllegalStateException("A deviation lacks its " + needed + ": " + one);
          }
        }
        all.add(
            new Deviation(
                one.get("vendor").asText(),
                one.get("operation").asText(),
                one.path("key").asText(),
                Pattern.compile(one.get("pointer").asText())));
      }
      return List.copyOf(all);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }
}
