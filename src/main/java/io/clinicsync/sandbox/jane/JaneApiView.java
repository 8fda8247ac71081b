package io.clinicsync.sandbox.jane;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Shows records as the Developer Platform does: its own names, UUIDs and UTC. */
final class JaneApiView {

  private final JaneAccount account;

  JaneApiView(JaneAccount account) {
    this.account = account;
  }

  Stream<ObjectNode> list(String resource) {
    return account.table(resource).all().stream()
        .filter(row -> !resource.equals("appointments") || oneOnOne(row))
        .map(row -> show(resource, row));
  }

  /** Classes, groups and breaks are not part of the API. */
  static boolean oneOnOne(JsonNode row) {
    return !row.path("class_booking").asBoolean() && !row.path("break").asBoolean();
  }

  private ObjectNode show(String resource, ObjectNode row) {
    ObjectNode shown =
        switch (resource) {
          case "patients" -> patient(row);
          case "appointments" -> appointment(row);
          case "staff_members" -> staff(row);
          case "treatments" -> treatment(row);
          default -> plain(row);
        };
    shown.put("id", account.uuid(resource, row.get("id").asText()));
    if (row.path("_api") instanceof ObjectNode instead) {
      shown.setAll(instead);
    }
    return shown;
  }

  private static ObjectNode copy(ObjectNode row, String... members) {
    ObjectNode copy = row.objectNode();
    for (String member : members) {
      copy.set(member, row.get(member));
    }
    return copy;
  }

  private static ObjectNode plain(ObjectNode row) {
    ObjectNode shown = JaneAccount.shown(row);
    shown.set("hours", row.objectNode());
    return shown;
  }

  private static @Nullable String utc(JsonNode time) {
    if (!time.isTextual()) {
      return null;
    }
    try {
      return JaneAccount.instant(time).toString();
    } catch (java.time.DateTimeException asItIs) {
      return time.asText();
    }
  }

  private ObjectNode patient(ObjectNode row) {
    ObjectNode shown =
        copy(
            row,
            "first_name",
            "middle_name",
            "last_name",
            "prefix",
            "preferred_name",
            "gender",
            "pronouns",
            "guardian_name",
            "patient_number",
            "email",
            "do_not_email",
            "street_address",
            "street_address_2",
            "city",
            "province",
            "postal",
            "country");
    shown.set("sex", row.get("_sex"));
    shown.set("date_of_birth", row.get("dob"));
    shown.set("patient_since", row.get("member_since"));
    shown.set("send_marketing_emails", row.get("marketing_emails"));
    shown.put("status", standing(row));
    ArrayNode phones = shown.putArray("phone_numbers");
    for (String kind : List.of("mobile", "home", "work", "fax")) {
      JsonNode number = row.path(kind + "_phone");
      if (number.isTextual()) {
        phones
            .addObject()
            .put("type", kind)
            .put("number", number.asText())
            .put("is_primary", number.equals(row.get("primary_phone")));
      }
    }
    shown
        .putObject("deep_links")
        .put("profile", account.url() + "/admin#patients/" + row.get("id").asText());
    shown.put("created_at", utc(row.path("_created_at")));
    return shown.put("updated_at", utc(row.path("updated_at")));
  }

  private static String standing(ObjectNode row) {
    if (row.hasNonNull("_archived_at")) {
      return "archived";
    }
    if (row.path("deceased").asBoolean()) {
      return "deceased";
    }
    return row.path("discharged").asBoolean() ? "discharged" : "active";
  }

  private ObjectNode appointment(ObjectNode row) {
    ObjectNode shown = copy(row, "first_visit");
    for (String time :
        List.of(
            "start_at",
            "end_at",
            "booked_at",
            "cancelled_at",
            "no_show_at",
            "arrived_at",
            "checked_in_at",
            "archived_at",
            "updated_at")) {
      shown.put(time, utc(row.path(time)));
    }
    shown.put("created_at", utc(row.path("_created_at")));
    shown.put("staff_member_id", pointed(row, "staff_member_id", "staff_members"));
    shown.put("patient_id", pointed(row, "patient_id", "patients"));
    shown.put("location_id", pointed(row, "location_id", "locations"));
    shown.put("treatment_id", pointed(row, "treatment_id", "treatments"));
    // What staff typed may tell of the patient's health.
    shown.put("cancelled_reason", row.hasNonNull("cancelled_reason") ? "Other" : null);
    return shown.put(
        "state", row.hasNonNull("archived_at") ? "archived" : row.path("state").asText());
  }

  private @Nullable String pointed(ObjectNode row, String member, String table) {
    return row.hasNonNull(member) ? account.uuid(table, row.get(member).asText()) : null;
  }

  private ArrayNode pointed(ObjectNode row, JsonNode ids, String table) {
    ArrayNode all = row.arrayNode();
    ids.forEach(id -> all.add(account.uuid(table, id.asText())));
    return all;
  }

  private ObjectNode staff(ObjectNode row) {
    ObjectNode shown = JaneAccount.shown(row);
    shown.remove(List.of("all_treatment_ids", "disciplines"));
    shown.set("treatment_ids", pointed(row, row.path("all_treatment_ids"), "treatments"));
    shown.set("location_ids", pointed(row, row.path("location_ids"), "locations"));
    return shown;
  }

  private ObjectNode treatment(ObjectNode row) {
    ObjectNode shown = JaneAccount.shown(row);
    shown.remove("staff_member_id");
    shown.put("discipline_id", pointed(row, "discipline_id", "disciplines"));
    shown.set("location_ids", pointed(row, row.path("location_ids"), "locations"));
    return shown;
  }

  ObjectNode company() {
    ObjectNode company = JaneAccount.JSON.createObjectNode();
    company.put("id", account.uuid("company", "0")).put("name", account.name());
    company.put("jane_url", account.url()).put("time_zone", account.zone().getId());
    company.put("locale", "en-CA").put("online_booking_enabled", true);
    return company;
  }
}
