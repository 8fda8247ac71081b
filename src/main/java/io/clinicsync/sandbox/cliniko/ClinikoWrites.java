package io.clinicsync.sandbox.cliniko;

import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.sandbox.server.Answer;
import io.clinicsync.sandbox.server.JsonOut;
import io.clinicsync.sandbox.server.Request;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The write routes. Callers hold the account's lock. */
final class ClinikoWrites {

  private static final Set<String> REMINDERS = Set.of("None", "SMS", "Email", "SMS & Email");
  private static final Set<String> PHONES = Set.of("Mobile", "Home", "Work", "Fax", "Other");

  private final ClinikoAccount account;
  private final ClinikoRecords records;
  private final Render render;

  ClinikoWrites(ClinikoAccount account, Render render) {
    this.account = account;
    this.records = new ClinikoRecords(account);
    this.render = render;
  }

  Answer write(Request request, List<String> path) {
    String text = request.text();
    if (request.method().equals("POST") && path.size() == 1) {
      return create(path.getFirst(), text);
    }
    if (path.size() == 3
        && path.get(2).equals("referral_source")
        && path.get(0).equals("patients")) {
      return referral(Long.parseLong(path.get(1)), text);
    }
    if (path.size() < 2) {
      throw new BadRequest(404, "Not found");
    }
    Row row = row(path.get(0), Long.parseLong(path.get(1)));
    if (path.size() == 2 && !request.method().equals("POST")) {
      return change(row, text);
    }
    String action = path.size() == 3 ? path.get(2) : "";
    return switch (request.method() + " " + action) {
      case "POST archive" -> done(archived(row));
      case "POST unarchive" -> Answer.json(200, render.one(records.unarchive(row)));
      case "PATCH cancel", "PUT cancel" -> cancel(row, text);
      default -> throw new BadRequest(404, "Not found");
    };
  }

  private Row row(String resource, long id) {
    Table table = account.table(resource);
    if (table == null) {
      throw new BadRequest(404, "Not found");
    }
    return account.must(table.schema, id);
  }

  /**
   * 204, with the id and version for the operation log in headers that the server takes out again.
   */
  private Answer done(Row row) {
    return Answer.empty(204)
        .with("X-Sandbox-Id", Long.toString(row.id))
        .with("X-Sandbox-Version", render.one(row));
  }

  private Row archived(Row row) {
    if (row.schema.find("archived_at") == null) {
      throw new BadRequest(404, "Not found");
    }
    return row.get("archived_at") != null ? row : records.archive(row);
  }

  private Answer create(String resource, String text) {
    return switch (resource) {
      case "patients" -> {
        BodyReader.Body body = BodyReader.read(Shapes.PATIENTS, text, false);
        requireText(body, "first_name", true);
        requireText(body, "last_name", true);
        checkPatient(body);
        yield created(records.createPatient(body.values()));
      }
      case "individual_appointments" -> {
        BodyReader.Body body = BodyReader.read(Shapes.APPOINTMENTS, text, false);
        for (String name : List.of("patient", "practitioner", "appointment_type", "business")) {
          requireRef(body, Shapes.APPOINTMENTS, name, true);
        }
        checkTimes(body, true);
        yield created(records.book(body.values()));
      }
      case "group_appointments", "unavailable_blocks" -> {
        Schema schema = resource.equals("group_appointments") ? Shapes.GROUPS : Shapes.BLOCKS;
        BodyReader.Body body = BodyReader.read(schema, text, false);
        requireRef(body, schema, "practitioner", true);
        requireRef(body, schema, "business", true);
        checkTimes(body, true);
        if (!body.values().containsKey("ends_at")) {
          body.errors().put("ends_at", "can't be blank");
        }
        check(body);
        body.values().put("repeat_rule", "{}");
        if (schema == Shapes.GROUPS) {
          body.values().putIfAbsent("max_attendees", 8);
          body.values().put("patient_ids", List.of());
        }
        yield created(records.create(schema, body.values()));
      }
      case "attendees" -> join(text);
      default -> throw new BadRequest(404, "Not found");
    };
  }

  private Answer created(Row row) {
    return Answer.json(201, render.one(row));
  }

  private Answer join(String text) {
    BodyReader.Body body = BodyReader.read(Shapes.ATTENDEES, text, false);
    requireRef(body, Shapes.ATTENDEES, "patient", true);
    Object booking = body.values().get("booking");
    Row group = booking instanceof Long id ? account.table(Shapes.GROUPS).truth(id) : null;
    if (group == null) {
      body.errors().put("booking", "must exist");
    }
    check(body);
    if (group == null) {
      throw new IllegalStateException("checked above");
    }
    long patient = (Long) java.util.Objects.requireNonNull(body.values().get("patient"));
    return created(records.join(group, patient, body.values()));
  }

