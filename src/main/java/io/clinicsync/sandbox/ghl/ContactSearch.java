package io.clinicsync.sandbox.ghl;

import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.sandbox.server.JsonOut;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** {@code POST /contacts/search} over the lagging index. Callers hold the location's lock. */
final class ContactSearch {

  private static final Set<String> MEMBERS =
      Set.of("locationId", "page", "pageLimit", "searchAfter", "query", "filters", "sort");
  private static final Set<String> SORTS =
      Set.of(
          "email",
          "dnd",
          "source",
          "firstNameLowerCase",
          "lastNameLowerCase",
          "dateAdded",
          "dateUpdated");

  private final GhlLocation location;

  ContactSearch(GhlLocation location) {
    this.location = location;
  }

  String run(JsonNode body) {
    List<String> wrong = new ArrayList<>();
    body.fieldNames()
        .forEachRemaining(
            name -> {
              if (!MEMBERS.contains(name)) {
                wrong.add("property " + name + " should not exist");
              }
            });
    int limit = body.path("pageLimit").asInt(0);
    if (limit < 1 || limit > 500) {
      wrong.add("pageLimit must be between 1 and 500");
    }
    if (body.has("page") && body.has("searchAfter")) {
      wrong.add("page and searchAfter cannot be used together");
    }
    int page = body.path("page").asInt(1);
    if ((long) page * limit > 10_000) {
      wrong.add("page is beyond the first 10000 contacts, use searchAfter");
    }
    if (!wrong.isEmpty()) {
      throw GhlError.unprocessable(wrong);
    }
    Predicate<Contact> test = query(body.path("query").asText("")).and(all(body.path("filters")));
    List<Contact> found =
        new ArrayList<>(candidates(body.path("filters")).stream().filter(test).toList());
    found.sort(order(body.path("sort")));
    int from = body.has("searchAfter") ? after(found, body.get("searchAfter")) : (page - 1) * limit;
    JsonOut out = new JsonOut(4096).open().name("contacts").openList();
    found.stream()
        .skip(from)
        .limit(limit)
        .forEach(
            contact ->
                contact.write(out, List.of(contact.dateAdded().toEpochMilli(), contact.id())));
    return out.closeList()
        .member("total", found.size())
        .member("traceId", GhlIds.trace())
        .close()
        .toString();
  }

  /** Top-level equality on an indexed field spares the walk over all contacts. */
  private Collection<Contact> candidates(JsonNode filters) {
    for (JsonNode filter : filters) {
      if (filter.path("operator").asText().equals("eq") && filter.path("value").isValueNode()) {
        List<Contact> found =
            location
                .contacts()
                .searched(filter.path("field").asText(), filter.path("value").asText());
        if (found != null) {
          return found;
        }
      }
    }
    return location.contacts().searched();
  }

  private static int after(List<Contact> sorted, JsonNode searchAfter) {
    String id = searchAfter.path(searchAfter.size() - 1).asText();
    for (int i = 0; i < sorted.size(); i++) {
      if (sorted.get(i).id().equals(id)) {
        return i + 1;
      }
    }
    return sorted.size();
  }

  private static Predicate<Contact> query(String text) {
    if (text.isEmpty()) {
      return contact -> true;
    }
    if (text.length() > 75) {
      throw GhlError.unprocessable(List.of("query must be shorter than or equal to 75 characters"));
    }
    String lower = text.toLowerCase(Locale.ROOT);
    return contact ->
        contact.fullName().toLowerCase(Locale.ROOT).contains(lower)
            || (contact.emailKey() != null && contact.emailKey().contains(lower))
            || (contact.text("phone") != null && contact.text("phone").contains(lower));
  }

  private Predicate<Contact> all(JsonNode filters) {
    Predicate<Contact> test = contact -> true;
    for (JsonNode filter : filters) {
      test = test.and(one(filter));
    }
    return test;
  }

