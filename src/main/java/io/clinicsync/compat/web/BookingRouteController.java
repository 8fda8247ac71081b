package io.clinicsync.compat.web;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clinicsync.booking.BookingRequests.Asked;
import io.clinicsync.bridge.HookBody;
import io.clinicsync.bridge.HookView;
import io.clinicsync.bridge.Hooks;
import io.clinicsync.bridge.Hooks.HookCall;
import io.clinicsync.clinics.Connection;
import io.clinicsync.compat.web.BookingRoutes.Wish;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Set;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** The paths by EMR. */
@RestController
@Tag(name = "Routes by EMR")
class BookingRouteController {

  private static final Set<String> JANE_OR_CLINIKO = Set.of("jane", "cliniko");
  private static final Set<String> HALAXY = Set.of("halaxy");
  private static final Set<String> NOOKAL = Set.of("nookal");
  private static final Set<String> SIMPLE_PRACTICE = Set.of("simplepractice");
  private static final Set<String> PRACTICE_BETTER = Set.of("practicebetter");

  private final BookingRoutes routes;
  private final RouteCallers callers;
  private final Hooks hooks;

  BookingRouteController(BookingRoutes routes, RouteCallers callers, Hooks hooks) {
    this.routes = routes;
    this.callers = callers;
    this.hooks = hooks;
  }

  @PostMapping("/api-book-appointment")
  @Operation(summary = "Book in Jane or Cliniko", description = "The key's connection says which.")
  ResponseEntity<ObjectNode> book(HttpServletRequest request) throws IOException {
    return answer(Wish.BOOK, JANE_OR_CLINIKO, request);
  }

  @PostMapping("/api-update-appointment")
  @Operation(summary = "Move in Jane or Cliniko", description = "The key's connection says which.")
  ResponseEntity<ObjectNode> update(HttpServletRequest request) throws IOException {
    return answer(Wish.UPDATE, JANE_OR_CLINIKO, request);
  }

  @PostMapping("/api-cancel-appointment")
  @Operation(
      summary = "Cancel in Jane or Cliniko",
      description = "The key's connection says which.")
  ResponseEntity<ObjectNode> cancel(HttpServletRequest request) throws IOException {
    return answer(Wish.CANCEL, JANE_OR_CLINIKO, request);
  }

  @PostMapping({"/api/halaxy/book_appt", "/api/halaxy/api-book-appointment"})
  @Operation(summary = "Book in Halaxy", description = "The bodies are those of Cliniko.")
  ResponseEntity<ObjectNode> bookHalaxy(HttpServletRequest request) throws IOException {
    return answer(Wish.BOOK, HALAXY, request);
  }

  @PostMapping({"/api/halaxy/update_appt", "/api/halaxy/api-update-appointment"})
  @Operation(summary = "Move in Halaxy", description = "The bodies are those of Cliniko.")
  ResponseEntity<ObjectNode> updateHalaxy(HttpServletRequest request) throws IOException {
    return answer(Wish.UPDATE, HALAXY, request);
  }

  @PostMapping({"/api/halaxy/cancel_appt", "/api/halaxy/api-cancel-appointment"})
  @Operation(summary = "Cancel in Halaxy", description = "The bodies are those of Cliniko.")
  ResponseEntity<ObjectNode> cancelHalaxy(HttpServletRequest request) throws IOException {
    return answer(Wish.CANCEL, HALAXY, request);
  }

  @PostMapping("/api/nookal/book_appt")
  @Operation(
      summary = "Book in Nookal",
      description = "A basicKey and a region in the body are not read.")
  ResponseEntity<ObjectNode> bookNookal(HttpServletRequest request) throws IOException {
    return answer(Wish.BOOK, NOOKAL, request);
  }

  @PostMapping("/api/nookal/update_appt")
  @Operation(summary = "Move in Nookal", description = "The appointment keeps its treatment.")
  ResponseEntity<ObjectNode> updateNookal(HttpServletRequest request) throws IOException {
    return answer(Wish.UPDATE, NOOKAL, request);
  }

  @PostMapping("/api/nookal/cancel_appt")
  @Operation(summary = "Cancel in Nookal", description = "Nothing is deleted in Nookal.")
  ResponseEntity<ObjectNode> cancelNookal(HttpServletRequest request) throws IOException {
    return answer(Wish.CANCEL, NOOKAL, request);
  }

  @PostMapping("/appointments/book")
  @Operation(
      summary = "Book in SimplePractice",
      description = "serviceCode is the practice's code or the name of the service.")
  ResponseEntity<?> bookSimplePractice(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    return answerOrHook(Wish.BOOK, SIMPLE_PRACTICE, request, response);
  }

  @PostMapping("/appointments/update")
  @Operation(
      summary = "Move in SimplePractice",
      description = "appointmentId is the caller's own id or SimplePractice's.")
  ResponseEntity<?> updateSimplePractice(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    return answerOrHook(Wish.UPDATE, SIMPLE_PRACTICE, request, response);
  }

  @PostMapping("/appointments/cancel")
  @Operation(
      summary = "Cancel in SimplePractice",
      description =
          "The answer says deleted; the appointment stays in SimplePractice as cancelled.")
  ResponseEntity<?> cancelSimplePractice(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    return answerOrHook(Wish.CANCEL, SIMPLE_PRACTICE, request, response);
  }

  @PostMapping("/bookSession")
  @Operation(
      summary = "Book in Practice Better",
      description = "apptId is the caller's own id of the session.")
  ResponseEntity<?> bookPracticeBetter(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    return answerOrHook(Wish.BOOK, PRACTICE_BETTER, request, response);
  }

  @PostMapping("/rescheduleSession")
  @Operation(
      summary = "Move in Practice Better",
      description = "appointmentId is the caller's own id or Practice Better's.")
  ResponseEntity<?> updatePracticeBetter(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    return answerOrHook(Wish.UPDATE, PRACTICE_BETTER, request, response);
  }

  @PostMapping("/cancelSession")
  @Operation(
      summary = "Cancel in Practice Better",
      description = "appointmentId is the caller's own id or Practice Better's.")
  ResponseEntity<?> cancelPracticeBetter(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    return answerOrHook(Wish.CANCEL, PRACTICE_BETTER, request, response);
  }

  /** These paths serve callers with a key and workflows of GoHighLevel, which send none. */
  private ResponseEntity<?> answerOrHook(
      Wish wish, Set<String> emrs, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    if (request.getHeader("x-api-key") != null) {
      return answer(wish, emrs, request);
    }
    HookBody body = HookBody.read(request.getInputStream());
    if (body.text("location.id").isEmpty()) {
      throw RouteRefused.unauthorised();
    }
    return HookView.of(
        hooks.bare(
            new HookCall(
                request.getRequestURI(), request.getServerName(), emrs.iterator().next(), body)),
        response.getHeader("X-Request-Id"));
  }

  private ResponseEntity<ObjectNode> answer(Wish wish, Set<String> emrs, HttpServletRequest request)
      throws IOException {
    // Who asks comes first: a stranger does not learn what a body should hold.
    Connection connection = callers.connection(emrs);
    Asked asked = callers.asked(request);
    return routes.answer(wish, connection, HookBody.read(request.getInputStream()), asked);
  }
}