  private Answer change(Row row, String text) {
    BodyReader.Body body = BodyReader.read(row.schema, text, false);
    Row changed;
    if (row.schema == Shapes.PATIENTS) {
      requireText(body, "first_name", false);
      requireText(body, "last_name", false);
      checkPatient(body);
      if (body.json().path("unsubscribe_sms_marketing").asBoolean()) {
        body.values().put("accepted_sms_marketing", false);
      }
      changed = records.changePatient(row, body.values());
    } else if (row.schema == Shapes.APPOINTMENTS
        || row.schema == Shapes.GROUPS
        || row.schema == Shapes.BLOCKS) {
      for (String name : List.of("patient", "practitioner", "appointment_type", "business")) {
        requireRef(body, row.schema, name, false);
      }
      checkTimes(body, false);
      changed = records.move(row, body.values());
    } else if (row.schema == Shapes.ATTENDEES) {
      check(body);
      Row noted = row.with(body.values());
      changed =
          body.values().containsKey("arrived")
              ? records.arrived(noted, (Boolean) body.values().get("arrived"))
              : account.save(noted);
    } else {
      throw new BadRequest(404, "Not found");
    }
    return Answer.json(200, render.one(changed));
  }

  private Answer cancel(Row row, String text) {
    if (row.schema != Shapes.APPOINTMENTS && row.schema != Shapes.ATTENDEES) {
      throw new BadRequest(404, "Not found");
    }
    BodyReader.Body body = BodyReader.read(row.schema, text, false);
    JsonNode reason = body.json().path("cancellation_reason");
    if (!CancelReasons.known(reason.asInt())) {
      body.errors()
          .put(
              "cancellation_reason",
              reason.isMissingNode() ? "can't be blank" : "is not included in the list");
    }
    if (row.schema == Shapes.ATTENDEES
        && account.table(Shapes.GROUPS).truth(row.ref("booking")) == null) {
      body.errors().put("base", "Only attendees of group appointments can be cancelled");
    }
    if (row.get("cancelled_at") != null) {
      body.errors().put("base", "has already been cancelled");
    }
    check(body);
    JsonNode note = body.json().path("cancellation_note");
    return done(records.cancel(row, reason.asInt(), note.isTextual() ? note.asText() : null));
  }

  private Answer referral(long patient, String text) {
    account.must(Shapes.PATIENTS, patient);
    BodyReader.Body body = BodyReader.read(Shapes.REFERRALS, text, false);
    requireRef(body, Shapes.REFERRALS, "referral_source_type", false);
    check(body);
    List<Row> had = records.referring(Shapes.REFERRALS, "patient", patient);
    body.values().put("patient", patient);
    Row row =
        had.isEmpty()
            ? records.create(Shapes.REFERRALS, body.values())
            : records.change(had.getFirst(), body.values());
    return Answer.json(200, render.one(row));
  }

  private static void requireText(BodyReader.Body body, String name, boolean create) {
    boolean blank = !(body.values().get(name) instanceof String text) || text.isBlank();
    if (blank && (create || body.values().containsKey(name))) {
      body.errors().put(name, "can't be blank");
    }
  }

  private void requireRef(BodyReader.Body body, Schema schema, String name, boolean create) {
    Schema.Field field = schema.find(name);
    if (field == null || (!create && !body.values().containsKey(name))) {
      return;
    }
    Table table = account.table(field.target());
    if (!(body.values().get(name) instanceof Long id) || table == null || table.truth(id) == null) {
      body.errors().put(name, "must exist");
    }
  }

  private static void checkTimes(BodyReader.Body body, boolean create) {
    @Nullable Object start = body.values().get("starts_at");
    if (start == null
        && (create || body.values().containsKey("starts_at"))
        && !body.errors().containsKey("starts_at")) {
      body.errors().put("starts_at", "can't be blank");
    }
    if (start instanceof Instant from
        && body.values().get("ends_at") instanceof Instant to
        && !to.isAfter(from)) {
      body.errors().put("ends_at", "must be after the start");
    }
    check(body);
  }

  private static void checkPatient(BodyReader.Body body) {
    if (body.values().get("email") instanceof String email
        && !email.matches("[^\\s@]+@[^\\s@]+\\.[A-Za-z]{2,}")) {
      body.errors().put("email", "is invalid");
    }
    if (body.values().get("reminder_type") instanceof String type && !REMINDERS.contains(type)) {
      body.errors().put("reminder_type", "is not included in the list");
    }
    for (JsonNode phone : body.json().path("patient_phone_numbers")) {
      if (!PHONES.contains(phone.path("phone_type").asText())
          || phone.path("number").asText().isBlank()) {
        body.errors().put("patient_phone_numbers", "is invalid");
      }
    }
    check(body);
  }

  private static void check(BodyReader.Body body) {
    if (!body.errors().isEmpty()) {
      throw new BadRequest(
          422, JsonOut.of(Map.of("message", "Validation Failed", "errors", body.errors())));
    }
  }
}
