package io.clinicsync.sandbox.jane;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Blank records with every member the clinic's own pages send. */
final class JaneShapes {

  private static final List<String> NO_PATIENT_TEXT =
      List.of(
          "first_name",
          "last_name",
          "middle_name",
          "name",
          "email",
          "home_phone",
          "work_phone",
          "mobile_phone",
          "prefix",
          "addressable_name",
          "fax_phone",
          "street_address",
          "street_address_2",
          "city",
          "province",
          "postal",
          "country",
          "personal_health_number",
          "dob",
          "member_since",
          "patient_number",
          "last_login",
          "guardian_name",
          "referral_source",
          "referring_staff_member_id",
          "gender",
          "identifying_gender",
          "preferred_name",
          "preferred_first_name",
          "all_names",
          "pronouns",
          "occupation",
          "employer",
          "staff_member_id",
          "emergency_contact_name",
          "emergency_contact_phone",
          "emergency_contact_relationship",
          "referring_professional",
          "referring_professional_phone",
          "referring_professional_email",
          "family_doctor",
          "family_doctor_phone",
          "family_doctor_email",
          "medical_alert",
          "online_booking_policy",
          "online_booking_payment_policy",
          "primary_phone",
          "test_patient",
          "photo",
          "photo_lg",
          "last_payment_reminder");
  private static final List<String> PATIENT_LISTS =
      List.of(
          "reminder_type_ids",
          "selected_reminder_types",
          "logins",
          "relationships",
          "received_relationships",
          "default_adjustments",
          "passes",
          "credit_card_details",
          "notes");
  private static final List<String> NOUGHTS =
      List.of(
          "appointments_count",
          "upcoming_appointments_count",
          "active_booking_reminders_count",
          "no_show_count",
          "chart_entries_count",
          "relationships_count",
          "balance",
          "available_credit",
          "amount_owing",
          "claims_amount_owing",
          "loyalty_balance");
  private static final List<String> NO_APPOINTMENT_VALUE =
      List.of(
          "treatment_id",
          "archived_at",
          "no_show_at",
          "cancelled_at",
          "cancelled_reason",
          "booked_at",
          "arrived_at",
          "checked_in_at",
          "patient_id",
          "primary_patient_id",
          "patient_name",
          "patient_video_session_state",
          "treatment_name",
          "color",
          "capacity",
          "parent_appointment_id",
          "purchase_id",
          "sale_id",
          "purchase_state",
          "insurance_state",
          "order_id",
          "order_item_id",
          "pass_id",
          "package_id",
          "membership_id",
          "original_appointment_id",
          "online_only",
          "booking_type");
  private static final List<String> UNTRUE =
      List.of(
          "break",
          "patient_is_primary",
          "class_booking",
          "purchased",
          "patient_paid",
          "has_notes",
          "first_visit",
          "reschedulable",
          "rescheduled",
          "cancelled",
          "booked",
          "wait_list_block",
          "group_booking");

  private JaneShapes() {}

  static ObjectNode patient(JaneAccount account, long id, Instant at) {
    ObjectNode row = JaneAccount.JSON.createObjectNode().put("id", id);
    NO_PATIENT_TEXT.forEach(row::putNull);
    PATIENT_LISTS.forEach(row::putArray);
    NOUGHTS.forEach(member -> row.put(member, 0));
    String text = Long.toString(id);
    row.put("patient_number", text).put("public_id", account.uuid("patients", text));
    row.put("member_since", account.time(at).substring(0, 10));
    for (String on :
        List.of(
            "send_notifications",
            "email_wait_list_notifications",
            "email_auto_pay_balance_notifications",
            "sms_auto_pay_balance_notifications",
            "enable_financial_notifications",
            "enable_auto_pay_balance_notifications",
            "ratings_emails",
            "email_ok",
            "email_intake_form_ok",
            "email_notify_ok")) {
      row.put(on, true);
    }
    for (String off :
        List.of(
            "send_sms_notifications",
            "sms_wait_list_notifications",
            "marketing_emails",
            "do_not_email",
            "staff_user",
            "discharged",
            "deceased",
            "mobile_ok",
            "additional_receipt_recipients")) {
      row.put(off, false);
    }
    row.put("msp_eligible", "invalid").put("patient_type", "standard");
    row.put("email_status", "unverified").put("mobile_status", "not_present");
    row.put("_created_at", account.time(at)).putNull("_archived_at").putNull("_sex");
    row.put("updated_at", account.time(at));
    return row;
  }

