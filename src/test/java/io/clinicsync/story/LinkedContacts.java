package io.clinicsync.story;

import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.story.StoryBed.Scene;
import io.clinicsync.tenancy.Tenancy;
import java.util.HashMap;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What stands in GoHighLevel of patients. */
record LinkedContacts(Tenancy tenancy, JdbcClient jdbc) {

  /** Contacts by the EMR id of the patient linked to them, fields by our keys. */
  Map<String, Map<String, String>> of(Scene scene) {
    Map<String, String> patients = new HashMap<>();
    tenancy.inClinic(
        scene.clinic(),
        () ->
            jdbc.sql("SELECT contact_id, patient_id FROM people_links WHERE state = 'LINKED'")
                .query(
                    row -> {
                      patients.put(row.getString(1), row.getString(2));
                    }));
    JsonNode crm = scene.crmTruth();
    Map<String, String> keys = new HashMap<>();
    crm.path("customFields")
        .forEach(
            f ->
                keys.put(
                    f.path("id").asText(), f.path("fieldKey").asText().replace("contact.", "")));
    Map<String, Map<String, String>> contacts = new HashMap<>();
    for (JsonNode contact : crm.path("contacts")) {
      Map<String, String> values = new HashMap<>();
      values.put("firstName", contact.path("firstName").asText());
      values.put("lastName", contact.path("lastName").asText());
      contact
          .path("customFields")
          .forEach(
              field ->
                  values.put(
                      keys.getOrDefault(field.path("id").asText(), "?"),
                      field.path("value").asText()));
      String patient = patients.get(contact.path("id").asText());
      if (patient != null) {
        contacts.put(patient, values);
      }
    }
    return contacts;
  }
}
