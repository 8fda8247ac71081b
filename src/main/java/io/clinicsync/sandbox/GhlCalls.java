package io.clinicsync.sandbox;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.clinicsync.sandbox.ghl.GhlLocation;
import io.clinicsync.sandbox.ghl.GhlWebhooks;
import io.clinicsync.sandbox.ghl.GhlWebhooks.Reached;
import io.clinicsync.sandbox.server.JsonOut;
import java.io.IOException;
import java.net.URI;
import java.util.Map;

/** Calls that GoHighLevel makes to others: the workflow action Webhook, and the app's webhooks. */
final class GhlCalls {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final TypeReference<Map<String, Object>> MEMBERS = new TypeReference<>() {};

  private final SandboxServer sandbox;

  GhlCalls(SandboxServer sandbox) {
    this.sandbox = sandbox;
  }

  /**
   * {@code {"location":…,"appointment":…,"to":address,"customData":{…}}}: posts what the workflow
   * action Webhook sends; answers {@code {"status":…,"body":…}}.
   */
  String workflow(JsonNode body) {
    return answer(
        workflow(
            location(body),
            text(body, "appointment"),
            URI.create(text(body, "to")),
            JSON.convertValue(body.withObject("/customData"), MEMBERS)));
  }

  Reached workflow(
      GhlLocation location, String appointment, URI to, Map<String, Object> customData) {
    return sent(to, location.edits().workflowPayload(appointment, customData));
  }

  /**
   * {@code {"location":…,"type":…,"id":…,"to":address}}: posts one signed app webhook; answers
   * {@code {"status":…,"body":…}}.
   */
  String webhook(JsonNode body) {
    GhlWebhooks.Signed webhook =
        sandbox.ghl().webhooks().of(text(body, "type"), location(body), body.path("id").asText());
    return answer(
        sent(URI.create(text(body, "to")), webhook.body(), "X-GHL-Signature", webhook.signature()));
  }

  /** {@code {"to":address}}: where the app's webhooks go from now on; without it nowhere. */
  void address(JsonNode body) {
    sandbox
        .ghl()
        .webhooks()
        .sendTo(body.hasNonNull("to") ? URI.create(body.get("to").asText()) : null);
  }

  private GhlLocation location(JsonNode body) {
    return sandbox.ghl().location(text(body, "location"));
  }

  private Reached sent(URI to, String body, String... headers) {
    try {
      return sandbox.ghl().webhooks().send(to, body, headers);
    } catch (IOException lost) {
      throw new IllegalArgumentException("nobody answers at this address");
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(stopped);
    }
  }

  private static String answer(Reached reached) {
    return JsonOut.of(Map.of("status", reached.status(), "body", reached.body()));
  }

  private static String text(JsonNode body, String name) {
    if (!body.hasNonNull(name)) {
      throw new IllegalArgumentException(name + " is missing");
    }
    return body.get(name).asText();
  }
}
