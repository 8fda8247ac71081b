package io.clinicsync.bench;

import io.clinicsync.clinics.Connection;
import io.clinicsync.clinics.EmrSignIns;
import io.clinicsync.sandbox.server.Request;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;

/** What a person does once at a simulated EMR's own page, where a way needs that. */
final class Consent {

  private static final URI REDIRECT = URI.create("http://localhost/oauth/emr");

  private Consent() {}

  static void give(EmrSignIns signIns, Connection connection) {
    signIns
        .begin(
            connection,
            new EmrSignIns.Beginner(connection.clinic(), new java.util.UUID(0, 0), true),
            REDIRECT)
        .ifPresent(
            page -> {
              Map<String, List<String>> back = Request.parameters(allowed(page).getRawQuery());
              signIns.finish(
                  back.get("state").getFirst(), back.get("code").getFirst(), REDIRECT, by -> true);
            });
  }

  private static URI allowed(URI page) {
    HttpRequest allow =
        HttpRequest.newBuilder(page)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString("allow=yes"))
            .build();
    try (HttpClient browser = HttpClient.newHttpClient()) {
      HttpResponse<Void> answer = browser.send(allow, HttpResponse.BodyHandlers.discarding());
      return URI.create(answer.headers().firstValue("Location").orElseThrow());
    } catch (IOException failed) {
      throw new IllegalStateException(failed);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(stopped);
    }
  }
}
