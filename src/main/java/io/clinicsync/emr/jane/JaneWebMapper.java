package io.clinicsync.emr.jane;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.clinicsync.canonical.Appointment;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.Invoice;
import io.clinicsync.canonical.Money;
import io.clinicsync.canonical.Patient;
import io.clinicsync.canonical.Patient.Phone;
import io.clinicsync.canonical.Purchase;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.wire.Entry;
import io.clinicsync.emr.wire.UnreadableEntry;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Turns what the web session sends into records. */
final class JaneWebMapper {

  /** Beyond it a note would be too long to be kept; the patient must not be lost for it. */
  private static final int LONGEST_NOTE = 2_000;

  private final ZoneId zone;
  private final String currency;

  JaneWebMapper(EmrAccount account) {
    this.zone = account.zone();
    this.currency = account.currency();
  }

  Patient patient(Entry entry) {
    String id = entry.requireText("id");
    LocalDate since = entry.date("member_since");
    Boolean quiet = entry.flag("do_not_email");
    return new Patient(
        EmrRef.patient(id),
        entry.requireInstant("updated_at"),
        entry.instant("archived_at"),
        since == null ? null : since.atStartOfDay(zone).toInstant(),
        new Patient.Name(
            entry.text("prefix"),
            entry.text("first_name"),
            entry.text("last_name"),
            entry.text("preferred_name")),
        entry.date("dob"),
        entry.text("gender"),
        entry.text("email"),
        phones(entry),
        JaneApiMapper.address(entry),
        new Patient.Consent(
            entry.flag("marketing_emails"),
            null,
            Boolean.TRUE.equals(quiet) ? Boolean.FALSE : entry.flag("send_notifications"),
            entry.flag("send_sms_notifications"),
            null),
        new Patient.Standing(
            Boolean.TRUE.equals(entry.flag("deceased")),
            Boolean.TRUE.equals(entry.flag("discharged")),
            Boolean.TRUE.equals(entry.flag("test_patient")),
            Boolean.TRUE.equals(entry.flag("staff_user"))),
        null,
        entry.text("referral_source"),
        JaneApiMapper.extras(entry, JaneSource.PATIENT_EXTRAS),
        kept(entry, JaneSource.PATIENT));
  }

  private static List<Phone> phones(Entry entry) {
    List<Phone> phones = new ArrayList<>();
    add(phones, Phone.Type.MOBILE, entry.text("mobile_phone"));
    add(phones, Phone.Type.HOME, entry.text("home_phone"));
    add(phones, Phone.Type.WORK, entry.text("work_phone"));
    add(phones, Phone.Type.FAX, entry.text("fax_phone"));
    return phones;
  }

  private static void add(List<Phone> phones, Phone.Type type, @Nullable String number) {
    if (number != null) {
      phones.add(new Phone(type, number, null));
    }
  }

  private static String kept(Entry entry, List<String> members) {
    ObjectNode kept = entry.trimmed(members);
    for (String member : JaneSource.FREE_TEXT) {
      if (kept.has(member)) {
        kept.set(member, shortened(kept.get(member).deepCopy()));
      }
    }
    return entry.storable(kept);
  }

  private static JsonNode shortened(JsonNode node) {
    if (node.isTextual() && node.textValue().length() > LONGEST_NOTE) {
      String text = node.textValue();
      boolean split = Character.isHighSurrogate(text.charAt(LONGEST_NOTE - 1));
      return TextNode.valueOf(text.substring(0, split ? LONGEST_NOTE - 1 : LONGEST_NOTE));
    }
    if (node instanceof ObjectNode object) {
      object.properties().forEach(member -> member.setValue(shortened(member.getValue())));
    } else if (node instanceof ArrayNode list) {
      for (int i = 0; i < list.size(); i++) {
        list.set(i, shortened(list.get(i)));
      }
    }
    return node;
  }

  /**
   * Whether an entry of the calendar is a patient's place in it: breaks, blocks kept for the wait
   * list, and a class without its participants are not.
   */
  static boolean isPlace(Entry entry) {
    boolean shared =
        Boolean.TRUE.equals(entry.flag("class_booking"))
            || Boolean.TRUE.equals(entry.flag("group_booking"));
    return !Boolean.TRUE.equals(entry.flag("break"))
        && !Boolean.TRUE.equals(entry.flag("wait_list_block"))
        && !(shared && !entry.has("patient_id"));
  }

