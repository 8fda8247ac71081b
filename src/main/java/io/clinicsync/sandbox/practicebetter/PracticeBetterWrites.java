package io.clinicsync.sandbox.practicebetter;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clinicsync.sandbox.server.Answer;
import io.clinicsync.sandbox.server.Request;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The API's changes. The caller holds the account's lock. */
final class PracticeBetterWrites {

  private static final Pattern SESSION =
      Pattern.compile("/consultant/sessions/([0-9A-Za-z]+)(/date|/cancel)?");
  private static final Pattern RECORD = Pattern.compile("/consultant/records/([0-9A-Za-z]+)");
  private static final Pattern OFFSET = Pattern.compile(".*[+-]\\d\\d:?\\d\\d$");

  private final PracticeBetterAccount account;

  PracticeBetterWrites(PracticeBetterAccount account) {
    this.account = account;
  }

  Answer write(Request request, String path) {
    JsonNode body;
    try {
      body = PracticeBetterAccount.JSON.readTree(request.text());
    } catch (JsonProcessingException unreadable) {
      return PracticeBetterSimulator.error(400, "body_invalid");
    }
    String method = request.method();
    if (method.equals("POST") && path.equals("/consultant/records")) {
      return createRecord(body);
    }
    if (method.equals("POST") && path.equals("/consultant/sessions")) {
      return book(body);
    }
    Matcher session = SESSION.matcher(path);
    if (session.matches()) {
      return session(
          method + String.valueOf(session.group(2)).replace("null", ""), session.group(1), body);
    }
    Matcher record = RECORD.matcher(path);
    if (record.matches()) {
      return record(method, record.group(1), body);
    }
    return PracticeBetterSimulator.notFound();
  }

  private Answer createRecord(JsonNode body) {
    if (!(body.path("profile") instanceof ObjectNode profile)
        || missing(profile, "firstName")
        || missing(profile, "lastName")
        || missing(profile, "emailAddress")) {
      return PracticeBetterSimulator.error(400, "profile_incomplete");
    }
    String email = profile.get("emailAddress").asText();
    boolean known =
        account.table("records").all().stream()
            .anyMatch(row -> row.at("/profile/emailAddress").asText().equalsIgnoreCase(email));
    if (known) {
      return PracticeBetterSimulator.error(account.switches().duplicateAs, "already_exists");
    }
    ObjectNode row =
        account.edits().newRecord(profile.deepCopy(), body.path("isActive").asBoolean(true));
    row.put("invitationSent", body.path("sendInvitation").asBoolean(false));
    return Answer.json(200, new PracticeBetterReads(account).record(row).toString());
  }

  private static boolean missing(JsonNode row, String member) {
    return row.path(member).asText("").isBlank();
  }

  /** A PUT is the whole record: what it does not name is gone. */
  private Answer record(String method, String id, JsonNode body) {
    Optional<ObjectNode> row = account.table("records").find(id);
    if (row.isEmpty()) {
      return PracticeBetterSimulator.notFound();
    }
    if (method.equals("DELETE")) {
      account.edits().deletePatient(id);
      return Answer.empty(202).with("X-Sandbox-Id", id);
    }
    if (!method.equals("PUT") || !(body.path("profile") instanceof ObjectNode profile)) {
      return PracticeBetterSimulator.error(400, "profile_incomplete");
    }
    row.get().set("profile", profile.deepCopy());
    row.get().put("isActive", body.path("isActive").asBoolean(false));
    account.touch(row.get());
    return Answer.json(200, new PracticeBetterReads(account).record(row.get()).toString());
  }

