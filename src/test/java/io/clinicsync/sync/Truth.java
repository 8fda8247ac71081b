package io.clinicsync.sync;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.clinicsync.sandbox.cliniko.ClinikoAccount;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * What an account holds, in the few words the checker compares. Read from the simulator's own rows
 * and mapped here anew: a mapper shared with the connector would prove nothing.
 */
final class Truth {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final ClinikoAccount account;
  private final Map<String, Set<String>> history = new ConcurrentHashMap<>();

  /** Rows seldom change between two looks, and the same text makes the same line. */
  private final Map<String, Mapped> mapped = new ConcurrentHashMap<>();

  /**
   * A line and what it was made of.
   *
   * @param group an attendee's group appointment; empty for others, as is its text {@code slot}
   */
  private record Mapped(String json, String group, String slot, String line) {}

  Truth(ClinikoAccount account) {
    this.account = account;
    remember();
  }

  /** Keeps every record as it stands now as a version that really existed. */
  void remember() {
    look(
        (key, line) -> history.computeIfAbsent(key, id -> ConcurrentHashMap.newKeySet()).add(line));
  }

  boolean existed(String key, String line) {
    return history.getOrDefault(key, Set.of()).contains(line);
  }

  /** Every record as one line, by kind and id. */
  Map<String, String> now() {
    Map<String, String> lines = new TreeMap<>();
    look(lines::put);
    return lines;
  }

  /** Shows every record by key and line, with nobody at work in between. */
  private void look(BiConsumer<String, String> viewer) {
    account.exclusively(
        () -> {
          rows("patients", "patient ", Truth::patient, viewer);
          rows("invoices", "invoice ", Truth::invoice, viewer);
          rows(
              "individual_appointments",
              "appointment ",
              row -> appointment(row, row, individualStatus(row)),
              viewer);
          attendees(viewer);
          return account;
        });
  }

  private void rows(
      String resource,
      String kind,
      Function<JsonNode, String> mapper,
      BiConsumer<String, String> viewer) {
    for (String id : account.ids(resource)) {
      String key = kind + id;
      String json = row(resource, id);
      Mapped known = mapped.get(key);
      if (known == null || !known.json().equals(json)) {
        known = new Mapped(json, "", "", mapper.apply(read(json)));
        mapped.put(key, known);
      }
      viewer.accept(key, known.line());
    }
  }

  private void attendees(BiConsumer<String, String> viewer) {
    Set<String> groups = Set.copyOf(account.ids("group_appointments"));
    for (String id : account.ids("attendees")) {
      String key = "appointment attendee-" + id;
      String json = row("attendees", id);
      Mapped known = mapped.get(key);
      JsonNode changed = known == null || !known.json().equals(json) ? read(json) : null;
      String group = changed == null ? known.group() : last(changed, "booking");
      if (!groups.contains(group)) {
        continue;
      }
      String slot = row("group_appointments", group);
      if (changed != null || !known.slot().equals(slot)) {
        JsonNode row = changed == null ? read(json) : changed;
        known = new Mapped(json, group, slot, appointment(row, read(slot), attendeeStatus(row)));
        mapped.put(key, known);
      }
      viewer.accept(key, known.line());
    }
  }

  private String row(String resource, String id) {
    return Objects.requireNonNull(account.truth(resource, id));
  }

  private static JsonNode read(String json) {
    try {
      return JSON.readTree(json);
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static String patient(JsonNode row) {
    return line(
        "first", text(row, "first_name"),
        "last", text(row, "last_name"),
        "email", text(row, "email"),
        "born", text(row, "date_of_birth"),
        "merged", last(row, "merged_with_patient"),
        "gone", gone(row) || row.hasNonNull("merged_at"));
  }

  private static String invoice(JsonNode row) {
    String status =
        switch (row.path("status").asInt()) {
          case 10 -> "OPEN";
          case 20 -> "PAID";
          case 30 -> "CLOSED";
          case 40 -> "CREDIT";
          default -> "UNKNOWN";
        };
    return line("patient", last(row, "patient"), "status", status, "gone", gone(row));
  }

  private static String appointment(JsonNode person, JsonNode slot, String status) {
    return line(
        "patient", last(person, "patient"),
        "practitioner", last(slot, "practitioner"),
        "treatment", last(slot, "appointment_type"),
        "site", last(slot, "business"),
        "start", instant(slot, "starts_at"),
        "end", instant(slot, "ends_at"),
        "status", status,
        "gone", gone(person) || gone(slot));
  }

  private static String individualStatus(JsonNode row) {
    if (row.hasNonNull("cancelled_at")) {
      return "CANCELLED";
    }
    if (row.path("patient_arrived").asBoolean()) {
      return "ARRIVED";
    }
    return row.path("did_not_arrive").asBoolean() ? "NO_SHOW" : "BOOKED";
  }

  private static String attendeeStatus(JsonNode row) {
    if (row.hasNonNull("cancelled_at")) {
      return "CANCELLED";
    }
    if (!row.hasNonNull("arrived")) {
      return "BOOKED";
    }
    return row.path("arrived").asBoolean() ? "ARRIVED" : "NO_SHOW";
  }

  private static boolean gone(JsonNode row) {
    return row.hasNonNull("archived_at") || row.hasNonNull("deleted_at");
  }

  private static String text(JsonNode row, String member) {
    return row.path(member).asText("").strip();
  }

  private static String instant(JsonNode row, String member) {
    return row.hasNonNull(member) ? Instant.parse(row.path(member).asText()).toString() : "";
  }

  private static String last(JsonNode row, String member) {
    String address = row.path(member).path("links").path("self").asText("");
    return address.substring(address.lastIndexOf('/') + 1);
  }

  /** Name and value in turn. */
  static String line(Object... parts) {
    Map<String, Object> named = new LinkedHashMap<>();
    for (int part = 0; part < parts.length; part += 2) {
      named.put(parts[part].toString(), parts[part + 1].equals("null") ? "" : parts[part + 1]);
    }
    return named.toString();
  }
}
