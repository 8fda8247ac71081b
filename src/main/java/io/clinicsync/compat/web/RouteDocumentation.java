package io.clinicsync.compat.web;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.PathItem;
import io.swagger.v3.oas.models.examples.Example;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.ObjectSchema;
import io.swagger.v3.oas.models.parameters.RequestBody;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import org.springdoc.core.customizers.GlobalOpenApiCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.ClassPathResource;

/**
 * Shows the bodies of these routes at {@code /v3/api-docs}. They are read as they come, so nothing
 * can be derived from the code; the examples are those of {@code docs/migrate.md}, and a test holds
 * the two together.
 */
@Configuration(proxyBeanMethods = false)
class RouteDocumentation {

  /** Bodies by path and EMR. */
  private static final String BODIES = "openapi/route-bodies.json";

  @Bean
  GlobalOpenApiCustomizer routeBodies(ObjectMapper json) {
    Map<String, Map<String, Object>> bodies = read(json);
    return api ->
        bodies.forEach(
            (path, examples) -> {
              PathItem item = api.getPaths() == null ? null : api.getPaths().get(path);
              if (item != null && item.getPost() != null) {
                describe(item.getPost(), examples);
              }
            });
  }

  private static void describe(Operation operation, Map<String, Object> examples) {
    MediaType type = new MediaType().schema(new ObjectSchema());
    examples.forEach((emr, body) -> type.addExamples(emr, new Example().summary(emr).value(body)));
    operation.setRequestBody(
        new RequestBody()
            .required(true)
            .content(new Content().addMediaType("application/json", type)));
    operation.setSecurity(List.of(new SecurityRequirement().addList("key", List.of("book"))));
  }

  private static Map<String, Map<String, Object>> read(ObjectMapper json) {
    try (InputStream in = new ClassPathResource(BODIES).getInputStream()) {
      return json.readValue(in, new TypeReference<>() {});
    } catch (IOException ours) {
      throw new UncheckedIOException(ours);
    }
  }
}
