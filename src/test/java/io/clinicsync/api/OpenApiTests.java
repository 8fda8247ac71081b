package io.clinicsync.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.ApplicationTest;
import java.util.HashSet;
import java.util.Set;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;

@ApplicationTest
class OpenApiTests {

  @Autowired private ApplicationContext context;

  @Test
  void everyRouteByEmrShowsABodyOfEachEmrItServes() {
    JsonNode document = new ApiClient(new ApiStage(context).port, null).get("/v3/api-docs").body();
    SoftAssertions all = new SoftAssertions();
    int routes = 0;
    for (var path : document.get("paths").properties()) {
      JsonNode operation = path.getValue().path("post");
      if (!operation.path("tags").toString().contains("Routes by EMR")) {
        continue;
      }
      routes++;
      JsonNode body = operation.path("requestBody");
      JsonNode examples = body.at("/content/application~1json/examples");
      all.assertThat(body.path("required").asBoolean()).as(path.getKey()).isTrue();
      all.assertThat(examples.size())
          .as(path.getKey())
          .isEqualTo(path.getKey().startsWith("/api-") ? 2 : 1);
      examples.forEach(
          example -> all.assertThat(example.path("value")).as(path.getKey()).isNotEmpty());
      all.assertThat(operation.at("/security/0/key/0").asText())
          .as(path.getKey())
          .isEqualTo("book");
    }
    all.assertAll();
    assertThat(routes).isEqualTo(18);
  }

  @Test
  void everyOperationSaysWhatItDoesWhatItNeedsAndHowItFails() {
    JsonNode document = new ApiClient(new ApiStage(context).port, null).get("/v3/api-docs").body();
    SoftAssertions all = new SoftAssertions();
    Set<String> ids = new HashSet<>();
    document
        .get("paths")
        .properties()
        .forEach(
            path ->
                path.getValue()
                    .properties()
                    .forEach(
                        entry -> {
                          JsonNode operation = entry.getValue();
                          String name = entry.getKey() + " " + path.getKey();
                          if (!path.getKey().startsWith("/api/v1")) {
                            return;
                          }
                          all.assertThat(operation.path("summary").asText()).as(name).isNotBlank();
                          all.assertThat(operation.path("description").asText())
                              .as(name)
                              .isNotBlank();
                          all.assertThat(operation.path("security"))
                              .as(name + " security")
                              .isNotEmpty();
                          all.assertThat(ids.add(operation.path("operationId").asText()))
                              .as(name + " id")
                              .isTrue();
                          for (String status : new String[] {"400", "401", "403", "500"}) {
                            JsonNode problem =
                                operation.at(
                                    "/responses/" + status + "/content/application~1problem+json");
                            all.assertThat(problem.at("/schema/$ref").asText())
                                .as(name + " " + status)
                                .endsWith("/Problem");
                            all.assertThat(problem.path("examples"))
                                .as(name + " " + status)
                                .isNotEmpty();
                          }
                          all.assertThat(
                                  operation.path("responses").properties().stream()
                                      .anyMatch(each -> each.getKey().startsWith("2")))
                              .as(name + " success")
                              .isTrue();
                          boolean form =
                              operation.at("/requestBody/content").has("multipart/form-data");
                          if (operation.has("requestBody") && !form) {
                            all.assertThat(
                                    operation
                                        .at("/requestBody/content/application~1json")
                                        .has("example"))
                                .as(name + " example")
                                .isTrue();
                          }
                          path.getKey()
                              .transform(
                                  text ->
                                      java.util.regex.Pattern.compile("\\{(\\w+)}")
                                          .matcher(text)
                                          .results())
                              .forEach(
                                  variable ->
                                      all.assertThat(
                                              operation.path("parameters").findValuesAsText("name"))
                                          .as(name)
                                          .contains(variable.group(1)));
                        }));
    all.assertAll();
    JsonNode problem = document.at("/components/schemas/Problem/properties");
    for (String property :
        new String[] {
          "type", "title", "status", "detail", "code", "field", "fields", "next_step", "request_id"
        }) {
      assertThat(problem.has(property)).as(property).isTrue();
    }
  }
}
