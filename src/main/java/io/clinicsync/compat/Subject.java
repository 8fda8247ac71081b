package io.clinicsync.compat;

import io.clinicsync.canonical.Catalogue;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.clinics.Clinic;
import io.clinicsync.clinics.Connection;
import io.clinicsync.insights.FactPath;
import io.clinicsync.insights.FactValue;
import io.clinicsync.insights.Facts;
import io.clinicsync.records.PatientHistory;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A patient as payloads are rendered from.
 *
 * @param changedAt when we last changed the contact; null if never
 * @param now the moment of rendering
 */
record Subject(
    Clinic clinic,
    Connection connection,
    PatientHistory history,
    Facts facts,
    Catalogue catalogue,
    @Nullable Instant changedAt,
    Instant now) {

  Optional<BigDecimal> number(FactPath path) {
    return facts
        .find(path)
        .map(
            value ->
                switch (value) {
                  case FactValue.Number(BigDecimal number) -> number;
                  case FactValue.Amount amount -> amount.money().amount();
                  case FactValue.Text text -> BigDecimal.ZERO;
                  case FactValue.Moment moment -> BigDecimal.ZERO;
                  case FactValue.Day day -> BigDecimal.ZERO;
                  case FactValue.Bool bool -> BigDecimal.ZERO;
                });
  }

  Optional<String> text(FactPath path) {
    return facts
        .find(path)
        .map(value -> value instanceof FactValue.Text(String text) ? text : value.canonical());
  }

  /** The name of a practitioner, treatment or site; null when unknown. */
  @Nullable String name(@Nullable EmrRef ref) {
    if (ref == null) {
      return null;
    }
    return switch (ref.kind()) {
      case PRACTITIONER ->
          catalogue.practitioners().stream()
              .filter(each -> each.ref().equals(ref))
              .map(Catalogue.Practitioner::name)
              .findFirst()
              .orElse(null);
      case TREATMENT ->
          catalogue.treatments().stream()
              .filter(each -> each.ref().equals(ref))
              .map(Catalogue.Treatment::name)
              .findFirst()
              .orElse(null);
      case SITE ->
          catalogue.sites().stream()
              .filter(each -> each.ref().equals(ref))
              .map(Catalogue.Site::name)
              .findFirst()
              .orElse(null);
      case PATIENT, APPOINTMENT, INVOICE, PAYMENT, PURCHASE, ROOM -> null;
    };
  }
}
