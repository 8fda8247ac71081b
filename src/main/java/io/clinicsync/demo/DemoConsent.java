package io.clinicsync.demo;

import io.clinicsync.clinics.Connection;
import io.clinicsync.clinics.EmrSignIns;
import io.clinicsync.sandbox.server.Request;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.context.annotation.Profile;
import org.springframework.stereotype.Component;

/** What a person of a demo clinic does once at a simulated EMR's own page: allow the access. */
@Component
@Profile("local")
class DemoConsent {

  private static final URI REDIRECT = URI.create("http://localhost/oauth/emr");

  private final EmrSignIns signIns;

  DemoConsent(EmrSignIns signIns) {
    this.signIns = signIns;
  }

  /** Allows the access, at each start: a grant may have ended while nobody kept it alive. */
  void give(Connection connection) {
    URI page =
        signIns
            .begin(connection, nobodysKey(connection), REDIRECT)
            .orElseThrow(() -> new IllegalStateException("This way needs no sign-in"));
    Map<String, List<String>> back = Request.parameters(allowed(page).getRawQuery());
    signIns.finish(first(back, "state"), first(back, "code"), REDIRECT, by -> true);
  }

  /** The demo itself begins and finishes. */
  private static EmrSignIns.Beginner nobodysKey(Connection connection) {
    return new EmrSignIns.Beginner(connection.clinic(), new UUID(0, 0), true);
  }

  private static String first(Map<String, List<String>> parameters, String name) {
    return parameters.getOrDefault(name, List.of("")).getFirst();
  }

  private static URI allowed(URI page) {
    HttpRequest allow =
        HttpRequest.newBuilder(page)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString("allow=yes"))
            .build();
    try (HttpClient browser = HttpClient.newHttpClient()) {
      HttpResponse<Void> answer = browser.send(allow, HttpResponse.BodyHandlers.discarding());
      return answer
          .headers()
          .firstValue("Location")
          .map(URI::create)
          .orElseThrow(() -> new IllegalStateException("The simulated EMR did not send us back"));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(stopped);
    }
  }
}
