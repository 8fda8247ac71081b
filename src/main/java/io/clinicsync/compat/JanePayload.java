package io.clinicsync.compat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clinicsync.canonical.Appointment;
import io.clinicsync.canonical.Patient;
import io.clinicsync.crm.FieldClass;
import io.clinicsync.crm.PayloadFields;
import io.clinicsync.insights.FactPath;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Jane: the whole patient object with its appointments and totals. What the way in does not give is
 * null. Holds and never-booked slots are no appointments here, and every total comes from the same
 * list that is shown.
 */
@Component
class JanePayload implements Payload {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final DateTimeFormatter OFFSET =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ssxxx");
  private static final DateTimeFormatter MILLIS =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  /** Classes of what an appointment holds; the patient's keys have theirs in the field map. */
  private static final Map<String, FieldClass> APPOINTMENT_CLASSES =
      Map.of(
          "insurance_state", FieldClass.SENSITIVE,
          "notes_text", FieldClass.CLINICAL,
          "chart_status", FieldClass.CLINICAL);

  private enum Section {
    PATIENT,
    APPOINTMENT
  }

  private final PayloadFields fields;
  private final PayloadKeys keys = PayloadKeys.of("jane");

  JanePayload(PayloadFields fields) {
    this.fields = fields;
  }

  @Override
  public String emr() {
    return "jane";
  }

  @Override
  public ObjectNode render(Subject subject) {
    Set<FieldClass> approved = fields.approved(subject.clinic());
    Map<String, FieldClass> classes = fields.classes(emr());
    ObjectNode source = source(subject.history().patient().source());
    ObjectNode computed = computed(subject, approved);
    ObjectNode known = known(subject.history().patient());
    ObjectNode payload = JsonNodeFactory.instance.objectNode();
    for (String key : keys.of(Section.PATIENT)) {
      FieldClass of = classes.getOrDefault(key, FieldClass.IDENTITY);
      JsonNode value =
          !approved.contains(of)
              ? NullNode.instance
              : first(computed.get(key), source.get(key), known.get(key));
      payload.set(key, value);
    }
    return payload;
  }

  private ObjectNode computed(Subject subject, Set<FieldClass> approved) {
    List<Appointment> shown =
        subject.history().appointments().stream()
            .filter(each -> each.removedAt() == null && each.status().counts())
            .sorted(
                Comparator.comparing(Appointment::startsAt)
                    .thenComparing(each -> each.ref().id().value()))
            .toList();
    List<Appointment> ahead =
        shown.stream()
            .filter(each -> each.startsAt().isAfter(subject.now()) && each.status().isLive())
            .toList();
    String last = subject.text(FactPath.LAST_ID).orElse("");
    ObjectNode computed = JsonNodeFactory.instance.objectNode();
    computed.set(
        "last_appointment",
        shown.stream()
            .filter(each -> each.ref().id().value().equals(last))
            .findFirst()
            .<JsonNode>map(each -> appointment(each, subject, approved))
            .orElse(NullNode.instance));
    computed.set("upcoming_appointments", list(ahead, subject, approved));
    computed.set(
        "second_upcoming_appointment",
        list(ahead.stream().skip(1).limit(1).toList(), subject, approved));
    computed.set("appointmentsObject", list(shown, subject, approved));
    number(computed, "appointments_count", subject, FactPath.TOTAL_ALL);
    number(computed, "upcoming_appointments_count", subject, FactPath.TOTAL_UPCOMING);
    number(computed, "no_show_count", subject, FactPath.TOTAL_NO_SHOWS);
    number(computed, "total_appt_booked", subject, FactPath.TOTAL_BOOKED);
    number(computed, "total_appt_cancelled", subject, FactPath.TOTAL_CANCELLED);
    number(computed, "total_appt_no_show", subject, FactPath.TOTAL_NO_SHOWS);
    number(computed, "total_appt_arrived", subject, FactPath.TOTAL_ARRIVED);
    number(computed, "total_appt_rescheduled", subject, FactPath.TOTAL_RESCHEDULED);
    number(computed, "total_purchased", subject, FactPath.MONEY_BILLED);
    number(computed, "total_payment_amount", subject, FactPath.MONEY_SPENT);
    number(computed, "total_payment_made", subject, FactPath.MONEY_SPENT);
    number(computed, "total_remaining_balance", subject, FactPath.MONEY_OWED_BY_PATIENT);
    Instant changedAt = subject.changedAt();
    if (changedAt != null) {
      computed.put("last_updated_date_via_api", MILLIS.format(changedAt));
    }
    return computed;
  }

