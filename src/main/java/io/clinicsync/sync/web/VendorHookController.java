package io.clinicsync.sync.web;

import io.clinicsync.emr.spi.IncomingCall;
import io.clinicsync.sync.VendorCalls;
import io.clinicsync.sync.VendorCalls.Reception;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;

/**
 * {@code /vendor-hooks/{emr}/{secret}[/{event}]}: the secret finds the connection, the vendor's own
 * signature is checked over the raw bytes. What is unknown and what is somebody else's look alike.
 */
@Controller
@RequestMapping("/vendor-hooks/{emr}/{secret}")
class VendorHookController {

  private static final Logger log = LoggerFactory.getLogger(VendorHookController.class);
  private static final int MOST_BYTES = 1 << 20;

  private final VendorCalls calls;
  private final Clock clock;

  VendorHookController(VendorCalls calls, Clock clock) {
    this.calls = calls;
    this.clock = clock;
  }

  @GetMapping
  ResponseEntity<byte[]> tried(
      @PathVariable String emr, @PathVariable String secret, HttpServletRequest request)
      throws IOException {
    return take(emr, secret, null, request);
  }

  @PostMapping
  ResponseEntity<byte[]> called(
      @PathVariable String emr, @PathVariable String secret, HttpServletRequest request)
      throws IOException {
    return take(emr, secret, null, request);
  }

  @PostMapping("/{event}")
  ResponseEntity<byte[]> called(
      @PathVariable String emr,
      @PathVariable String secret,
      @PathVariable String event,
      HttpServletRequest request)
      throws IOException {
    return take(emr, secret, event, request);
  }

  private ResponseEntity<byte[]> take(
      String emr, String secret, @Nullable String event, HttpServletRequest request)
      throws IOException {
    byte[] body = request.getInputStream().readNBytes(MOST_BYTES + 1);
    if (body.length > MOST_BYTES) {
      return ResponseEntity.status(HttpStatus.PAYLOAD_TOO_LARGE).build();
    }
    IncomingCall call =
        new IncomingCall(
            request.getMethod(), event, query(request), headers(request), body, clock.instant());
    try {
      return switch (calls.take(emr, secret, call)) {
        case Reception.Kept kept -> ResponseEntity.ok().build();
        case Reception.Echo(String type, String text) ->
            ResponseEntity.ok()
                .contentType(MediaType.parseMediaType(type))
                .body(text.getBytes(StandardCharsets.UTF_8));
        case Reception.Forged forged -> ResponseEntity.status(HttpStatus.UNAUTHORIZED).build();
        case Reception.Unknown unknown -> ResponseEntity.notFound().build();
      };
    } catch (RuntimeException notKept) {
      // Not acknowledged, so that the vendor delivers again. Type only: messages may quote values.
      log.error("a webhook could not be kept: {}", notKept.getClass().getName());
      return ResponseEntity.status(HttpStatus.SERVICE_UNAVAILABLE)
          .header("Retry-After", "60")
          .build();
    }
  }

  /** From the address alone: asking the container would read a form body. */
  private static Map<String, List<String>> query(HttpServletRequest request) {
    Map<String, List<String>> query = new LinkedHashMap<>();
    String raw = request.getQueryString();
    if (raw == null) {
      return query;
    }
    for (String pair : raw.split("&")) {
      int equals = pair.indexOf('=');
      String name = equals < 0 ? pair : pair.substring(0, equals);
      String value = equals < 0 ? "" : pair.substring(equals + 1);
      query.computeIfAbsent(decoded(name), key -> new ArrayList<>()).add(decoded(value));
    }
    return query;
  }

  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException broken) {
      return text;
    }
  }

  private static Map<String, List<String>> headers(HttpServletRequest request) {
    Map<String, List<String>> headers = new HashMap<>();
    for (String name : Collections.list(request.getHeaderNames())) {
      headers.put(name.toLowerCase(Locale.ROOT), Collections.list(request.getHeaders(name)));
    }
    return headers;
  }
}
