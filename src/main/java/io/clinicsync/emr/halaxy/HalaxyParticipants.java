package io.clinicsync.emr.halaxy;

import io.clinicsync.emr.wire.Entry;
import io.clinicsync.emr.wire.UnreadableEntry;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Who takes part in an appointment, and what Halaxy writes beside them. */
final class HalaxyParticipants {

  private static final String STATUS = "/appointment-participant-status";
  private static final String INVOICE = "/appointment-participant-invoice";

  private HalaxyParticipants() {}

  /** Ids of all patients; empty for a block or a meeting, more than one for a group. */
  static List<String> patients(Entry appointment) {
    Set<String> patients = new LinkedHashSet<>();
    for (Entry each : appointment.each("participant")) {
      String id = HalaxyReference.id(each, "actor", "Patient");
      if (id != null) {
        patients.add(id);
      }
    }
    return List.copyOf(patients);
  }

  static Entry patient(Entry appointment, String patient) {
    return appointment.each("participant").stream()
        .filter(each -> patient.equals(HalaxyReference.id(each, "actor", "Patient")))
        .findFirst()
        .orElseThrow(() -> UnreadableEntry.shape("participant has no such patient"));
  }

  /** The first practitioner at a clinic; null when there is none. */
  static @Nullable String role(Entry appointment) {
    return appointment.each("participant").stream()
        .map(each -> HalaxyReference.id(each, "actor", "PractitionerRole"))
        .filter(Objects::nonNull)
        .findFirst()
        .orElse(null);
  }

  static boolean has(Entry appointment, String role) {
    return appointment.each("participant").stream()
        .anyMatch(each -> role.equals(HalaxyReference.id(each, "actor", "PractitionerRole")));
  }

  /** The kind of appointment; null when it has none. */
  static @Nullable String service(Entry appointment) {
    for (Entry each : appointment.each("supportingInformation")) {
      HalaxyReference found = HalaxyReference.of(each.text("reference"));
      if (found != null && found.type().equals("HealthcareService")) {
        return found.id();
      }
    }
    return null;
  }

  /** The state, which is a modifier extension and not a member. */
  static @Nullable String status(Entry participant) {
    for (Entry each : participant.each("modifierExtension")) {
      String url = each.text("url");
      if (url != null && url.endsWith(STATUS)) {
        return each.in("valueCoding").text("code");
      }
    }
    return null;
  }

  /** The invoice of this patient's part; null when there is none. */
  static @Nullable String invoice(Entry participant) {
    for (Entry each : participant.each("extension")) {
      String url = each.text("url");
      if (url != null && url.endsWith(INVOICE)) {
        return HalaxyReference.id(each, "valueReference", "Invoice");
      }
    }
    return null;
  }
}
