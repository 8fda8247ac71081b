package io.clinicsync.crm;

import io.clinicsync.clinics.Clinic;
import io.clinicsync.clinics.ClinicSettings;
import io.clinicsync.insights.FactPath;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/** Which fields a clinic wants, over all its EMRs. */
@Component
class ClinicFields {

  private final FieldMaps maps;

  ClinicFields(FieldMaps maps) {
    this.maps = maps;
  }

  FieldMap map(String emr) {
    return maps.find(emr)
        .orElseThrow(() -> new IllegalStateException("There is no field map of " + emr));
  }

  FieldSelection selection(Clinic clinic) {
    ClinicSettings settings = clinic.settings();
    FieldPack pack = FieldPack.valueOf(settings.pack().name());
    Set<FieldClass> approved = EnumSet.copyOf(FieldClass.DEFAULT);
    settings
        .approvedClasses()
        .forEach(name -> approved.add(FieldClass.valueOf(name.toUpperCase(Locale.ROOT))));
    return new FieldSelection(
        pack, settings.dayCounters() ? dayCounters() : Set.of(), Set.of(), approved);
  }

  /** Fields that change every day are in no pack; a clinic that wants them gets them all. */
  private Set<String> dayCounters() {
    return maps.all().stream()
        .flatMap(map -> map.entries().stream())
        .filter(entry -> FactPath.isDayCounter(entry.from()))
        .map(FieldMap.Entry::to)
        .collect(Collectors.toSet());
  }

  /**
   * The custom fields the clinic's contacts need: the selected ones, and those standing in for a
   * shared address.
   */
  List<FieldMap.Entry> custom(Clinic clinic, Collection<String> emrs) {
    FieldSelection selection = selection(clinic);
    Map<String, FieldMap.Entry> wanted = new LinkedHashMap<>();
    for (String emr : emrs) {
      for (FieldMap.Entry entry : map(emr).entries()) {
        boolean standsIn = entry.to().equals("emr_email") || entry.to().equals("emr_phone");
        if (entry.nativeField().isEmpty() && (selection.holds(entry) || standsIn)) {
          wanted.putIfAbsent(entry.to(), entry);
        }
      }
    }
    return List.copyOf(wanted.values());
  }
}