  /** The names Jane makes of a patient's parts, and the phone it takes first. */
  static void derive(ObjectNode row) {
    String first = row.path("first_name").asText("");
    String last = row.path("last_name").asText("");
    String called = row.hasNonNull("preferred_name") ? row.get("preferred_name").asText() : first;
    String name = (first + " " + last).strip();
    row.put("name", name).put("all_names", name);
    row.put("preferred_first_name", called).put("addressable_name", called);
    row.putNull("primary_phone");
    for (String phone : List.of("work_phone", "home_phone", "mobile_phone")) {
      if (row.hasNonNull(phone)) {
        row.set("primary_phone", row.get(phone));
      }
    }
    row.put("mobile_status", row.hasNonNull("mobile_phone") ? "unverified" : "not_present");
    row.put("mobile_ok", row.hasNonNull("mobile_phone"));
  }

  static ObjectNode appointment(
      JaneAccount account, long id, ObjectNode staff, long location, Instant start, Instant end) {
    ObjectNode row = JaneAccount.JSON.createObjectNode().put("id", id);
    row.put("location_id", location).put("room_id", location % 3 + 1).putArray("resource_ids");
    row.put("start_at", account.time(start)).put("end_at", account.time(end));
    row.set("staff_member_id", staff.get("id"));
    row.set("staff_member_name", staff.get("full_name"));
    NO_APPOINTMENT_VALUE.forEach(row::putNull);
    UNTRUE.forEach(member -> row.put(member, false));
    row.put("state", "reserved").putArray("additional_states");
    row.put("primary_patient_name", " ").put("participant_count", 0);
    row.put("arrived_participant_count", 0).put("notes_text", "").put("chart_status", "none");
    row.put("booker_type", "StaffMember");
    row.putObject("pass").putNull("quantity_interval");
    row.putArray("child_appointment_ids");
    row.putArray("treatment_add_ons");
    row.set("patient", person(null));
    row.set("primary_patient", person(null));
    row.put("_created_at", account.time(account.state().second()));
    row.put("updated_at", account.time(account.state().second()));
    return row;
  }

  /** Puts patient and treatment on an appointment and makes it booked. */
  static void book(JaneAccount account, ObjectNode row, ObjectNode patient, ObjectNode treatment) {
    row.set("patient_id", patient.get("id"));
    row.set("primary_patient_id", patient.get("id"));
    row.set("patient_name", patient.get("name"));
    row.set("primary_patient_name", patient.get("name"));
    row.put("patient_is_primary", true);
    row.set("patient", person(patient));
    row.set("primary_patient", person(patient));
    treat(row, treatment);
    row.put("state", "booked").put("booked", true).put("reschedulable", true);
    row.put("booked_at", account.time(account.state().second()));
    row.put("booking_type", "one_on_one_booking");
  }

  static void treat(ObjectNode row, ObjectNode treatment) {
    row.set("treatment_id", treatment.get("id"));
    row.set("treatment_name", treatment.get("name"));
    row.set("capacity", treatment.get("capacity"));
    row.set("online_only", treatment.get("online_only"));
    row.put("color", "user" + treatment.get("id").asLong() % 5);
  }

  private static ObjectNode person(@Nullable ObjectNode patient) {
    ObjectNode person = JaneAccount.JSON.createObjectNode();
    for (String member :
        List.of("prefix", "first_name", "preferred_first_name", "last_name", "dob")) {
      if (patient == null) {
        person.putNull(member);
      } else {
        person.set(member, patient.get(member));
      }
    }
    return person;
  }
}
