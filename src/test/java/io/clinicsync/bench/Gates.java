package io.clinicsync.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Compares what stands at the CRM and in our database with what is true at the EMR; each count must
 * be zero.
 */
final class Gates {

  private static final Pattern VERSION = Pattern.compile("\"lastName\":\"Cycle(\\d+)\"");

  private final SandboxProcess sandbox;
  private final Bench bench;

  Gates(SandboxProcess sandbox, Bench bench) {
    this.sandbox = sandbox;
    this.bench = bench;
  }

  /** Lost, regressed, doubled and foreign records of a subject. */
  Map<String, Integer> check(Bench.Subject subject) {
    JsonNode emr = sandbox.truth(subject.account());
    JsonNode crm = sandbox.truth(subject.location());
    Map<String, Integer> found = new LinkedHashMap<>();
    Map<String, String> links =
        pairs(
            "SELECT patient_id, contact_id FROM people_links WHERE state = 'LINKED' AND tenant_id = '"
                + subject.clinic()
                + "'");
    Map<String, JsonNode> contacts = new HashMap<>();
    crm.get("contacts").forEach(contact -> contacts.put(contact.get("id").asText(), contact));
    found.put("lost", lostPatients(subject, emr, contacts, links) + lostAppointments(subject, emr));
    found.put("regressed", regressed(subject));
    String idField = patientIdField(crm);
    Map<String, Integer> byPatient = new HashMap<>();
    for (JsonNode contact : contacts.values()) {
      byPatient.merge(custom(contact, idField), 1, Integer::sum);
    }
    int doubled = byPatient.values().stream().mapToInt(count -> count - 1).sum();
    found.put("doubled", doubled + (links.size() - new HashSet<>(links.values()).size()));
    Set<String> own = new HashSet<>();
    emr.get("patients").forEach(patient -> own.add(patient.get("id").asText()));
    found.put(
        "foreign",
        (int) byPatient.keySet().stream().filter(id -> !own.contains(id)).count()
            + foreignRows(subject, own));
    return found;
  }

  /** Patients who are not held, or whose contact does not carry their present name and id. */
  private int lostPatients(
      Bench.Subject subject,
      JsonNode emr,
      Map<String, JsonNode> contacts,
      Map<String, String> links) {
    Map<String, String> held =
        pairs(
            "SELECT id, body->'name'->>'last' FROM records_patients WHERE tenant_id = '"
                + subject.clinic()
                + "'");
    Map<String, String> states =
        pairs(
            "SELECT patient_id, state FROM people_links WHERE tenant_id = '"
                + subject.clinic()
                + "'");
    int lost = 0;
    for (JsonNode patient : emr.get("patients")) {
      String id = patient.get("id").asText();
      String last = patient.get("last_name").asText();
      if (!last.equals(held.get(id)) || !states.containsKey(id)) {
        lost++;
      } else if (links.containsKey(id)) {
        JsonNode contact = contacts.get(links.get(id));
        if (contact == null || !last.equals(contact.path("lastName").asText())) {
          lost++;
        }
      }
    }
    return lost;
  }

  private int lostAppointments(Bench.Subject subject, JsonNode emr) {
    Map<String, String> held =
        pairs(
            "SELECT id, to_char(starts_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') FROM records_appointments WHERE tenant_id = '"
                + subject.clinic()
                + "'");
    int lost = 0;
    for (JsonNode appointment : emr.get("individual_appointments")) {
      if (!appointment.get("starts_at").asText().equals(held.get(appointment.get("id").asText()))) {
        lost++;
      }
    }
    return lost;
  }

  /**
   * Writes that put an older version over a newer one: each edit of a name carries the number of
   * its cycle.
   */
  private int regressed(Bench.Subject subject) {
    Map<String, Integer> seen = new HashMap<>();
    int regressed = 0;
    for (SandboxProcess.Operation operation : sandbox.log(subject.location(), 0)) {
      Matcher version = VERSION.matcher(operation.version());
      boolean named = operation.kind().equals("WRITE") && version.find();
      if (named) {
        int cycle = Integer.parseInt(version.group(1));
        Integer before = seen.put(operation.id(), cycle);
        regressed += before != null && before > cycle ? 1 : 0;
      }
    }
    return regressed;
  }

  private int foreignRows(Bench.Subject subject, Set<String> own) {
    Map<String, String> held =
        pairs("SELECT id, '' FROM records_patients WHERE tenant_id = '" + subject.clinic() + "'");
    return (int) held.keySet().stream().filter(id -> !own.contains(id)).count();
  }

  private static String patientIdField(JsonNode crm) {
    for (JsonNode field : crm.get("customFields")) {
      if (field.get("fieldKey").asText().equals("contact.patient_id")) {
        return field.get("id").asText();
      }
    }
    throw new IllegalStateException("The sub-account has no field for the patient's id");
  }

  private static String custom(JsonNode contact, String field) {
    for (JsonNode value : contact.get("customFields")) {
      if (value.get("id").asText().equals(field)) {
        return value.get("value").asText();
      }
    }
    return "contact " + contact.get("id").asText();
  }

  private Map<String, String> pairs(String sql) {
    try (Connection connection = bench.database().connectAsSuperuser();
        Statement statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      Map<String, String> pairs = new HashMap<>();
      while (rows.next()) {
        pairs.put(rows.getString(1), String.valueOf(rows.getString(2)));
      }
      return pairs;
    } catch (SQLException failed) {
      throw new IllegalStateException(failed);
    }
  }

  static int sum(List<Map<String, Integer>> all, String gate) {
    return all.stream().mapToInt(each -> each.get(gate)).sum();
  }
}
