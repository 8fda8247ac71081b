package io.clinicsync.emr.practicebetter;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clinicsync.canonical.Appointment;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.Invoice;
import io.clinicsync.canonical.Money;
import io.clinicsync.canonical.Patient;
import io.clinicsync.canonical.Patient.Phone;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.emr.wire.Entry;
import io.clinicsync.emr.wire.UnreadableEntry;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Turns what Practice Better sends into records. */
final class PracticeBetterMapper {

  private static final int LONGEST_NOTE = 2_000;
  private static final List<String> RECORD =
      List.of(
          "id",
          "isActive",
          "status",
          "isChildRecord",
          "dateCreated",
          "dateModified",
          "dateActivated",
          "invitationSent");
  private static final List<String> PROFILE =
      List.of(
          "firstName",
          "lastName",
          "preferredName",
          "emailAddress",
          "mobilePhone",
          "homePhone",
          "dateOfBirth",
          "gender",
          "referredBy",
          "timeZone");
  private static final List<String> ADDRESS =
      List.of("street", "unit", "floor", "locality", "region", "postalCode", "country");
  private static final List<String> MONEY = List.of("amount", "currency");
  private static final List<String> INVOICE =
      List.of("id", "invoiceNumber", "invoiceDate", "dateModified", "paid", "paymentStatus");

  private PracticeBetterMapper() {}

  /**
   * A client.
   *
   * @param sheet the diet and lifestyle sheet's values; empty when it is not read or not there
   */
  static Patient patient(Entry entry, Map<String, String> sheet) {
    Entry profile = entry.in("profile");
    String email = profile.text("emailAddress");
    Map<String, String> extras = new TreeMap<>(sheet);
    putIfThere(extras, "isActive", entry.text("isActive"));
    putIfThere(extras, "status", lower(entry.text("status")));
    putIfThere(extras, "notes", shortened(profile.text("notes")));
    putIfThere(extras, "timeZone", profile.text("timeZone"));
    putIfThere(extras, "isChildRecord", entry.text("isChildRecord"));
    return new Patient(
        EmrRef.patient(entry.requireText("id")),
        entry.requireInstant("dateModified"),
        null,
        entry.instant("dateCreated"),
        new Patient.Name(
            null,
            profile.text("firstName"),
            profile.text("lastName"),
            profile.text("preferredName")),
        profile.date("dateOfBirth"),
        profile.text("gender"),
        email == null ? entry.in("client").text("emailAddress") : email,
        phones(profile),
        address(profile.in("address")),
        new Patient.Consent(null, null, null, null, null),
        // Inactive clients are no discharged ones: nothing says that their care has ended.
        Patient.Standing.ORDINARY,
        null,
        profile.text("referredBy"),
        extras,
        entry.storable(source(entry, profile)));
  }

  private static ObjectNode source(Entry entry, Entry profile) {
    ObjectNode kept = entry.trimmed(RECORD);
    kept.set("client", entry.in("client").trimmed(List.of("id", "emailAddress")));
    ObjectNode person = profile.trimmed(PROFILE);
    person.set("address", profile.in("address").trimmed(ADDRESS));
    String notes = shortened(profile.text("notes"));
    if (notes != null) {
      person.put("notes", notes);
    }
    kept.set("profile", person);
    return kept;
  }

  static void putIfThere(Map<String, String> extras, String name, @Nullable String value) {
    if (value != null) {
      extras.put(name, value);
    }
  }

  static @Nullable String lower(@Nullable String word) {
    return word == null ? null : word.toLowerCase(Locale.ROOT);
  }

  /** Free text, cut where a half character cannot remain. */
  static @Nullable String shortened(@Nullable String text) {
    if (text == null || text.length() <= LONGEST_NOTE) {
      return text;
    }
    int end =
        Character.isHighSurrogate(text.charAt(LONGEST_NOTE - 1)) ? LONGEST_NOTE - 1 : LONGEST_NOTE;
    return text.substring(0, end);
  }

  private static List<Phone> phones(Entry profile) {
    List<Phone> phones = new ArrayList<>();
    String mobile = profile.text("mobilePhone");
    String home = profile.text("homePhone");
    if (mobile != null) {
      phones.add(new Phone(Phone.Type.MOBILE, mobile, null));
    }
    if (home != null) {
      phones.add(new Phone(Phone.Type.HOME, home, null));
    }
    return phones;
  }

  private static Patient.Address address(Entry address) {
    String unit = address.text("unit");
    return new Patient.Address(
        address.text("street"),
        unit == null ? address.text("floor") : unit,
        address.text("locality"),
        address.text("region"),
        address.text("postalCode"),
        address.text("country"));
  }

  /** A session; group sessions, whose participants no known address lists, name no client. */
  static Appointment appointment(Entry entry, String currency, Instant now) {
    PracticeBetterTime time = PracticeBetterTime.of(entry);
    return new Appointment(
        EmrRef.appointment(entry.requireText("id")),
        entry.instant("dateModified"),
        null,
        pointed(entry.in("clientRecord").text("id"), RecordKind.PATIENT),
        pointed(entry.in("consultant").text("id"), RecordKind.PRACTITIONER),
        pointed(service(entry), RecordKind.TREATMENT),
        PracticeBetterPlaces.site(entry),
        null,
        time.start(),
        time.end(),
        status(entry, time, now),
        entry.instant("dateCreated"),
        null,
        null,
        null,
        null,
        null,
        shortened(entry.text("notes")),
        PracticeBetterSession.extras(entry, time, currency),
        entry.storable(PracticeBetterSession.source(entry)));
  }

  static @Nullable String service(Entry entry) {
    String id = entry.text("serviceId");
    return id == null ? entry.in("service").text("id") : id;
  }

