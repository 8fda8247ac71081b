package io.clinicsync.api.web;

import io.swagger.v3.oas.annotations.Hidden;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.boot.web.servlet.error.ErrorController;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.RequestMapping;

/** What is refused before any controller is reached gets a problem too. */
@Controller
@Hidden
class ProblemErrorController implements ErrorController {

  @RequestMapping("${server.error.path:/error}")
  ResponseEntity<Problem> error(HttpServletRequest request) {
    int status =
        request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE) instanceof Integer code
            ? code
            : 404;
    RequestRefused refused =
        switch (status) {
          case 404 -> Refusal.notFound();
          case 405 -> Refusal.METHOD_NOT_ALLOWED.because("This path does not answer that method.");
          case 413 -> Refusal.TOO_LARGE.because("The request is larger than accepted.");
          default ->
              status < 500
                  ? new RequestRefused(
                      status,
                      "invalid_request",
                      "The request is malformed.",
                      "Check path, headers and encoding.",
                      java.util.List.of())
                  : Refusal.INTERNAL.because("Something went wrong on our side.");
        };
    return ResponseEntity.status(refused.status())
        .contentType(MediaType.APPLICATION_PROBLEM_JSON)
        .body(refused.problem(RequestIds.of(request)));
  }
}
