package io.clinicsync.sandbox.ghl;

import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.sandbox.server.Answer;
import io.clinicsync.sandbox.server.JsonOut;
import io.clinicsync.sandbox.server.Request;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code /contacts/…} of one location. Callers hold its lock. */
final class ContactRoutes {

  private final GhlLocation location;
  private final ContactWrites writes;

  ContactRoutes(GhlLocation location) {
    this.location = location;
    this.writes = new ContactWrites(location);
  }

  Answer route(Request request, List<String> path) {
    String second = path.size() > 1 ? path.get(1) : "";
    return switch (request.method() + " " + path.size()) {
      case "POST 1" -> create(GhlRoutes.body(request));
      case "POST 2" ->
          second.equals("upsert")
              ? upsert(GhlRoutes.body(request))
              : second.equals("search") ? search(request) : none(request);
      case "GET 2" -> wrapped(200, "contact", contact(second), null);
      case "PUT 2" -> update(contact(second), GhlRoutes.body(request));
      case "DELETE 2" -> delete(contact(second));
      case "GET 3" ->
          second.equals("search") && path.get(2).equals("duplicate")
              ? duplicate(request)
              : child(request, path);
      case "POST 3", "DELETE 3" -> child(request, path);
      case "GET 4", "PUT 4", "DELETE 4" -> note(request, path);
      case "POST 5" -> bulkTags(request, path);
      default -> none(request);
    };
  }

  private static Answer none(Request request) {
    throw GhlRoutes.missing(request);
  }

  private Contact contact(String id) {
    return location.contact(id);
  }

  private static Answer wrapped(int status, String name, Contact contact, @Nullable Boolean isNew) {
    JsonOut out = new JsonOut(1500).open();
    if (isNew != null) {
      out.member("new", isNew);
    }
    if (name.equals("succeded")) {
      out.member("succeded", true);
    }
    contact.write(out.name("contact"), null, status == 201);
    return Answer.json(status, out.member("traceId", GhlIds.trace()).close().toString())
        .with("X-Sandbox-Id", contact.id());
  }

  private Answer create(JsonNode body) {
    writes.check(body, ContactWrites.Way.CREATE);
    GhlRoutes.own(location, ContactWrites.text(body, "locationId"));
    ContactWrites.Match match = writes.match(body);
    if (match != null && !location.allowDuplicates()) {
      throw GhlError.duplicate(match.contact(), match.field());
    }
    return wrapped(201, "contact", writes.create(body), null);
  }

  private Answer upsert(JsonNode body) {
    writes.check(body, ContactWrites.Way.UPSERT);
    GhlRoutes.own(location, ContactWrites.text(body, "locationId"));
    if (blank(body, "email") && blank(body, "phone")) {
      throw GhlError.bad("Contact email or phone is required");
    }
    boolean always =
        body.path("createNewIfDuplicateAllowed").asBoolean() && location.allowDuplicates();
    ContactWrites.Match match = always ? null : writes.match(body);
    if (match == null) {
      return wrapped(200, "contact", writes.create(body), true);
    }
    return wrapped(
        200, "contact", writes.apply(match.contact(), body, ContactWrites.Way.UPSERT), false);
  }

  private static boolean blank(JsonNode body, String name) {
    String text = ContactWrites.text(body, name);
    return text == null || text.isEmpty();
  }

  private Answer update(Contact contact, JsonNode body) {
    writes.check(body, ContactWrites.Way.UPDATE);
    return wrapped(200, "succeded", writes.apply(contact, body, ContactWrites.Way.UPDATE), null);
  }

  private Answer delete(Contact contact) {
    location.contacts().remove(contact);
    return succeeded().with("X-Sandbox-Id", contact.id());
  }

  private static Answer succeeded() {
    return Answer.json(200, JsonOut.of(Map.of("succeded", true, "traceId", GhlIds.trace())));
  }

  private Answer search(Request request) {
    JsonNode body = GhlRoutes.body(request);
    GhlRoutes.own(location, ContactWrites.text(body, "locationId"));
    return Answer.json(200, new ContactSearch(location).run(body));
  }

  /** Reads the live contacts, not the search index. */
  private Answer duplicate(Request request) {
    GhlRoutes.onlyQuery(request, Set.of("locationId", "email", "number"));
    GhlRoutes.own(location, GhlRoutes.query(request, "locationId"));
    String email = GhlRoutes.query(request, "email");
    String number = GhlRoutes.query(request, "number");
    Contact found = null;
    if (email != null && !email.isEmpty()) {
      found = location.contacts().byEmail(email).stream().findFirst().orElse(null);
    }
    if (found == null && number != null && !number.isEmpty()) {
      found = location.contacts().byPhone(number).stream().findFirst().orElse(null);
    }
    if (found == null) {
      return Answer.json(200, "{\"contact\":null,\"traceId\":\"" + GhlIds.trace() + "\"}");
    }
    return wrapped(200, "contact", found, null);
  }