  /**
   * Nothing says whether somebody came. Assumed, as one live integration does: a confirmed session
   * that is over was attended. Assumed as well: {@code confirmed}, {@code pending} and {@code
   * unconfirmed} are the words; one that was never confirmed stays booked.
   */
  static Appointment.Status status(Entry entry, PracticeBetterTime time, Instant now) {
    if (Boolean.TRUE.equals(entry.flag("cancelled"))) {
      return Appointment.Status.CANCELLED;
    }
    String word = lower(entry.text("confirmationStatus"));
    Instant end = time.end() == null ? time.start() : time.end();
    return switch (word) {
      case null -> Appointment.Status.BOOKED;
      case "confirmed" ->
          end.isAfter(now) ? Appointment.Status.CONFIRMED : Appointment.Status.ARRIVED;
      case "pending", "unconfirmed" -> Appointment.Status.BOOKED;
      default -> Appointment.Status.UNKNOWN;
    };
  }

  static @Nullable EmrRef pointed(@Nullable String id, RecordKind kind) {
    return id == null ? null : EmrRef.of(kind, id);
  }

  static Invoice invoice(Entry entry, String currency, ZoneId zone) {
    ObjectNode kept = entry.trimmed(INVOICE);
    kept.set("clientRecord", entry.in("clientRecord").trimmed(List.of("id")));
    for (String member : List.of("total", "amountPaid", "amountDue")) {
      kept.set(member, entry.in(member).trimmed(MONEY));
    }
    Map<String, String> extras = new TreeMap<>();
    putIfThere(extras, "paymentStatus", lower(entry.text("paymentStatus")));
    Invoice.Status status = invoiceStatus(entry);
    Money total = money(entry, "total", currency);
    if (total == null) {
      throw UnreadableEntry.shape("total is missing");
    }
    return new Invoice(
        EmrRef.of(RecordKind.INVOICE, entry.requireText("id")),
        entry.instant("dateModified"),
        null,
        pointed(entry.in("clientRecord").text("id"), RecordKind.PATIENT),
        pointed(entry.in("consultant").text("id"), RecordKind.PRACTITIONER),
        null,
        entry.text("invoiceNumber"),
        issued(entry, zone),
        status,
        total,
        null,
        money(entry, "amountDue", currency),
        null,
        money(entry, "amountPaid", currency),
        null,
        null,
        extras,
        entry.storable(kept));
  }

  /** A day, written as midnight UTC, is that day; any other time is one of the clinic's zone. */
  private static @Nullable LocalDate issued(Entry entry, ZoneId zone) {
    String text = entry.text("invoiceDate");
    if (text == null || text.length() <= 10) {
      return entry.date("invoiceDate");
    }
    Instant moment = entry.requireInstant("invoiceDate");
    LocalDate day = LocalDate.ofInstant(moment, ZoneOffset.UTC);
    boolean midnight = day.atStartOfDay(ZoneOffset.UTC).toInstant().equals(moment);
    return midnight ? day : LocalDate.ofInstant(moment, zone);
  }

  /** The words are not published; those that can mean one thing only are read, others are not. */
  private static Invoice.Status invoiceStatus(Entry entry) {
    String word = lower(entry.text("paymentStatus"));
    if (word == null) {
      Boolean paid = entry.flag("paid");
      return paid == null
          ? Invoice.Status.UNKNOWN
          : paid ? Invoice.Status.PAID : Invoice.Status.OPEN;
    }
    return switch (word) {
      case "paid" -> Invoice.Status.PAID;
      case "unpaid", "partiallypaid", "partial", "overdue" -> Invoice.Status.OPEN;
      case "void", "voided", "cancelled" -> Invoice.Status.VOID;
      case "refunded", "writtenoff" -> Invoice.Status.CLOSED;
      default -> Invoice.Status.UNKNOWN;
    };
  }

  /** Amounts are in cents; null when there is none. */
  static @Nullable Money money(Entry entry, String member, String currency) {
    Entry money = entry.in(member);
    BigDecimal cents = money.decimal("amount");
    if (cents == null) {
      return null;
    }
    String own = money.text("currency");
    return new Money(cents.movePointLeft(2), own == null ? currency : own.toUpperCase(Locale.ROOT));
  }

  /** The sheet's values as extras; none of them is in any source. */
  static Map<String, String> sheet(Entry sheet) {
    Map<String, String> extras = new TreeMap<>();
    LocalDate created = sheet.date("dateCreated");
    putIfThere(extras, "dietLifestyle_dateCreated", created == null ? null : created.toString());
    for (String member :
        List.of(
            "dietaryRestrictions",
            "drinksCoffee",
            "drinksAlcohol",
            "smoker",
            "exerciseInformation",
            "sleepInformation",
            "mainStressors",
            "hasPets",
            "notes")) {
      putIfThere(extras, "dietLifestyle_" + member, shortened(joined(sheet, member)));
    }
    sheet.storable(sheet.trimmed(List.of()).setAll(asObject(extras)));
    return extras;
  }

  private static Map<String, com.fasterxml.jackson.databind.JsonNode> asObject(
      Map<String, String> texts) {
    Map<String, com.fasterxml.jackson.databind.JsonNode> object = new TreeMap<>();
    texts.forEach(
        (name, text) ->
            object.put(name, com.fasterxml.jackson.databind.node.TextNode.valueOf(text)));
    return object;
  }

  /** A text, or the texts of a list. */
  static @Nullable String joined(Entry entry, String member) {
    if (!entry.json().path(member).isArray()) {
      return entry.text(member);
    }
    List<String> parts = new ArrayList<>();
    entry.json().path(member).forEach(each -> parts.add(each.asText().strip()));
    parts.removeIf(String::isEmpty);
    return parts.isEmpty() ? null : String.join(", ", parts);
  }
}
