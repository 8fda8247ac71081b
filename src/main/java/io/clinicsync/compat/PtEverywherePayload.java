package io.clinicsync.compat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clinicsync.canonical.Appointment;
import io.clinicsync.canonical.Catalogue;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.Patient;
import io.clinicsync.crm.FieldClass;
import io.clinicsync.crm.PayloadFields;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.Period;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * PtEverywhere: a contact with its custom fields, and all its appointments by id. What the Open API
 * does not say of an appointment (its booker, version and client) is left out, as the documented
 * sample does.
 */
@Component
class PtEverywherePayload implements Payload {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final DateTimeFormatter MILLIS =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  private final PayloadFields fields;

  PtEverywherePayload(PayloadFields fields) {
    this.fields = fields;
  }

  @Override
  public String emr() {
    return "pteverywhere";
  }

  @Override
  public ObjectNode render(Subject subject) {
    Set<FieldClass> approved = fields.approved(subject.clinic());
    Map<String, FieldClass> classes = fields.classes(emr());
    List<Appointment> shown =
        subject.history().appointments().stream()
            .filter(each -> each.removedAt() == null && each.status().counts())
            .sorted(
                Comparator.comparing(Appointment::startsAt)
                    .thenComparing(each -> each.ref().id().value()))
            .toList();
    ObjectNode contact = contact(subject);
    ObjectNode custom = custom(subject, shown);
    // Keys that have a field of their own in the map have its class.
    conceal(contact, classes, approved);
    conceal(custom, classes, approved);
    contact.set("customFieldData", custom);
    ObjectNode payload = JsonNodeFactory.instance.objectNode();
    payload.set("contact", contact);
    ObjectNode appointments = payload.putObject("appointments");
    for (Appointment each : shown) {
      appointments.set(each.ref().id().value(), appointment(each, subject, approved));
    }
    return payload;
  }

  private static void conceal(
      ObjectNode keys, Map<String, FieldClass> classes, Set<FieldClass> approved) {
    for (Map.Entry<String, JsonNode> each : List.copyOf(keys.properties())) {
      FieldClass of = classes.getOrDefault(each.getKey(), FieldClass.IDENTITY);
      if (!approved.contains(of)) {
        keys.putNull(each.getKey());
      }
    }
  }

  private static ObjectNode contact(Subject subject) {
    Patient patient = subject.history().patient();
    ObjectNode contact = JsonNodeFactory.instance.objectNode();
    contact.put("firstName", patient.name().first());
    contact.put("lastName", patient.name().last());
    contact.put("email", patient.email());
    contact.put("phone", phone(patient));
    contact.put("address1", patient.address().line1());
    contact.put("dateOfBirth", patient.birthDate() == null ? null : patient.birthDate().toString());
    return contact;
  }

  private static @Nullable String phone(Patient patient) {
    return patient.phones().stream()
        .findFirst()
        .map(each -> each.international() == null ? each.raw() : each.international())
        .orElse(null);
  }

  private static ObjectNode custom(Subject subject, List<Appointment> shown) {
    Patient patient = subject.history().patient();
    Map<String, String> extras = patient.extras();
    ObjectNode custom = JsonNodeFactory.instance.objectNode();
    custom.put("last_updated_date_via_api", millis(subject.changedAt()));
    FlatPayload.put(
        custom,
        "TotalNumberOfVisits",
        decimal(extras.getOrDefault("totalSessionCompleted", extras.get("totalAppointmentVisit"))));
    custom.put("PatientId", patient.ref().id().value());
    FlatPayload.put(custom, "Age", age(patient, subject));
    custom.put("LastSeenBy", extras.get("lastSeenBy"));
    custom.put(
        "LastVisit",
        millis(
            shown.stream()
                .filter(each -> each.status() == Appointment.Status.ARRIVED)
                .filter(each -> !each.startsAt().isAfter(subject.now()))
                .map(Appointment::startsAt)
                .max(Comparator.naturalOrder())
                .orElse(null)));
    next(custom, subject, shown);
    custom.put("FirstAppt", extras.get("firstAppointment"));
    FlatPayload.put(custom, "TotalRevenue", decimal(extras.get("totalRevenue")));
    FlatPayload.put(custom, "TotalCollected", decimal(extras.get("totalCollected")));
    custom.put("Primary_payer", extras.getOrDefault("primaryPayer", "-"));
    custom.put("Secondary_payer", extras.getOrDefault("secondaryPayer", "-"));
    custom.put("Tertiary_payer", extras.getOrDefault("tertiaryPayer", "-"));
    custom.put("active_cases", extras.get("activeCases"));
    return custom;
  }

