package io.clinicsync.sandbox.nookal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clinicsync.sandbox.server.Answer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What v2 reads. The caller holds the account's lock. */
final class NookalReads {

  private final NookalAccount account;
  private final NookalForm form;

  NookalReads(NookalAccount account, NookalForm form) {
    this.account = account;
    this.form = form;
  }

  /** Null when there is no such function. */
  @Nullable Answer read(String function) {
    return switch (function) {
      case "verify", "version" ->
          NookalAnswers.results(
              function, NookalAccount.JSON.createObjectNode().put("version", "2.0"));
      case "getLocations" -> plain(function, "locations", "locations", false);
      case "getPractitioners" -> practitioners();
      case "getAppointmentTypes" -> plain(function, "services", "services", false);
      case "getClassTypes" -> plain(function, "classTypes", "classes", false);
      case "getPatients" -> patients();
      case "searchPatients" -> search();
      case "getExtras" -> NookalAnswers.page(function, "extras", List.of(), form, false);
      case "getAppointments" -> appointments();
      case "getClasses" -> classes();
      case "getClassParticipants" -> participants();
      case "getAppointmentAvailabilities" -> new NookalRoster(account).availabilities(form);
      case "getSchedules" -> new NookalRoster(account).schedules(form);
      case "getEvents" -> events();
      case "getInvoices" -> invoices(function);
      case "getAllInvoices" -> invoices(function);
      case "getInvoice" -> invoice();
      default -> null;
    };
  }

  /** The general code of a function, which a dead key gets like any other refusal. */
  static String code(String function) {
    return switch (function) {
      case "verify" -> "L000_1";
      case "getLocations" -> "L003";
      case "getPractitioners", "getSchedules" -> "L004";
      default -> "L0" + (10 + Math.floorMod(function.hashCode(), 80));
    };
  }

  private Answer plain(String function, String table, String key, boolean byId) {
    List<ObjectNode> rows =
        account.table(table).all().stream()
            .filter(row -> !table.equals("locations") || account.isTicked(id(row)))
            .map(row -> NookalShapes.render(account, table, row))
            .toList();
    return NookalAnswers.page(function, key, rows, form, byId);
  }

  private Answer practitioners() {
    boolean all = form.is("include_inactive_practitioners");
    List<ObjectNode> rows =
        account.table("practitioners").all().stream()
            .filter(row -> all || row.path("status").asText().equals("1"))
            .map(NookalShapes::shown)
            .toList();
    return NookalAnswers.page("getPractitioners", "practitioners", rows, form, true);
  }

  private static String id(JsonNode row) {
    return row.path("ID").asText();
  }

  private boolean changed(JsonNode row) {
    return !form.has("last_modified")
        || account
                .stamp(NookalAccount.instant(row, "_modified"))
                .compareTo(form.get("last_modified"))
            >= 0;
  }

  private boolean is(JsonNode row, String parameter, String member) {
    return !form.has(parameter) || form.get(parameter).equals(row.path(member).asText());
  }

  private Answer patients() {
    List<ObjectNode> rows =
        account.table("patients").all().stream()
            .filter(row -> account.isTicked(row.path("LocationID").asText()))
            .filter(this::changed)
            .filter(row -> is(row, "deceased", "deceased"))
            .map(row -> NookalShapes.render(account, "patients", row))
            .toList();
    return NookalAnswers.page("getPatients", "patients", rows, form, false);
  }

  private Answer search() {
    Map<String, String> members = new LinkedHashMap<>();
    members.put("patient_id", "ID");
    members.put("online_code", "onlineQuickCode");
    members.put("email", "Email");
    members.put("first_name", "FirstName");
    members.put("last_name", "LastName");
    members.put("date_of_birth", "DOB");
    if (account.switches().searchIgnores) {
      members.clear();
    }
    String fuzzy =
        account.switches().searchIgnores ? "" : form.get("fuzzy_search").toLowerCase(Locale.ROOT);
    List<ObjectNode> rows =
        account.table("patients").all().stream()
            .filter(row -> account.isTicked(row.path("LocationID").asText()))
            .filter(
                row ->
                    members.entrySet().stream()
                        .allMatch(
                            each ->
                                !form.has(each.getKey())
                                    || form.get(each.getKey())
                                        .equalsIgnoreCase(row.path(each.getValue()).asText())))
            .filter(
                row ->
                    fuzzy.isEmpty()
                        || (row.path("FirstName").asText() + " " + row.path("LastName").asText())
                            .toLowerCase(Locale.ROOT)
                            .contains(fuzzy))
            .map(row -> NookalShapes.render(account, "patients", row))
            .toList();
    return NookalAnswers.page("searchPatients", "patients", rows, form, false);
  }

  /** Appointments and, among them, places in classes, by id. */
  private Stream<ObjectNode> diary() {
    Stream<ObjectNode> alone = account.table("appointments").all().stream();
    if (!account.switches().classesInAppointments) {
      return alone;
    }
    List<ObjectNode> seats = new ArrayList<>();
    for (ObjectNode seat : account.table("participants").all()) {
      account
          .table("classes")
          .find(seat.path("_session").asText())
          .ifPresent(session -> seats.add(NookalShapes.asAppointment(account, session, seat)));
    }
    return Stream.concat(alone, seats.stream());
  }

