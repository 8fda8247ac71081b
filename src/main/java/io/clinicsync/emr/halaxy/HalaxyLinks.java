package io.clinicsync.emr.halaxy;

import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.wire.Entry;
import io.clinicsync.emr.wire.UnreadableEntry;
import java.time.LocalDate;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Which appointments invoices belong to. An invoice to an insurer names no patient; only the
 * appointment names it. Looked for in the days around the invoice's date, since there is no search
 * by invoice.
 */
final class HalaxyLinks {

  private static final int DAYS = 3;

  private final HalaxyApi api;

  HalaxyLinks(HalaxyApi api) {
    this.api = api;
  }

  /** A patient's part of an appointment, by our ids. */
  record Link(String patient, String appointment) {}

  /** Links by invoice id, of all appointments around these dates. */
  Map<String, Link> around(EmrAccount account, Collection<LocalDate> dates) {
    SortedSet<LocalDate> days = new TreeSet<>();
    for (LocalDate date : dates) {
      for (int i = -DAYS; i <= DAYS; i++) {
        days.add(date.plusDays(i));
      }
    }
    Map<String, Link> links = new HashMap<>();
    LocalDate from = null;
    for (LocalDate day : days) {
      from = from == null ? day : from;
      LocalDate next = day.plusDays(1);
      if (!days.contains(next)) {
        HalaxyQuery query = new HalaxyQuery().days(from, next);
        api.all(account, "Appointment", query).forEach(each -> take(each, links));
        from = null;
      }
    }
    return links;
  }

  private static void take(Entry appointment, Map<String, Link> links) {
    String id = HalaxyMapper.id(appointment);
    try {
      List<String> patients = HalaxyParticipants.patients(appointment);
      for (String patient : patients) {
        String invoice =
            HalaxyParticipants.invoice(HalaxyParticipants.patient(appointment, patient));
        if (invoice != null && id != null) {
          links.put(invoice, new Link(patient, patients.size() > 1 ? id + "/" + patient : id));
        }
      }
    } catch (UnreadableEntry unreadable) {
      // The appointment's own source reports it.
    }
  }
}
