package io.clinicsync.crm;

import io.clinicsync.clinics.Clinic;
import io.clinicsync.insights.FactPath;
import io.clinicsync.insights.FactValue;
import io.clinicsync.insights.Facts;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * The fields of an EMR's documented payload: the same map that names the CRM's fields names these
 * (architecture D9). A key whose class the clinic did not approve is there and null [PR-1].
 */
@Component
public class PayloadFields {

  private static final DateTimeFormatter MILLIS =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  private final ClinicFields fields;

  PayloadFields(ClinicFields fields) {
    this.fields = fields;
  }

  /** The classes that may leave this clinic. */
  public Set<FieldClass> approved(Clinic clinic) {
    return fields.selection(clinic).approved();
  }

  /** The class of each key the EMR's map knows. */
  public Map<String, FieldClass> classes(String emr) {
    Map<String, FieldClass> classes = new LinkedHashMap<>();
    fields.map(emr).entries().forEach(entry -> classes.put(entry.to(), entry.sensitivity()));
    return classes;
  }

  /**
   * Values by key in the map's order: texts, {@link BigDecimal}s and booleans; null when unknown or
   * not approved.
   *
   * @param changedAt when we last changed the contact; null if never
   */
  public Map<String, @Nullable Object> values(
      Clinic clinic, String emr, Facts facts, @Nullable Instant changedAt) {
    Set<FieldClass> approved = approved(clinic);
    FieldRenderer renderer = new FieldRenderer(Locale.of("en", clinic.country()), clinic.country());
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    for (FieldMap.Entry entry : fields.map(emr).entries()) {
      PayloadForm form = entry.payload();
      if (form != null) {
        Object value =
            approved.contains(entry.sensitivity())
                ? fact(facts, entry, clinic, changedAt)
                    .flatMap(fact -> shown(fact, entry, form, renderer))
                    .orElse(null)
                : null;
        values.put(entry.to(), value);
      }
    }
    return values;
  }

  private static Optional<FactValue> fact(
      Facts facts, FieldMap.Entry entry, Clinic clinic, @Nullable Instant changedAt) {
    if (entry.from().equals(FactPath.CONTACT_CHANGED_AT.path())) {
      return Optional.ofNullable(changedAt).map(at -> new FactValue.Moment(at, clinic.zone()));
    }
    return facts.find(entry.from());
  }

  private static Optional<Object> shown(
      FactValue value, FieldMap.Entry entry, PayloadForm form, FieldRenderer renderer) {
    return switch (form) {
      case VALUE -> renderer.render(value, entry.form());
      case BOOLEAN -> renderer.render(value, FieldForm.YES_NO).map("Yes"::equals);
      case MILLIS ->
          value instanceof FactValue.Moment moment
              ? Optional.of(MILLIS.format(moment.at()))
              : Optional.empty();
    };
  }
}