  private Answer book(JsonNode body) {
    Optional<ObjectNode> record =
        account.table("records").find(body.path("clientRecordId").asText());
    Optional<ObjectNode> service = account.table("services").find(body.path("serviceId").asText());
    ObjectNode first = account.table("members").all().iterator().next();
    Optional<ObjectNode> member =
        body.hasNonNull("asConsultantId")
            ? account.table("members").find(body.get("asConsultantId").asText())
            : Optional.of(first);
    if (record.isEmpty() || service.isEmpty() || member.isEmpty()) {
      return PracticeBetterSimulator.notFound();
    }
    String type = body.path("serviceType").asText();
    if (!type.matches("face|phone|virtual")
        || (type.equals("virtual") && missing(body.path("telehealthSettings"), "launchApplication"))
        || !body.path("duration").isIntegralNumber()) {
      return PracticeBetterSimulator.error(400, "session_invalid");
    }
    String date = body.path("sessionDate").asText();
    if (diesOf(date)) {
      return PracticeBetterSimulator.error(500, "unexpected");
    }
    Instant start = date(date);
    long minutes = minutes(body);
    if (!body.path("ignoreConflict").asBoolean()
        && clashes(member.get().get("id").asText(), "", start, minutes)) {
      return PracticeBetterSimulator.error(409, "slot_unavailable");
    }
    ObjectNode row =
        account.edits().newSession(record.get(), member.get(), service.get(), type, start, minutes);
    if (body.path("markConfirmed").asBoolean()) {
      row.put("confirmationStatus", "confirmed");
      row.put("dateConfirmed", account.state().second().toString());
    }
    if (body.hasNonNull("notes")) {
      row.set("notes", body.get("notes"));
    }
    if (body.hasNonNull("location")) {
      row.putObject("location").set("name", body.get("location"));
    }
    return changed(row);
  }

  private Answer changed(ObjectNode row) {
    return account.switches().accepted
        ? Answer.empty(202).with("X-Sandbox-Id", row.get("id").asText())
        : Answer.json(200, new PracticeBetterReads(account).session(row).toString());
  }

  private Answer session(String what, String id, JsonNode body) {
    Optional<ObjectNode> row = account.table("sessions").find(id);
    if (row.isEmpty()) {
      return PracticeBetterSimulator.notFound();
    }
    return switch (what) {
      case "PUT/date" -> move(row.get(), body);
      case "POST/cancel" -> {
        // Again is as good as once.
        if (!row.get().path("cancelled").asBoolean()) {
          row.get().put("cancelled", true);
          // What of it shows later is not known; the truth keeps it.
          row.get().set("_cancelNotes", body.get("notes"));
          row.get().set("_cancelNotify", body.get("notify"));
          account.touch(row.get());
        }
        yield Answer.empty(202).with("X-Sandbox-Id", id);
      }
      case "DELETE" -> {
        account.table("sessions").remove(id);
        yield Answer.empty(202).with("X-Sandbox-Id", id);
      }
      default -> PracticeBetterSimulator.notFound();
    };
  }

  private Answer move(ObjectNode row, JsonNode body) {
    String date = body.path("sessionDate").asText();
    if (diesOf(date)) {
      return PracticeBetterSimulator.error(500, "unexpected");
    }
    Instant start = date(date);
    long minutes =
        body.path("duration").isIntegralNumber() ? minutes(body) : PracticeBetterEdits.minutes(row);
    String id = row.get("id").asText();
    if (!body.path("ignoreConflict").asBoolean()
        && clashes(row.path("_member").asText(), id, start, minutes)) {
      return PracticeBetterSimulator.error(409, "slot_unavailable");
    }
    PracticeBetterEdits.moved(row, start, minutes);
    account.touch(row);
    return changed(row);
  }

  private boolean clashes(String member, String without, Instant start, long minutes) {
    Instant end = start.plus(Duration.ofMinutes(minutes));
    return new PracticeBetterSlots(account)
        .busy(member, without).stream().anyMatch(s -> s[0].isBefore(end) && s[1].isAfter(start));
  }

  private long minutes(JsonNode body) {
    long duration = body.path("duration").asLong();
    // Seconds sent where minutes are understood make a session of days, as at the vendor.
    return Math.max(1, account.switches().seconds ? duration / 60 : duration);
  }

  private boolean diesOf(String date) {
    return account.switches().wall && OFFSET.matcher(date).matches();
  }

  /** An instant, or in wall mode what a clock on the wall shows whatever zone is said. */
  private Instant date(String text) {
    try {
      if (account.switches().wall) {
        return LocalDateTime.parse(text.endsWith("Z") ? text.substring(0, text.length() - 1) : text)
            .atZone(PracticeBetterSwitches.WALL_ZONE)
            .toInstant();
      }
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException unreadable) {
      throw new PracticeBetterReads.Wrong("sessionDate_invalid");
    }
  }
}
