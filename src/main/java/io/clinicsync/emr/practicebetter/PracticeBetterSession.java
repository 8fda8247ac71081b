package io.clinicsync.emr.practicebetter;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clinicsync.canonical.Money;
import io.clinicsync.emr.wire.Entry;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What the field map and the payload need of a session. */
final class PracticeBetterSession {

  private static final List<String> SCALARS =
      List.of(
          "id",
          "serviceId",
          "serviceType",
          "sessionDate",
          "endDate",
          "duration",
          "actualDuration",
          "timeZone",
          "cancelled",
          "paymentStatus",
          "isRecurring",
          "isSubscription",
          "hasRecording",
          "confirmationStatus",
          "clientConfirmationStatus",
          "dateConfirmed",
          "dateCreated",
          "dateModified");
  private static final List<String> NAMES = List.of("firstName", "lastName");

  private PracticeBetterSession() {}

  static ObjectNode source(Entry entry) {
    ObjectNode kept = entry.trimmed(SCALARS);
    kept.set("clientRecord", entry.in("clientRecord").trimmed(List.of("id")));
    Entry consultant = entry.in("consultant");
    ObjectNode person = consultant.trimmed(List.of("id", "emailAddress", "firstName", "lastName"));
    person.set("profile", consultant.in("profile").trimmed(NAMES));
    kept.set("consultant", person);
    kept.set("service", entry.in("service").trimmed(List.of("id", "name")));
    ObjectNode location = entry.in("location").trimmed(List.of("name", "room"));
    putIfThere(location, "address", address(entry.in("location")));
    kept.set("location", location);
    kept.set("fee", entry.in("fee").trimmed(List.of("amount", "currency")));
    putIfThere(kept, "notes", PracticeBetterMapper.shortened(entry.text("notes")));
    return kept;
  }

  private static void putIfThere(ObjectNode to, String member, @Nullable String value) {
    if (value != null) {
      to.put(member, value);
    }
  }

  static Map<String, String> extras(Entry entry, PracticeBetterTime time, String currency) {
    Map<String, String> extras = new TreeMap<>();
    put(extras, "service_name", entry.in("service").text("name"));
    put(extras, "serviceType", entry.text("serviceType"));
    Entry consultant = entry.in("consultant");
    put(extras, "consultant_firstName", name(consultant, "firstName"));
    put(extras, "consultant_lastName", name(consultant, "lastName"));
    put(extras, "consultant_emailAddress", name(consultant, "emailAddress"));
    put(extras, "duration", number(time.minutes()));
    put(extras, "actualDuration", number(time.actualMinutes()));
    Entry location = entry.in("location");
    put(extras, "location_name", location.text("name"));
    put(extras, "location_address", address(location));
    put(extras, "location_room", location.text("room"));
    put(extras, "paymentStatus", PracticeBetterMapper.lower(entry.text("paymentStatus")));
    Money fee = PracticeBetterMapper.money(entry, "fee", currency);
    put(extras, "fee_amount", fee == null ? null : number(fee.amount()));
    for (String flag : List.of("isRecurring", "isSubscription", "hasRecording")) {
      extras.put(flag, Boolean.toString(Boolean.TRUE.equals(entry.flag(flag))));
    }
    for (String word : List.of("confirmationStatus", "clientConfirmationStatus")) {
      put(extras, word, PracticeBetterMapper.lower(entry.text(word)));
    }
    for (String moment : List.of("dateConfirmed", "dateCreated", "dateModified")) {
      var at = entry.instant(moment);
      put(extras, moment, at == null ? null : at.toString());
    }
    put(extras, "notes", PracticeBetterMapper.shortened(entry.text("notes")));
    return extras;
  }

  private static void put(Map<String, String> extras, String name, @Nullable String value) {
    PracticeBetterMapper.putIfThere(extras, name, value);
  }

  private static @Nullable String number(@Nullable BigDecimal number) {
    return number == null ? null : number.toPlainString();
  }

  /** Both shapes were seen: in a profile, and without one. */
  private static @Nullable String name(Entry consultant, String member) {
    String inner = consultant.in("profile").text(member);
    return inner == null ? consultant.text(member) : inner;
  }

  /** One line, also where it comes in parts. */
  private static @Nullable String address(Entry location) {
    if (!location.json().path("address").isObject()) {
      return PracticeBetterMapper.joined(location, "address");
    }
    Entry address = location.in("address");
    StringBuilder line = new StringBuilder();
    for (String part : List.of("street", "unit", "floor", "locality", "region", "postalCode")) {
      String text = address.text(part);
      if (text != null) {
        line.append(line.isEmpty() ? "" : ", ").append(text);
      }
    }
    return line.isEmpty() ? null : line.toString();
  }
}
