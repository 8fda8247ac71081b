package io.clinicsync.bridge.web;

import io.clinicsync.bridge.HookAnswer;
import io.clinicsync.bridge.HookBody;
import io.clinicsync.bridge.HookView;
import io.clinicsync.bridge.Hooks;
import io.clinicsync.bridge.Hooks.HookCall;
import io.clinicsync.tenancy.DatabaseAway;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * The paths workflows call. Which of the three it is does not matter: GoHighLevel shows whether the
 * appointment is to be booked, moved or cancelled.
 */
@RestController
@Tag(name = "Workflow webhooks")
class HookController {

  private static final String EMRS =
      "{emr:jane|cliniko|nookal|simplepractice|practicebetter|halaxy}";

  private static final Logger log = LoggerFactory.getLogger(HookController.class);

  private final Hooks hooks;

  HookController(Hooks hooks) {
    this.hooks = hooks;
  }

  @PostMapping({"/bookAppt", "/cancel_appt", "/update_appt"})
  @Operation(
      summary = "Bring an appointment of GoHighLevel into the EMR",
      description =
          "Called by the workflow action Webhook, without headers. The clinic is found by location.id, and the appointment is"
              + " read again from GoHighLevel: what it shows is booked, moved or cancelled, once.")
  ResponseEntity<Map<String, Object>> bare(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    return answered(
        hooks.bare(
            new HookCall(request.getRequestURI(), request.getServerName(), null, body(request))),
        response);
  }

  @PostMapping({"/" + EMRS + "/bookAppt", "/" + EMRS + "/cancel_appt", "/" + EMRS + "/update_appt"})
  @Operation(
      summary = "The same, for one of a clinic's EMRs",
      description = "For clinics with more than one EMR: the path says which is meant.")
  ResponseEntity<Map<String, Object>> ofEmr(
      @PathVariable String emr, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    return answered(
        hooks.bare(
            new HookCall(request.getRequestURI(), request.getServerName(), emr, body(request))),
        response);
  }

  @PostMapping({"/hooks/{secret}", "/hooks/{secret}/{action:[A-Za-z_]{1,40}}"})
  @Operation(
      summary = "The same, at a connection's own address",
      description = "The recommended form: nobody else knows the address.")
  ResponseEntity<Map<String, Object>> addressed(
      @PathVariable String secret, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    return answered(
        hooks.addressed(
            secret, new HookCall("/hooks", request.getServerName(), null, body(request))),
        response);
  }

  private static HookBody body(HttpServletRequest request) throws IOException {
    return HookBody.read(request.getInputStream());
  }

  @ExceptionHandler
  ResponseEntity<Map<String, Object>> unreadable(
      HookBody.Unreadable body, HttpServletResponse response) {
    return answered(
        new HookAnswer(
            body.tooLarge() ? 413 : 400,
            body.tooLarge() ? "body_too_large" : "unreadable_body",
            String.valueOf(body.getMessage()),
            null,
            List.of()),
        response);
  }

  /** GoHighLevel comes again after a 429, and after nothing else. */
  @ExceptionHandler
  ResponseEntity<Map<String, Object>> failed(
      RuntimeException failed, HttpServletResponse response) {
    boolean away = DatabaseAway.isReasonOf(failed);
    log.error("a workflow's call failed: {}", failed.getClass().getName());
    return answered(
        new HookAnswer(
            away ? 429 : 500,
            away ? "database_unavailable" : "internal_error",
            away
                ? "Our database is out of reach at the moment; call again."
                : "Something failed on our side; call again in a minute.",
            null,
            List.of()),
        response);
  }

  private static ResponseEntity<Map<String, Object>> answered(
      HookAnswer answer, HttpServletResponse response) {
    return HookView.of(answer, response.getHeader("X-Request-Id"));
  }
}