  private static void number(ObjectNode to, String key, Subject subject, FactPath path) {
    subject.number(path).ifPresent(value -> FlatPayload.number(to, key, value));
  }

  private ArrayNode list(
      List<Appointment> appointments, Subject subject, Set<FieldClass> approved) {
    ArrayNode list = JsonNodeFactory.instance.arrayNode();
    appointments.forEach(each -> list.add(appointment(each, subject, approved)));
    return list;
  }

  private ObjectNode appointment(
      Appointment appointment, Subject subject, Set<FieldClass> approved) {
    ObjectNode source = source(appointment.source());
    ObjectNode known = known(appointment, subject);
    ObjectNode shown = JsonNodeFactory.instance.objectNode();
    for (String key : keys.of(Section.APPOINTMENT)) {
      FieldClass of = APPOINTMENT_CLASSES.getOrDefault(key, FieldClass.SCHEDULING);
      shown.set(
          key, approved.contains(of) ? first(source.get(key), known.get(key)) : NullNode.instance);
    }
    return shown;
  }

  /** What our own words say of a patient, for ways in that give another shape. */
  private static ObjectNode known(Patient patient) {
    ObjectNode known = JsonNodeFactory.instance.objectNode();
    known.put("id", patient.ref().id().value());
    known.put("first_name", patient.name().first());
    known.put("last_name", patient.name().last());
    known.put("preferred_name", patient.name().preferredFirst());
    known.put("prefix", patient.name().title());
    known.put("name", joined(patient.name().first(), patient.name().last()));
    known.put("email", patient.email());
    known.put("dob", patient.birthDate() == null ? null : patient.birthDate().toString());
    known.put("gender", patient.gender());
    for (Patient.Phone phone : patient.phones()) {
      String key = phone.type().name().toLowerCase(Locale.ROOT) + "_phone";
      if (!known.has(key)) {
        known.put(key, phone.raw());
      }
    }
    known.put("street_address", patient.address().line1());
    known.put("street_address_2", patient.address().line2());
    known.put("city", patient.address().city());
    known.put("province", patient.address().state());
    known.put("postal", patient.address().postCode());
    known.put("country", patient.address().country());
    known.put("discharged", patient.standing().discharged());
    known.put("deceased", patient.standing().deceased());
    known.put("referral_source", patient.referralSource());
    return known;
  }

  private static ObjectNode known(Appointment appointment, Subject subject) {
    ZoneId zone = subject.connection().zone();
    ObjectNode known = JsonNodeFactory.instance.objectNode();
    known.put("id", appointment.ref().id().value());
    known.put("start_at", offset(appointment.startsAt(), zone));
    known.put("end_at", offset(appointment.endsAt(), zone));
    known.put("booked_at", offset(appointment.bookedAt(), zone));
    known.put("cancelled_at", offset(appointment.cancelledAt(), zone));
    known.put("staff_member_name", subject.name(appointment.practitioner()));
    known.put("treatment_name", subject.name(appointment.treatment()));
    known.put("state", appointment.status().name().toLowerCase(Locale.ROOT));
    known.put("cancelled", appointment.status() == Appointment.Status.CANCELLED);
    return known;
  }

  private static @Nullable String offset(@Nullable Instant moment, ZoneId zone) {
    return moment == null ? null : OFFSET.format(moment.atZone(zone));
  }

  private static String joined(@Nullable String first, @Nullable String last) {
    return ((first == null ? "" : first) + " " + (last == null ? "" : last)).strip();
  }

  private static JsonNode first(@Nullable JsonNode... candidates) {
    for (JsonNode each : candidates) {
      if (each != null && !each.isNull()) {
        return each;
      }
    }
    return NullNode.instance;
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
