package io.clinicsync.api.web;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.ghl.GhlException;
import io.clinicsync.imports.FileRefused;
import io.clinicsync.tenancy.DatabaseAway;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.web.HttpMediaTypeNotAcceptableException;
import org.springframework.web.HttpMediaTypeNotSupportedException;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import org.springframework.web.bind.MethodArgumentNotValidException;
import org.springframework.web.bind.ServletRequestBindingException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.method.annotation.HandlerMethodValidationException;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.multipart.MaxUploadSizeExceededException;
import org.springframework.web.multipart.MultipartException;
import org.springframework.web.servlet.NoHandlerFoundException;
import org.springframework.web.servlet.resource.NoResourceFoundException;

/**
 * Turns whatever goes wrong into a problem with a stable code, without internals and without
 * values.
 */
@RestControllerAdvice
class Problems {

  private static final Logger log = LoggerFactory.getLogger(Problems.class);
  private static final Pattern CAPITAL = Pattern.compile("([a-z0-9])([A-Z])");

  @ExceptionHandler
  ResponseEntity<Problem> refused(RequestRefused refused, HttpServletRequest request) {
    return answer(refused, request, new HttpHeaders());
  }

  @ExceptionHandler
  ResponseEntity<Problem> invalid(
      MethodArgumentNotValidException invalid, HttpServletRequest request) {
    List<Problem.WrongField> wrong =
        invalid.getFieldErrors().stream()
            .map(
                error ->
                    new Problem.WrongField(
                        snake(error.getField()), text(error.getDefaultMessage())))
            .collect(Collectors.toCollection(ArrayList::new));
    invalid.getGlobalErrors().stream()
        .map(error -> new Problem.WrongField("body", text(error.getDefaultMessage())))
        .forEach(wrong::add);
    return refused(Refusal.fields(sorted(wrong)), request);
  }

  @ExceptionHandler
  ResponseEntity<Problem> invalid(
      HandlerMethodValidationException invalid, HttpServletRequest request) {
    List<Problem.WrongField> wrong =
        invalid.getParameterValidationResults().stream()
            .flatMap(
                result ->
                    result.getResolvableErrors().stream()
                        .map(
                            error ->
                                new Problem.WrongField(
                                    snake(text(result.getMethodParameter().getParameterName())),
                                    text(error.getDefaultMessage()))))
            .toList();
    return refused(Refusal.fields(sorted(wrong)), request);
  }

  @ExceptionHandler
  ResponseEntity<Problem> unreadable(
      HttpMessageNotReadableException unreadable, HttpServletRequest request) {
    return refused(explain(unreadable.getCause()), request);
  }

  @ExceptionHandler
  ResponseEntity<Problem> mistyped(
      MethodArgumentTypeMismatchException mistyped, HttpServletRequest request) {
    // An id that cannot be one is as unknown as any other.
    if (mistyped
        .getParameter()
        .hasParameterAnnotation(org.springframework.web.bind.annotation.PathVariable.class)) {
      return refused(Refusal.notFound(), request);
    }
    return refused(
        Refusal.field(snake(mistyped.getName()), expected(mistyped.getRequiredType())), request);
  }

  @ExceptionHandler
  ResponseEntity<Problem> incomplete(
      ServletRequestBindingException incomplete, HttpServletRequest request) {
    return refused(
        Refusal.INVALID_REQUEST.because("A parameter or header this call needs is missing."),
        request);
  }

  @ExceptionHandler({NoResourceFoundException.class, NoHandlerFoundException.class})
  ResponseEntity<Problem> unknown(Exception unknown, HttpServletRequest request) {
    return refused(Refusal.notFound(), request);
  }

  @ExceptionHandler
  ResponseEntity<Problem> method(
      HttpRequestMethodNotSupportedException method, HttpServletRequest request) {
    HttpHeaders headers = new HttpHeaders();
    var allowed = method.getSupportedHttpMethods();
    if (allowed != null) {
      headers.setAllow(allowed.stream().collect(Collectors.toSet()));
    }
    return answer(
        Refusal.METHOD_NOT_ALLOWED.because(
            "This path does not answer "
                + Optional.of(HttpMethod.valueOf(method.getMethod()))
                    .filter(Problems::isKnown)
                    .map(HttpMethod::name)
                    .orElse("that method")
                + "."),
        request,
        headers);
  }

  @ExceptionHandler
  ResponseEntity<Problem> contentType(
      HttpMediaTypeNotSupportedException type, HttpServletRequest request) {
    return refused(
        Refusal.WRONG_CONTENT_TYPE.because(
            "The body's content type is missing or not understood here."),
        request);
  }

  @ExceptionHandler
  ResponseEntity<Problem> file(FileRefused refused, HttpServletRequest request) {
    return refused(ImportRefusals.of(refused), request);
  }

  @ExceptionHandler
  ResponseEntity<Problem> multipart(MultipartException broken, HttpServletRequest request) {
    return refused(
        broken instanceof MaxUploadSizeExceededException
            ? ImportRefusals.of(FileRefused.Reason.TOO_LARGE)
            : Refusal.UNREADABLE_BODY.because("The body is not the form this call needs."),
        request);
  }

  @ExceptionHandler
  ResponseEntity<Problem> accept(
      HttpMediaTypeNotAcceptableException type, HttpServletRequest request) {
    return refused(
        Refusal.NOT_ACCEPTABLE.because("This path cannot answer in any of the accepted types."),
        request);
  }

  @ExceptionHandler
  ResponseEntity<Problem> emr(EmrException failed, HttpServletRequest request) {
    return refused(VendorRefusals.of(failed), request);
  }

