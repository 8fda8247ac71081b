package io.clinicsync.imports.web;

import io.clinicsync.clinics.Connection;
import io.clinicsync.clinics.ConnectionState;
import io.clinicsync.clinics.Connections;
import io.clinicsync.imports.AlreadyImported;
import io.clinicsync.imports.FileRefused;
import io.clinicsync.imports.Import;
import io.clinicsync.imports.Imports;
import io.clinicsync.imports.UploadRoom;
import io.clinicsync.sync.VendorAddresses;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;

/**
 * {@code PUT /imports-inbox/{secret}/{kind}_{yyyyMMddHHmm}.csv|xlsx}: the secret finds the
 * connection, the name says what the file is and when it was made, on the clinic's clock. What is
 * unknown and what is somebody else's look alike.
 */
@Controller
@RequestMapping("/imports-inbox/{secret}/{name}")
class InboxController {

  private static final Logger log = LoggerFactory.getLogger(InboxController.class);
  private static final Pattern NAME = Pattern.compile("([a-z]{1,30})_([0-9]{12})\\.(?i:csv|xlsx)");
  private static final DateTimeFormatter MINUTE =
      DateTimeFormatter.ofPattern("yyyyMMddHHmm", Locale.ROOT);
  private static final Duration CLOCKS_DIFFER = Duration.ofMinutes(5);

  private final VendorAddresses addresses;
  private final Connections connections;
  private final Imports imports;
  private final UploadRoom room;
  private final Clock clock;

  InboxController(
      VendorAddresses addresses,
      Connections connections,
      Imports imports,
      UploadRoom room,
      Clock clock) {
    this.addresses = addresses;
    this.connections = connections;
    this.imports = imports;
    this.room = room;
    this.clock = clock;
  }

  @PutMapping
  ResponseEntity<Map<String, String>> dropped(
      @PathVariable String secret,
      @PathVariable String name,
      @RequestParam(defaultValue = "false") boolean complete,
      HttpServletRequest request) {
    Connection connection =
        addresses
            .find(secret)
            .flatMap(found -> connections.find(found.clinic(), found.connection()))
            .filter(found -> found.state() != ConnectionState.REVOKED)
            .orElse(null);
    if (connection == null || imports.kinds(connection).isEmpty()) {
      return ResponseEntity.notFound().build();
    }
    Matcher named = NAME.matcher(name);
    Instant asOf = named.matches() ? moment(named.group(2), connection.zone()) : null;
    if (asOf == null
        || imports.kinds(connection).stream().noneMatch(each -> each.id().equals(named.group(1)))) {
      return refused(HttpStatus.BAD_REQUEST, "import_name_not_understood");
    }
    try {
      Import taken =
          room.with(
              () ->
                  imports.take(
                      connection,
                      new Imports.Upload(named.group(1), body(request), asOf, complete, false)));
      return ResponseEntity.accepted()
          .body(Map.of("import_id", taken.id().toString(), "state", taken.state().name()));
    } catch (AlreadyImported before) {
      return refused(HttpStatus.CONFLICT, "import_known");
    } catch (FileRefused refused) {
      return refused(status(refused.reason()), refused.reason().code());
    } catch (UploadRoom.NoRoom busy) {
      return later();
    } catch (IOException | RuntimeException notKept) {
      // Not acknowledged, so that it is dropped again. Type only: messages may quote values.
      log.error("a dropped file could not be kept: {}", notKept.getClass().getName());
      return later();
    }
  }

  private static byte[] body(HttpServletRequest request) throws IOException {
    return request.getInputStream().readNBytes(Imports.MOST_BYTES + 1);
  }

  private @Nullable Instant moment(String text, ZoneId zone) {
    try {
      Instant at = LocalDateTime.parse(text, MINUTE).atZone(zone).toInstant();
      return at.isAfter(clock.instant().plus(CLOCKS_DIFFER)) ? null : at;
    } catch (DateTimeException noMoment) {
      return null;
    }
  }

  private static HttpStatus status(FileRefused.Reason reason) {
    return switch (reason) {
      case UNKNOWN -> HttpStatus.UNSUPPORTED_MEDIA_TYPE;
      case TOO_LARGE -> HttpStatus.PAYLOAD_TOO_LARGE;
      case EMPTY, ENCODING, PROTECTED, INFLATES, BROKEN, TOO_MANY_ROWS, TOO_MANY_COLUMNS ->
          HttpStatus.UNPROCESSABLE_ENTITY;
    };
  }

  private static ResponseEntity<Map<String, String>> refused(HttpStatus status, String code) {
    return ResponseEntity.status(status).body(Map.of("code", code));
  }

  private static ResponseEntity<Map<String, String>> later() {
    return ResponseEntity.status(HttpStatus.SERVICE_UNAVAILABLE)
        .header(HttpHeaders.RETRY_AFTER, Long.toString(UploadRoom.COME_AGAIN.toSeconds()))
        .build();
  }
}
