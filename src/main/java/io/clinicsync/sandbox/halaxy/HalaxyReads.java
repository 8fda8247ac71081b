package io.clinicsync.sandbox.halaxy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clinicsync.sandbox.server.Answer;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Reads and searches. The caller holds the account's lock. */
final class HalaxyReads {

  private static final int USUAL_COUNT = 30;

  private final HalaxyAccount account;

  HalaxyReads(HalaxyAccount account) {
    this.account = account;
  }

  static Answer metadata() {
    ObjectNode all = Fhir.object().put("resourceType", "CapabilityStatement");
    all.put("status", "active").put("date", "2026-01-01").put("kind", "instance");
    all.putObject("implementation").put("description", "Halaxy, simulated");
    all.put("fhirVersion", "4.0.1").putArray("format").add("json");
    ObjectNode rest = all.putArray("rest").addObject().put("mode", "server");
    ArrayNode resources = rest.putArray("resource");
    for (String type : HalaxyAccount.RESOURCES) {
      ArrayNode interactions = resources.addObject().put("type", type).putArray("interaction");
      interactions.addObject().put("code", "read");
      interactions.addObject().put("code", "search-type");
    }
    return Fhir.answer(200, all);
  }

  Answer answer(String path, Map<String, List<String>> query) {
    String[] parts = path.split("/");
    if (!HalaxyAccount.RESOURCES.contains(parts[0]) || parts.length > 2) {
      return Fhir.notFound();
    }
    if (path.equals("Appointment/$find")) {
      return new HalaxyFind(account).answer(query);
    }
    if (parts.length == 2) {
      return account
          .table(parts[0])
          .find(parts[1])
          .map(row -> Fhir.answer(200, row))
          .orElseGet(Fhir::notFound);
    }
    return search(parts[0], query);
  }

  private Answer search(String type, Map<String, List<String>> query) {
    int count = number(query, "_count", USUAL_COUNT);
    int page = number(query, "page", 1);
    if (count > 100) {
      throw new Refused(422, "invalid", "_count must be between 1 and 100");
    }
    List<ObjectNode> found = new ArrayList<>();
    HalaxyFilter filter = new HalaxyFilter(account, type, query);
    for (ObjectNode row : account.table(type).all()) {
      if (filter.takes(row)) {
        found.add(row);
      }
    }
    if (type.equals("Appointment")) {
      sort(found, query.getOrDefault("_sort", List.of("")).getFirst());
    }
    int from = Math.min(found.size(), (page - 1) * count);
    List<ObjectNode> rows = found.subList(from, Math.min(found.size(), from + count));
    ObjectNode bundle = Fhir.object().put("resourceType", "Bundle").put("type", "searchset");
    bundle.put("total", found.size());
    links(bundle, type, query, page, Math.max(1, Math.ceilDiv(found.size(), count)));
    if (!rows.isEmpty()) {
      ArrayNode entries = bundle.putArray("entry");
      rows.forEach(row -> entry(entries, row, "match"));
      for (ObjectNode each : included(rows, query)) {
        entry(entries, each, "include");
      }
    }
    return Fhir.answer(200, bundle);
  }

  private static void sort(List<ObjectNode> found, String order) {
    Comparator<ObjectNode> byStart = Comparator.comparing(row -> Fhir.instant(row.path("start")));
    if (order.equals("date")) {
      found.sort(byStart);
    } else if (order.equals("-date")) {
      found.sort(byStart.reversed());
    }
  }

  private static int number(Map<String, List<String>> query, String name, int usual) {
    String text = query.getOrDefault(name, List.of(Integer.toString(usual))).getFirst();
    if (!text.matches("[1-9][0-9]{0,6}")) {
      throw new Refused(422, "invalid", name + " is not a number");
    }
    return Integer.parseInt(text);
  }

  static void entry(ArrayNode entries, ObjectNode row, String mode) {
    ObjectNode entry = entries.addObject();
    entry.put(
        "fullUrl", Fhir.BASE + row.path("resourceType").asText() + "/" + row.path("id").asText());
    entry.set("resource", row);
    entry.putObject("search").put("mode", mode);
  }

  private static void links(
      ObjectNode bundle, String type, Map<String, List<String>> query, int page, int last) {
    ArrayNode links = bundle.putArray("link");
    links.addObject().put("relation", "self").put("url", url(type, query, page));
    if (page < last) {
      links.addObject().put("relation", "next").put("url", url(type, query, page + 1));
    }
    links.addObject().put("relation", "last").put("url", url(type, query, last));
  }

  private static String url(String type, Map<String, List<String>> query, int page) {
    List<String> parts = new ArrayList<>();
    query.forEach(
        (name, values) -> {
          if (!name.equals("page")) {
            values.forEach(
                value -> parts.add(name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8)));
          }
        });
    parts.add("page=" + page);
    return Fhir.BASE + type + "?" + String.join("&", parts);
  }

  /** Roles and patients of appointments, and whom these name again. */
  private Collection<ObjectNode> included(List<ObjectNode> rows, Map<String, List<String>> query) {
    List<String> wanted = query.getOrDefault("_include", List.of());
    List<String> further = query.getOrDefault("_include:iterate", List.of());
    Set<ObjectNode> included = new LinkedHashSet<>();
    if (account.switches().ignoreInclude) {
      return included;
    }
    for (ObjectNode row : rows) {
      if (wanted.contains("Appointment:practitioner-role")) {
        included.addAll(all("PractitionerRole", Fhir.actors(row, "PractitionerRole")));
      }
      if (wanted.contains("Appointment:patient")) {
        included.addAll(all("Patient", Fhir.actors(row, "Patient")));
      }
    }
    for (ObjectNode role : List.copyOf(included)) {
      if (further.contains("PractitionerRole:practitioner")) {
        included.addAll(named("Practitioner", role.path("practitioner")));
      }
      if (further.contains("PractitionerRole:organization")) {
        included.addAll(named("Organization", role.path("organization")));
      }
    }
    return included;
  }

  private List<ObjectNode> named(String type, JsonNode reference) {
    String id = Fhir.idIn(reference, type);
    return id == null ? List.of() : all(type, List.of(id));
  }

  private List<ObjectNode> all(String type, List<String> ids) {
    return ids.stream()
        .flatMap(id -> account.table(type).find(id).stream())
        .collect(Collectors.toList());
  }
}