  /** In whole years, today in the clinic's zone. */
  private static @Nullable BigDecimal age(Patient patient, Subject subject) {
    LocalDate born = patient.birthDate();
    LocalDate today = subject.now().atZone(subject.connection().zone()).toLocalDate();
    return born == null || born.isAfter(today)
        ? null
        : BigDecimal.valueOf(Period.between(born, today).getYears());
  }

  /** The earliest live appointment ahead: all of it, or all null. */
  private static void next(ObjectNode custom, Subject subject, List<Appointment> shown) {
    Appointment next =
        shown.stream()
            .filter(each -> each.startsAt().isAfter(subject.now()) && each.status().isLive())
            .findFirst()
            .orElse(null);
    custom.put("NextVisit", next == null ? null : millis(next.startsAt()));
    custom.put("NextVisit_serviceName", next == null ? null : name(next, "service", subject));
    custom.put("NextVisit_locationName", next == null ? null : name(next, "location", subject));
    custom.put("NextVisit_provider", next == null ? null : name(next, "provider", subject));
    custom.put("NextVisit_status", next == null ? null : next.extras().get("status"));
  }

  /** As the report says it, else as the catalogue does. */
  private static @Nullable String name(Appointment appointment, String what, Subject subject) {
    String said = appointment.extras().get(what + "Name");
    if (said != null) {
      return said;
    }
    EmrRef ref =
        switch (what) {
          case "service" -> appointment.treatment();
          case "location" -> appointment.site();
          default -> appointment.practitioner();
        };
    return subject.name(ref);
  }

  private static ObjectNode appointment(
      Appointment appointment, Subject subject, Set<FieldClass> approved) {
    ObjectNode source = source(appointment.source());
    String id = appointment.ref().id().value();
    ObjectNode shown = JsonNodeFactory.instance.objectNode();
    shown.put("_id", id);
    shown.put("Deleted", false);
    shown.set("Attendee", attendee(subject.history().patient(), approved));
    shown.set("Location", location(appointment, subject));
    ObjectNode service = shown.putObject("Service");
    service.put("_id", appointment.treatment() == null ? null : id(appointment.treatment()));
    service.put("Name", name(appointment, "service", subject));
    boolean money = approved.contains(FieldClass.FINANCIAL);
    FlatPayload.put(service, "Amount", money ? decimal(appointment.extras().get("charges")) : null);
    if (source.has("invoice")) {
      ObjectNode invoice = shown.putObject("PatientInvoice");
      invoice.set("PaymentStatus", text(source, "invoiceStatus", money));
      invoice.set("InvoiceCode", text(source, "invoiceNo", money));
    }
    shown.put("Status", appointment.extras().get("status"));
    shown.put("StartDateTime", millis(appointment.startsAt()));
    if (appointment.endsAt() != null) {
      shown.put("EndDateTime", millis(appointment.endsAt()));
    }
    shown.put("id", id);
    return shown;
  }

  private static JsonNode text(ObjectNode source, String member, boolean approved) {
    JsonNode value = source.path("invoice").path(member);
    return approved && value.isTextual() ? value : NullNode.instance;
  }

  private static ObjectNode attendee(Patient patient, Set<FieldClass> approved) {
    boolean reachable = approved.contains(FieldClass.CONTACT);
    ObjectNode attendee = JsonNodeFactory.instance.objectNode();
    attendee.put("_id", patient.ref().id().value());
    attendee.put("FirstName", patient.name().first());
    attendee.put("LastName", patient.name().last());
    attendee.put("Email", reachable ? patient.email() : null);
    attendee.put("Phone", reachable ? phone(patient) : null);
    return attendee;
  }

  private static ObjectNode location(Appointment appointment, Subject subject) {
    EmrRef ref = appointment.site();
    ObjectNode location = JsonNodeFactory.instance.objectNode();
    location.put("_id", ref == null ? null : id(ref));
    location.put("Name", name(appointment, "location", subject));
    location.put(
        "City",
        subject.catalogue().sites().stream()
            .filter(each -> each.ref().equals(ref))
            .findFirst()
            .map(Catalogue.Site::city)
            .orElse(null));
    return location;
  }

  private static String id(EmrRef ref) {
    return ref.id().value();
  }

  private static @Nullable BigDecimal decimal(@Nullable String text) {
    try {
      return text == null ? null : new BigDecimal(text);
    } catch (NumberFormatException noNumber) {
      return null;
    }
  }

  private static @Nullable String millis(@Nullable Instant moment) {
    return moment == null ? null : MILLIS.format(moment);
  }

  private static ObjectNode source(String json) {
    try {
      return JSON.readTree(json) instanceof ObjectNode object
          ? object
          : JsonNodeFactory.instance.objectNode();
    } catch (JsonProcessingException unreadable) {
      throw new IllegalStateException("A stored source could not be read");
    }
  }
}
