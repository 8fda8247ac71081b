package io.clinicsync.bridge.web;

import io.clinicsync.bridge.AppWebhooks;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.PostMapping;

/**
 * {@code /ghl/webhooks}, where GoHighLevel sends the signed webhooks of our marketplace app. It
 * tries again only after 429, so that is the answer when one cannot be kept.
 */
@Controller
class AppWebhookController {

  private static final int MOST_BYTES = 1 << 20;

  private final AppWebhooks webhooks;

  AppWebhookController(AppWebhooks webhooks) {
    this.webhooks = webhooks;
  }

  @PostMapping("/ghl/webhooks")
  ResponseEntity<byte[]> called(HttpServletRequest request) throws IOException {
    byte[] body = request.getInputStream().readNBytes(MOST_BYTES + 1);
    if (body.length > MOST_BYTES) {
      return ResponseEntity.status(HttpStatus.PAYLOAD_TOO_LARGE).build();
    }
    return switch (webhooks.take(
        body, values(request, "X-GHL-Signature"), values(request, "X-WH-Signature"))) {
      case KEPT, KNOWN, IGNORED -> ResponseEntity.ok().build();
      case UNSIGNED, FORGED, STALE -> ResponseEntity.status(HttpStatus.UNAUTHORIZED).build();
      case NOT_KEPT ->
          ResponseEntity.status(HttpStatus.TOO_MANY_REQUESTS).header("Retry-After", "60").build();
    };
  }

  private static List<String> values(HttpServletRequest request, String header) {
    return Collections.list(request.getHeaders(header));
  }
}