  private Predicate<Contact> one(JsonNode filter) {
    if (filter.has("group")) {
      if (filter.path("group").asText().equals("OR")) {
        Predicate<Contact> any = contact -> false;
        for (JsonNode part : filter.path("filters")) {
          any = any.or(one(part));
        }
        return any;
      }
      return all(filter.path("filters"));
    }
    String field = filter.path("field").asText();
    JsonNode value = filter.path("value");
    return switch (filter.path("operator").asText()) {
      case "eq" -> contact -> equal(contact.searchable(field), value);
      case "not_eq" -> contact -> !equal(contact.searchable(field), value);
      case "contains" -> contact -> contains(contact.searchable(field), value);
      case "not_contains" -> contact -> !contains(contact.searchable(field), value);
      case "exists" -> contact -> exists(contact.searchable(field));
      case "not_exists" -> contact -> !exists(contact.searchable(field));
      case "range" -> contact -> inRange(contact.searchable(field), value);
      default -> throw GhlError.unprocessable(List.of("operator is not valid for " + field));
    };
  }

  private static boolean exists(@Nullable Object stored) {
    return stored != null
        && !stored.equals("")
        && !(stored instanceof Collection<?> c && c.isEmpty());
  }

  private static boolean equal(@Nullable Object stored, JsonNode value) {
    if (value.isArray()) {
      for (JsonNode one : value) {
        if (equal(stored, one)) {
          return true;
        }
      }
      return false;
    }
    if (stored instanceof Collection<?> many) {
      return many.contains(value.asText().toLowerCase(Locale.ROOT))
          || many.contains(value.asText());
    }
    return stored != null && stored.toString().equalsIgnoreCase(value.asText());
  }

  private static boolean contains(@Nullable Object stored, JsonNode value) {
    if (value.asText().length() > 75) {
      throw GhlError.unprocessable(List.of("value must be shorter than or equal to 75 characters"));
    }
    if (stored instanceof Collection<?>) {
      return equal(stored, value);
    }
    return stored != null
        && stored
            .toString()
            .toLowerCase(Locale.ROOT)
            .contains(value.asText().toLowerCase(Locale.ROOT));
  }

  private static boolean inRange(@Nullable Object stored, JsonNode bounds) {
    if (stored == null) {
      return false;
    }
    for (var bound : bounds.properties()) {
      int compared = compare(stored, bound.getValue());
      boolean holds =
          switch (bound.getKey()) {
            case "gt" -> compared > 0;
            case "gte" -> compared >= 0;
            case "lt" -> compared < 0;
            case "lte" -> compared <= 0;
            default ->
                throw GhlError.unprocessable(
                    List.of("range bound " + bound.getKey() + " is not valid"));
          };
      if (!holds) {
        return false;
      }
    }
    return true;
  }

  private static int compare(Object stored, JsonNode bound) {
    if (stored instanceof Instant instant) {
      Instant other =
          bound.isNumber() ? Instant.ofEpochMilli(bound.asLong()) : Instant.parse(bound.asText());
      return instant.compareTo(other);
    }
    if (stored instanceof Number number && bound.isNumber()) {
      return Double.compare(number.doubleValue(), bound.asDouble());
    }
    return stored.toString().compareTo(bound.asText());
  }

  private static Comparator<Contact> order(JsonNode sort) {
    Comparator<Contact> order = null;
    for (JsonNode part : sort) {
      String field = part.path("field").asText();
      if (!SORTS.contains(field)) {
        throw GhlError.unprocessable(List.of("sort field " + field + " is not valid"));
      }
      Comparator<Contact> by = Comparator.comparing(contact -> key(contact.searchable(field)));
      by = part.path("direction").asText("asc").equalsIgnoreCase("desc") ? by.reversed() : by;
      order = order == null ? by : order.thenComparing(by);
    }
    Comparator<Contact> usual = Comparator.comparing(Contact::dateAdded).reversed();
    return (order == null ? usual : order).thenComparing(Contact::id);
  }

  private static String key(@Nullable Object value) {
    return value instanceof Instant instant ? Contact.millis(instant) : String.valueOf(value);
  }
}
