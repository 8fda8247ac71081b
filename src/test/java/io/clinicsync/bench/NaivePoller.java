package io.clinicsync.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * What is compared with: reads every endpoint whole in each cycle and upserts every contact, as a
 * plain script would.
 */
final class NaivePoller {

  /** The read endpoints. */
  static final List<String> LISTS =
      List.of("patients", "individual_appointments", "group_appointments", "attendees", "invoices");

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final SandboxProcess sandbox;
  private final String apiKey;
  private final String locationId;
  private final String token;

  NaivePoller(SandboxProcess sandbox, String apiKey, String locationId, String token) {
    this.sandbox = sandbox;
    this.apiKey = apiKey;
    this.locationId = locationId;
    this.token = token;
  }

  /** One cycle. */
  void cycle() throws InterruptedException, IOException {
    List<JsonNode> patients = new ArrayList<>();
    for (String list : LISTS) {
      for (int page = 1, more = 1; more == 1; page++) {
        JsonNode answer = get(list, page);
        if (list.equals("patients")) {
          answer.get(list).forEach(patients::add);
        }
        more = answer.at("/links/next").isMissingNode() ? 0 : 1;
      }
    }
    upsertAll(
        patients.stream()
            .map(
                each ->
                    new Contact(
                        each.path("id").asText(),
                        each.path("first_name").asText(),
                        each.path("last_name").asText(),
                        each.path("email").asText("")))
            .toList());
  }

  /** A contact as it is upserted. */
  record Contact(String id, String first, String last, String email) {}

  /** Upserts every one. */
  void upsertAll(List<Contact> contacts) {
    try (ExecutorService threads = Executors.newFixedThreadPool(6)) {
      contacts.forEach(contact -> threads.execute(() -> upsert(contact)));
    }
  }

  private JsonNode get(String list, int page) throws IOException, InterruptedException {
    String pair =
        Base64.getEncoder().encodeToString((apiKey + ":").getBytes(StandardCharsets.UTF_8));
    URI uri = URI.create(sandbox.clinikoBase() + "/v1/" + list + "?per_page=100&page=" + page);
    return send(
        HttpRequest.newBuilder(uri)
            .header("Authorization", "Basic " + pair)
            .header("User-Agent", "Poller (poller@example.org)")
            .build());
  }

  private void upsert(Contact contact) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("locationId", locationId);
    body.put("firstName", contact.first());
    body.put("lastName", contact.last());
    String email = contact.email();
    body.put("email", email.contains("@") ? email : "p" + contact.id() + "@example.com");
    try {
      send(
          HttpRequest.newBuilder(URI.create(sandbox.ghlBase() + "/contacts/upsert"))
              .header("Authorization", "Bearer " + token)
              .header("Version", "2021-07-28")
              .header("Content-Type", "application/json")
              .POST(
                  HttpRequest.BodyPublishers.ofByteArray(
                      SandboxProcess.JSON.writeValueAsBytes(body)))
              .build());
    } catch (IOException failed) {
      throw new IllegalStateException(failed);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  /** Sends, and waits half a second after each refusal by quota. */
  private JsonNode send(HttpRequest request) throws IOException, InterruptedException {
    while (true) {
      HttpResponse<byte[]> answer = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
      if (answer.statusCode() != 429) {
        return SandboxProcess.JSON.readTree(answer.body());
      }
      TimeUnit.MILLISECONDS.sleep(500);
    }
  }
}