  @ExceptionHandler
  ResponseEntity<Problem> ghl(GhlException failed, HttpServletRequest request) {
    return refused(VendorRefusals.of(failed), request);
  }

  @ExceptionHandler
  ResponseEntity<Problem> unexpected(Exception unexpected, HttpServletRequest request) {
    if (causeOf(unexpected, BodyLimit.BodyTooLarge.class) != null) {
      return refused(tooLarge(), request);
    }
    if (DatabaseAway.isReasonOf(unexpected)) {
      log.warn("request {} found no database", RequestIds.of(request));
      return refused(
          Refusal.DATABASE_UNAVAILABLE
              .because("Our database is out of reach at the moment.")
              .instead(Problem.Instead.NOTHING, Duration.ofSeconds(5)),
          request);
    }
    log.error("request {} failed: {}", RequestIds.of(request), traceWithoutMessages(unexpected));
    return refused(Refusal.INTERNAL.because("Something went wrong on our side."), request);
  }

  private static ResponseEntity<Problem> answer(
      RequestRefused refused, HttpServletRequest request, HttpHeaders headers) {
    var retryAfter = refused.retryAfter();
    if (retryAfter != null) {
      headers.set(HttpHeaders.RETRY_AFTER, Long.toString(Math.max(1, retryAfter.toSeconds())));
    }
    headers.setContentType(MediaType.APPLICATION_PROBLEM_JSON);
    return ResponseEntity.status(refused.status())
        .headers(headers)
        .body(refused.problem(RequestIds.of(request)));
  }

  private static RequestRefused explain(@Nullable Throwable cause) {
    if (cause != null && causeOf(cause, BodyLimit.BodyTooLarge.class) != null) {
      return tooLarge();
    }
    return switch (cause) {
      case UnrecognizedPropertyException unknown ->
          Refusal.field(path(unknown), "is not known here");
      case InvalidFormatException wrong ->
          Refusal.field(path(wrong), expected(wrong.getTargetType()));
      case MismatchedInputException wrong when !wrong.getPath().isEmpty() ->
          Refusal.field(path(wrong), expected(wrong.getTargetType()));
      case JsonMappingException wrong when !wrong.getPath().isEmpty() ->
          Refusal.field(path(wrong), "has a value that is not understood");
      case JsonProcessingException broken ->
          Refusal.UNREADABLE_BODY.because("The body is not the JSON object this call needs.");
      case null, default ->
          Refusal.UNREADABLE_BODY.because("The body is missing or cannot be read.");
    };
  }

  private static RequestRefused tooLarge() {
    return Refusal.TOO_LARGE.because("The body is larger than accepted.");
  }

  private static String expected(@Nullable Class<?> type) {
    if (type == null) {
      return "has a value of the wrong type";
    }
    if (type.isEnum()) {
      return "must be one of "
          + Arrays.stream(type.getEnumConstants())
              .map(constant -> constant.toString().toLowerCase(Locale.ROOT))
              .collect(Collectors.joining(", "));
    }
    return switch (type.getSimpleName()) {
      case "String" -> "must be text";
      case "int", "Integer", "long", "Long" -> "must be a whole number";
      case "boolean", "Boolean" -> "must be true or false";
      case "Instant" -> "must be an instant such as 2026-03-01T09:00:00Z";
      case "LocalDate" -> "must be a date such as 2026-03-01";
      case "UUID" -> "must be an id as we gave it";
      case "URI" -> "must be an address";
      case "List", "Set", "ArrayList", "HashSet", "LinkedHashSet" -> "must be a list";
      case "Map", "LinkedHashMap" -> "must be an object";
      default -> "has a value of the wrong type";
    };
  }

  /**
   * Names as our documentation writes them; a name nobody knows is not repeated back at full
   * length.
   */
  private static String path(JsonMappingException wrong) {
    String path =
        wrong.getPath().stream()
            .map(
                step ->
                    step.getFieldName() == null ? "[" + step.getIndex() + "]" : step.getFieldName())
            .collect(Collectors.joining("."))
            .replace(".[", "[");
    String shown = path.length() > 80 ? path.substring(0, 80) : path;
    return shown.replaceAll("[^A-Za-z0-9_.\\[\\]-]", "?");
  }

  static String snake(String name) {
    return CAPITAL.matcher(name).replaceAll("$1_$2").toLowerCase(Locale.ROOT);
  }

  private static String text(@Nullable String message) {
    return message == null ? "is not as it must be" : message;
  }

  private static List<Problem.WrongField> sorted(List<Problem.WrongField> wrong) {
    return wrong.stream()
        .sorted(
            java.util.Comparator.comparing(Problem.WrongField::field)
                .thenComparing(Problem.WrongField::detail))
        .toList();
  }

  private static boolean isKnown(HttpMethod method) {
    return List.of(HttpMethod.values()).contains(method);
  }

  private static <T extends Throwable> @Nullable T causeOf(Throwable failure, Class<T> type) {
    for (Throwable at = failure; at != null; at = at.getCause()) {
      if (type.isInstance(at)) {
        return type.cast(at);
      }
    }
    return null;
  }

  /**
   * Messages of libraries quote values, and values are patient data; types and places are enough to
   * find the fault.
   */
  private static String traceWithoutMessages(Throwable failure) {
    StringBuilder trace = new StringBuilder();
    for (Throwable at = failure; at != null; at = at.getCause()) {
      trace.append(at.getClass().getName());
      Arrays.stream(at.getStackTrace())
          .limit(15)
          .forEach(frame -> trace.append("\n    at ").append(frame));
      trace.append('\n');
    }
    return trace.toString();
  }
}