  private Answer child(Request request, List<String> path) {
    Contact contact = contact(path.get(1));
    return switch (request.method() + " " + path.get(2)) {
      case "POST tags" -> {
        Set<String> tags = new LinkedHashSet<>(contact.tags());
        Set<String> added = names(GhlRoutes.body(request));
        tags.addAll(added);
        tagged(contact, tags);
        yield tags(201, tags, contact);
      }
      case "DELETE tags" -> {
        Set<String> tags = new LinkedHashSet<>(contact.tags());
        tags.removeAll(names(GhlRoutes.body(request)));
        tagged(contact, tags);
        yield tags(200, tags, contact);
      }
      case "GET notes" ->
          Answer.json(
              200,
              JsonOut.of(
                  Map.of(
                      "notes",
                      List.copyOf(location.notes(contact.id()).values()),
                      "traceId",
                      GhlIds.trace())));
      case "POST notes" -> saveNote(contact, location.newId(), GhlRoutes.body(request), 201);
      case "GET appointments" -> Answer.json(200, location.calendars().ofContact(contact.id()));
      default -> none(request);
    };
  }

  private static Answer tags(int status, Set<String> tags, Contact contact) {
    return Answer.json(status, JsonOut.of(Map.of("tags", tags, "traceId", GhlIds.trace())))
        .with("X-Sandbox-Id", contact.id());
  }

  private Set<String> names(JsonNode body) {
    if (!body.path("tags").isArray()) {
      throw GhlError.unprocessable(List.of("tags must be an array"));
    }
    Set<String> names = new LinkedHashSet<>();
    body.get("tags").forEach(tag -> names.add(location.tag(tag.asText())));
    return names;
  }

  private void tagged(Contact contact, Set<String> tags) {
    location.contacts().put(contact.with(contact.props(), contact.custom(), tags, location.now()));
  }

  private Answer bulkTags(Request request, List<String> path) {
    boolean route =
        path.get(1).equals("bulk") && path.get(2).equals("tags") && path.get(3).equals("update");
    if (!route || !Set.of("add", "remove").contains(path.get(4))) {
      throw GhlRoutes.missing(request);
    }
    JsonNode body = GhlRoutes.body(request);
    GhlRoutes.own(location, ContactWrites.text(body, "locationId"));
    Set<String> names = names(body);
    int errors = 0;
    List<String> done = new ArrayList<>();
    for (JsonNode id : body.path("contacts")) {
      Contact contact = location.contacts().get(id.asText());
      if (contact == null) {
        errors++;
        continue;
      }
      Set<String> tags = new LinkedHashSet<>(contact.tags());
      if (path.get(4).equals("add")) {
        tags.addAll(names);
      } else if (body.path("removeAllTags").asBoolean()) {
        tags.clear();
      } else {
        tags.removeAll(names);
      }
      tagged(contact, tags);
      done.add(contact.id());
    }
    return Answer.json(
        201,
        JsonOut.of(
            Map.of(
                "succeded",
                true,
                "errorCount",
                errors,
                "responses",
                done,
                "traceId",
                GhlIds.trace())));
  }

  private Answer note(Request request, List<String> path) {
    if (!path.get(2).equals("notes")) {
      throw GhlRoutes.missing(request);
    }
    Contact contact = contact(path.get(1));
    Map<String, Object> note = location.notes(contact.id()).get(path.get(3));
    if (note == null) {
      throw GhlError.bad("Note not found");
    }
    return switch (request.method()) {
      case "GET" -> Answer.json(200, JsonOut.of(Map.of("note", note, "traceId", GhlIds.trace())));
      case "PUT" -> saveNote(contact, path.get(3), GhlRoutes.body(request), 200);
      default -> {
        location.notes(contact.id()).remove(path.get(3));
        yield succeeded();
      }
    };
  }

  private Answer saveNote(Contact contact, String id, JsonNode body, int status) {
    if (!body.path("body").isTextual()) {
      throw GhlError.unprocessable(List.of("body must be a string"));
    }
    Map<String, Object> note = new LinkedHashMap<>();
    note.put("id", id);
    note.put("body", body.get("body").asText());
    note.put("userId", body.path("userId").asText());
    note.put("dateAdded", Contact.millis(location.now()));
    note.put("contactId", contact.id());
    location.notes(contact.id()).put(id, note);
    return Answer.json(status, JsonOut.of(Map.of("note", note, "traceId", GhlIds.trace())));
  }
}
