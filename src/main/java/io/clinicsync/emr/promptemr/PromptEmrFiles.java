package io.clinicsync.emr.promptemr;

import io.clinicsync.canonical.RecordKind;
import io.clinicsync.emr.spi.FileIntake.FileColumn;
import io.clinicsync.emr.spi.FileIntake.FileKind;
import java.util.ArrayList;
import java.util.List;

/**
 * The reports a clinic can hand over, and what their columns are called. The headers of provider,
 * facility, date of service, claim, code and units were seen in public; the others are guesses from
 * the names of Prompt's own records.
 */
final class PromptEmrFiles {

  static final String EXTERNAL_ID = "externalId";
  static final String PATIENT = "patientExternalId";

  private static final String[] ACCOUNT = {
    "Acct#", "Account Number", "Account #", "PatientId", "Patient ID", "Patient Account Number"
  };

  static final FileKind PATIENTS = new FileKind("patients", RecordKind.PATIENT, patients());
  static final FileKind VISITS = new FileKind("visits", RecordKind.APPOINTMENT, visits());
  static final FileKind CHARGES = new FileKind("charges", RecordKind.INVOICE, charges());

  private PromptEmrFiles() {}

  static List<FileKind> all() {
    return List.of(PATIENTS, VISITS, CHARGES);
  }

  private static FileColumn required(String field, String... headers) {
    return new FileColumn(field, true, List.of(headers));
  }

  private static FileColumn column(String field, String... headers) {
    return new FileColumn(field, false, List.of(headers));
  }

  private static List<FileColumn> patients() {
    List<FileColumn> columns = new ArrayList<>();
    columns.add(required(EXTERNAL_ID, ACCOUNT));
    columns.add(required("firstName", "First Name", "Patient First Name"));
    columns.add(required("lastName", "Last Name", "Patient Last Name"));
    columns.addAll(person());
    columns.add(column("inactive", "Inactive"));
    columns.add(column("createdAt", "created_at", "Created", "Date Created", "Created Date"));
    columns.add(column("updatedAt", "updated_at", "Updated", "Last Updated", "Updated Date"));
    return columns;
  }

  /** What a report may say of a patient besides account number and name. */
  private static List<FileColumn> person() {
    return List.of(
        column("preferredName", "Preferred Name", "Nickname"),
        column("middleName", "Middle Name"),
        column("dob", "DOB", "Date Of Birth", "Birth Date", "Patient DOB"),
        column("email", "Email", "Email Address", "Patient Email"),
        column("mobilePhone", "Mobile Phone", "Cell Phone", "Mobile", "Cell", "Phone"),
        column("homePhone", "Home Phone"),
        column("street1", "Street1", "Address", "Address 1", "Street", "Street Address"),
        column("street2", "Street2", "Address 2"),
        column("city", "City"),
        column("state", "State", "State Or Province", "State/Province"),
        column("postalCode", "Postal Code", "Zip", "Zip Code"),
        column("country", "Country", "Country Code"),
        column("gender", "Gender", "Sex"));
  }

  private static List<FileColumn> visits() {
    List<FileColumn> columns = new ArrayList<>();
    columns.add(column("visitId", "Visit ID"));
    columns.add(required(PATIENT, ACCOUNT));
    columns.add(
        required("startLocal", "Visit Date", "Date Of Service", "DOS", "Date", "Appointment Date"));
    columns.add(column("startTime", "Visit Time", "Start Time", "Time", "Appointment Time"));
    columns.add(column("endLocal", "End Time", "End", "Visit End"));
    columns.add(column("durationMin", "Duration", "Duration (min)", "Minutes"));
    columns.add(column("visitType", "Visit Type", "Appointment Type", "Type"));
    columns.add(column("visitNumber", "Visit #", "Visit Number"));
    columns.add(column("provider", "Treating Therapist", "Provider", "Provider Name"));
    columns.add(column("facility", "Visit Facility", "Facility"));
    columns.add(column("stage", "Stage", "Visit Stage", "Visit Status", "Status"));
    columns.add(column("claimNumber", "Claim Number", "Prompt Claim Number"));
    columns.add(column("cancelledReason", "Cancellation Reason", "Cancel Reason"));
    columns.add(column("firstName", "First Name", "Patient First Name"));
    columns.add(column("lastName", "Last Name", "Patient Last Name"));
    columns.addAll(person());
    return columns;
  }

  private static List<FileColumn> charges() {
    return List.of(
        required("dateOfService", "Date Of Service", "DOS", "Date"),
        column(PATIENT, ACCOUNT),
        column("claimNumber", "Claim Number", "Prompt Claim Number"),
        column("cptCode", "CPT Code"),
        column("units", "Units"),
        column("billed", "Billed", "Billed Amount", "Charge Amount", "Charges"),
        column("patientPaid", "Patient Paid", "Patient Payments", "Patient Payment"),
        column("insurerPaid", "Insurance Paid", "Insurer Paid", "Insurance Payments"),
        column("balance", "Balance", "Remaining Balance", "Balance Due", "Patient Balance"),
        column("provider", "Treating Therapist", "Provider", "Provider Name"),
        column("facility", "Visit Facility", "Facility"));
  }
}
