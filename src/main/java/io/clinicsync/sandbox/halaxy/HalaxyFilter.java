package io.clinicsync.sandbox.halaxy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;

/** The search parameters of one list; a name nobody knows filters nothing. */
final class HalaxyFilter {

  private final HalaxyAccount account;
  private final List<Predicate<ObjectNode>> tests = new ArrayList<>();

  HalaxyFilter(HalaxyAccount account, String type, Map<String, List<String>> query) {
    this.account = account;
    query.forEach((name, values) -> values.forEach(value -> add(type, name, value)));
  }

  boolean takes(ObjectNode row) {
    return tests.stream().allMatch(test -> test.test(row));
  }

  private void add(String type, String name, String value) {
    switch (name) {
      case "_id" -> tests.add(row -> row.path("id").asText().equals(value));
      case "_lastUpdated" -> time(value, row -> row.path("meta").path("lastUpdated"));
      case "created" -> time(value, row -> row.path("created"));
      default -> {
        switch (type) {
          case "Appointment" -> appointment(name, value);
          case "Patient" -> patient(name, value);
          case "Invoice" -> invoice(name, value);
          case "Organization" -> organization(name, value);
          default -> {
            // No other list has filters anybody has seen.
          }
        }
      }
    }
  }

  private void appointment(String name, String value) {
    String id = value.substring(value.lastIndexOf('/') + 1);
    switch (name) {
      case "date" -> time(value, row -> row.path("start"));
      case "patient" -> {
        if (!account.switches().ignorePatientFilter) {
          tests.add(row -> Fhir.actors(row, "Patient").contains(id));
        }
      }
      case "practitioner-role" ->
          tests.add(row -> Fhir.actors(row, "PractitionerRole").contains(id));
      case "practitioner" -> tests.add(row -> roleNames(row, "practitioner", "Practitioner", id));
      case "organization" -> tests.add(row -> roleNames(row, "organization", "Organization", id));
      case "part-status" ->
          tests.add(
              row ->
                  Fhir.participants(row).stream()
                      .anyMatch(each -> Fhir.statusOf(each).equals(value)));
      default -> {
        // Ignored without a word.
      }
    }
  }

  private boolean roleNames(ObjectNode row, String member, String type, String id) {
    return Fhir.actors(row, "PractitionerRole").stream()
        .flatMap(role -> account.table("PractitionerRole").find(role).stream())
        .anyMatch(role -> id.equals(Fhir.idIn(role.path(member), type)));
  }

  private void patient(String name, String value) {
    String wanted = value.toLowerCase(Locale.ROOT);
    if (name.equals("family") || name.equals("given")) {
      tests.add(
          row -> {
            for (JsonNode each : row.path("name")) {
              JsonNode part = name.equals("family") ? each.path(name) : each.path(name).path(0);
              if (part.asText("").toLowerCase(Locale.ROOT).startsWith(wanted)) {
                return true;
              }
            }
            return false;
          });
    }
  }

  /** There is no search by date, so that one is ignored. */
  private void invoice(String name, String value) {
    if (name.equals("recipient")) {
      String[] parts = value.split("/");
      if (parts.length < 2) {
        throw new Refused(422, "invalid", "recipient must be given as Type/id");
      }
      tests.add(row -> parts[1].equals(Fhir.idIn(row.path("recipient"), parts[0])));
    }
  }

  private void organization(String name, String value) {
    if (name.equals("name")) {
      String wanted = value.toLowerCase(Locale.ROOT);
      tests.add(row -> row.path("name").asText().toLowerCase(Locale.ROOT).startsWith(wanted));
    }
  }

  private void time(String value, Function<ObjectNode, JsonNode> member) {
    boolean prefixed = value.matches("[a-z]{2}.*");
    String prefix = prefixed ? value.substring(0, 2) : "eq";
    Instant[] span = span(prefixed ? value.substring(2) : value);
    Predicate<Instant> test =
        switch (prefix) {
          case "ge" -> at -> !at.isBefore(span[0]);
          case "gt" -> at -> !at.isBefore(span[1]);
          case "lt" -> at -> at.isBefore(span[0]);
          case "le" -> at -> at.isBefore(span[1]);
          case "eq" -> at -> !at.isBefore(span[0]) && at.isBefore(span[1]);
          case "ne" -> at -> at.isBefore(span[0]) || !at.isBefore(span[1]);
          default -> throw new Refused(422, "invalid", "unknown prefix");
        };
    tests.add(
        row -> {
          JsonNode time = member.apply(row);
          return time.isTextual() && test.test(Fhir.instant(time));
        });
  }

  /** A day in the practice's zone or a second. */
  private Instant[] span(String value) {
    try {
      if (value.length() == 10) {
        LocalDate day = LocalDate.parse(value);
        return new Instant[] {
          day.atStartOfDay(account.zone()).toInstant(),
          day.plusDays(1).atStartOfDay(account.zone()).toInstant()
        };
      }
      Instant second = OffsetDateTime.parse(value).toInstant();
      return new Instant[] {second, second.plusSeconds(1)};
    } catch (DateTimeException unreadable) {
      throw new Refused(422, "invalid", "not a date");
    }
  }
}