  Appointment appointment(Entry entry) {
    Appointment.Status status = JaneState.of(entry);
    String booking = entry.text("parent_appointment_id");
    return new Appointment(
        EmrRef.appointment(entry.requireText("id")),
        entry.requireInstant("updated_at"),
        entry.instant("archived_at"),
        JaneApiMapper.pointed(entry, "patient_id", RecordKind.PATIENT),
        JaneApiMapper.pointed(entry, "staff_member_id", RecordKind.PRACTITIONER),
        JaneApiMapper.pointed(entry, "treatment_id", RecordKind.TREATMENT),
        JaneApiMapper.pointed(entry, "location_id", RecordKind.SITE),
        JaneApiMapper.pointed(entry, "room_id", RecordKind.ROOM),
        entry.requireInstant("start_at"),
        entry.instant("end_at"),
        status,
        entry.instant("booked_at"),
        status == Appointment.Status.CANCELLED ? entry.instant("cancelled_at") : null,
        entry.text("cancelled_reason"),
        booking == null ? null : entry.text("treatment_name"),
        booking,
        null,
        null,
        JaneApiMapper.extras(entry, JaneSource.APPOINTMENT_EXTRAS),
        kept(entry, JaneSource.APPOINTMENT));
  }

  /** A line of what a patient bought: a visit or goods. */
  Invoice invoice(String patient, Entry entry) {
    BigDecimal total = amount(entry, "total");
    BigDecimal paid = amount(entry, "paid");
    BigDecimal own = amount(entry, "patient_total");
    // Assumed: what was paid is the patient's first and the insurer's beyond it.
    BigDecimal paidByPatient = paid.min(own);
    Invoice.Status status = status(entry.requireText("state"));
    boolean open = status == Invoice.Status.OPEN;
    BigDecimal owed = open ? own.subtract(paidByPatient) : BigDecimal.ZERO;
    BigDecimal claimed =
        open ? total.subtract(paid).subtract(owed).max(BigDecimal.ZERO) : BigDecimal.ZERO;
    boolean told = status != Invoice.Status.UNKNOWN;
    Instant boughtAt = entry.requireInstant("purchased_at");
    return new Invoice(
        EmrRef.of(RecordKind.INVOICE, patient + "-" + entry.requireText("id")),
        null,
        null,
        EmrRef.patient(patient),
        null,
        JaneApiMapper.pointed(entry, "appointment_id", RecordKind.APPOINTMENT),
        entry.text("order_id"),
        boughtAt.atZone(zone).toLocalDate(),
        status,
        money(total),
        null,
        told ? money(owed) : null,
        told ? money(claimed) : null,
        money(paidByPatient),
        money(paid.subtract(paidByPatient)),
        status == Invoice.Status.PAID ? boughtAt : null,
        Map.of(),
        entry.storable(entry.trimmed(JaneSource.INVOICE)));
  }

  private static BigDecimal amount(Entry entry, String member) {
    BigDecimal amount = entry.decimal(member);
    if (amount == null) {
      throw UnreadableEntry.shape(member + " is missing");
    }
    return amount;
  }

  private Money money(BigDecimal amount) {
    return new Money(amount, currency);
  }

  /** Seen: unpaid and no_charge; the others are assumed. */
  private static Invoice.Status status(String word) {
    return switch (word) {
      case "unpaid", "partially_paid" -> Invoice.Status.OPEN;
      case "paid" -> Invoice.Status.PAID;
      case "no_charge" -> Invoice.Status.CLOSED;
      case "refunded" -> Invoice.Status.CREDIT;
      case "void" -> Invoice.Status.VOID;
      default -> Invoice.Status.UNKNOWN;
    };
  }

  /** A pass of a patient: a package or a membership. */
  Purchase pass(String patient, Entry entry) {
    String type = entry.text("package_type");
    BigDecimal price = entry.decimal("price");
    return new Purchase(
        EmrRef.of(RecordKind.PURCHASE, patient + "-" + entry.requireText("id")),
        null,
        null,
        EmrRef.patient(patient),
        "membership".equals(type) ? Purchase.Type.MEMBERSHIP : Purchase.Type.PACKAGE,
        entry.requireText("name"),
        money(price == null ? BigDecimal.ZERO : price),
        entry.instant("purchased_at"),
        entry.date("expires_at"),
        entry.decimal("remaining"),
        Map.of(),
        entry.storable(entry.trimmed(JaneSource.PASS)));
  }
}
