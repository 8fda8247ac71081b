package io.clinicsync;

import io.clinicsync.clinics.Clinics;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.builder.SpringApplicationBuilder;

/**
 * Started as a process of its own by {@link ChildArchive}: starts the whole application, lets it
 * write and answer once, and ends, so that what these load is kept for others.
 */
final class ChildTraining {

  private ChildTraining() {}

  /** Arguments: settings of the application. */
  public static void main(String[] settings) throws Exception {
    List<String> arguments = new ArrayList<>(List.of(settings));
    arguments.add("--server.port=0");
    arguments.add("--spring.quartz.auto-startup=false");
    try (var context =
            new SpringApplicationBuilder(ClinicSync.class).run(arguments.toArray(String[]::new));
        HttpClient http = HttpClient.newHttpClient()) {
      context.getBean(Clinics.class).createOrganisation("Training");
      URI address =
          URI.create(
              "http://localhost:"
                  + context.getEnvironment().getRequiredProperty("local.server.port")
                  + "/api/v1/catalogue/sites");
      http.send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString());
    }
  }
}