  private Answer appointments() {
    boolean filtersIds = account.switches().idFilters;
    List<ObjectNode> rows =
        diary()
            .filter(row -> account.isTicked(row.path("locationID").asText()))
            .filter(this::changed)
            .filter(row -> !filtersIds || is(row, "appointment_id", "ID"))
            .filter(row -> is(row, "patient_id", "patientID"))
            .filter(row -> is(row, "practitioner_id", "practitionerID"))
            .filter(row -> is(row, "location_id", "locationID"))
            .filter(row -> is(row, "service_id", "appointmentTypeID"))
            .filter(row -> within(row.path("appointmentDate").asText()))
            .filter(row -> stands(row, form.get("appt_status")))
            .sorted(Comparator.comparingLong(row -> Long.parseLong(id(row))))
            .map(row -> NookalShapes.render(account, "appointments", row))
            .toList();
    return NookalAnswers.page("getAppointments", "appointments", rows, form, false);
  }

  private boolean within(String date) {
    return (!form.has("date_from") || date.compareTo(form.get("date_from")) >= 0)
        && (!form.has("date_to") || date.compareTo(form.get("date_to")) <= 0);
  }

  private static boolean stands(JsonNode row, String wanted) {
    if (wanted.isBlank()) {
      return true;
    }
    List<String> words = List.of(wanted.split("\\s*,\\s*"));
    boolean cancelled = row.path("cancelled").asText().equals("1");
    boolean missed = row.path("DNA").asText().equals("1") && !cancelled;
    boolean completed = row.path("status").asText().equals("Completed");
    boolean billed = row.path("invoiceGenerated").asText().equals("1");
    return (words.contains("Cancelled") && cancelled)
        || (words.contains("DNA") && missed)
        || (words.contains("Completed") && completed)
        || (words.contains("Uninvoiced") && !billed && !cancelled);
  }

  private Answer classes() {
    boolean filtersIds = account.switches().idFilters;
    List<ObjectNode> rows =
        account.table("classes").all().stream()
            .filter(row -> account.isTicked(row.path("locationID").asText()))
            .filter(row -> !filtersIds || is(row, "class_id", "ID"))
            .filter(row -> is(row, "location_id", "locationID"))
            .filter(row -> is(row, "practitioner_id", "practitionerID"))
            .filter(row -> within(row.path("classDate").asText()))
            .map(NookalShapes::shown)
            .toList();
    return NookalAnswers.page("getClasses", "classes", rows, form, false);
  }

  private Answer participants() {
    String name = account.switches().classParameter;
    if (!form.has(name)) {
      return NookalAnswers.missing(code("getClassParticipants"), List.of(name));
    }
    List<ObjectNode> rows =
        account.table("participants").all().stream()
            .filter(row -> row.path("_session").asText().equals(form.get(name)))
            .map(row -> NookalShapes.render(account, "participants", row))
            .toList();
    return NookalAnswers.page("getClassParticipants", "participants", rows, form, false);
  }

  private Answer events() {
    List<ObjectNode> rows = new ArrayList<>();
    for (ObjectNode row : account.table("events").all()) {
      var start = NookalAccount.instant(row, "_start").atZone(account.zone());
      if (within(start.toLocalDate().toString())) {
        ObjectNode shown = NookalAccount.JSON.createObjectNode().put("EventID", id(row));
        shown.put("ApptDate", start.toLocalDate().toString());
        shown.put("StartTime", NookalShapes.clock(start));
        var end = NookalAccount.instant(row, "_end").atZone(account.zone());
        shown.put("EndTime", NookalShapes.clock(end));
        shown.set("ProviderID", row.get("practitionerID"));
        shown.put("CategoryName", "Break").put("IsActive", "1");
        shown.set("EventTitle", row.get("title"));
        rows.add(shown);
      }
    }
    return NookalAnswers.page("getEvents", "events", rows, form, false);
  }

  private Answer invoices(String function) {
    boolean all = function.equals("getAllInvoices") || account.switches().invoicesWithoutPatient;
    if (!all && !form.has("patient_id")) {
      return NookalAnswers.missing(code(function), List.of("patient_id"));
    }
    // Void ones come only when they are asked for.
    String wanted = form.is("void") ? "1" : "0";
    NookalBills bills = new NookalBills(account);
    List<ObjectNode> rows =
        account.table("invoices").all().stream()
            .filter(row -> account.isTicked(row.path("locationID").asText()))
            .filter(row -> row.path("void").asText().equals(wanted))
            .filter(row -> is(row, "patient_id", "patientID"))
            .filter(this::changed)
            .map(row -> bills.render(row, form.is("expanded")))
            .toList();
    return NookalAnswers.page(function, "invoices", rows, form, false);
  }

  private Answer invoice() {
    if (!form.has("invoice_id")) {
      return NookalAnswers.missing(code("getInvoice"), List.of("invoice_id"));
    }
    ObjectNode row = account.table("invoices").find(form.get("invoice_id")).orElse(null);
    if (row == null || !account.isTicked(row.path("locationID").asText())) {
      return NookalAnswers.failure(code("getInvoice"), "Invoice not found", List.of());
    }
    ObjectNode results = NookalAccount.JSON.createObjectNode();
    results.set("invoice", new NookalBills(account).render(row, form.is("expanded")));
    return NookalAnswers.results("getInvoice", results);
  }
}
