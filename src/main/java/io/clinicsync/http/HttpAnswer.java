package io.clinicsync.http;

import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/**
 * A complete answer, whatever its status (429 excepted, see {@link HttpFailure}).
 *
 * @param body decoded and complete
 * @param receivedAt our clock; for vendor time use {@link #vendorNow()}
 */
public record HttpAnswer(int status, HttpHeaders headers, byte[] body, Instant receivedAt) {

  public boolean isSuccess() {
    return status >= 200 && status < 300;
  }

  public Optional<String> header(String name) {
    return headers.firstValue(name);
  }

  public String text() {
    return new String(body, StandardCharsets.UTF_8);
  }

  /**
   * The vendor's clock from the {@code Date} header; empty when it is missing or unreadable [R1].
   */
  public Optional<Instant> vendorNow() {
    return header("Date")
        .flatMap(
            value -> {
              try {
                return Optional.of(
                    ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
              } catch (DateTimeParseException unreadable) {
                return Optional.empty();
              }
            });
  }

  @Override
  public String toString() {
    return "HttpAnswer[" + status + ", " + body.length + " bytes]";
  }
}
