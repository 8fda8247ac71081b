package io.clinicsync.api.web;

import io.clinicsync.canonical.EmrId;
import io.clinicsync.canonical.EmrRecord;
import io.clinicsync.clinics.Clinics;
import io.clinicsync.clinics.Connection;
import io.clinicsync.crm.FieldClass;
import io.clinicsync.crm.FieldMap;
import io.clinicsync.crm.FieldMaps;
import io.clinicsync.crm.Pushes;
import io.clinicsync.insights.FactValue;
import io.clinicsync.insights.Facts;
import io.clinicsync.insights.PatientFactsStore;
import io.clinicsync.people.Link;
import io.clinicsync.people.Links;
import io.clinicsync.records.PatientHistory;
import io.clinicsync.records.PatientRecords;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.Tenancy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Says of one patient what we know, and of each field why it holds its value. */
@Component
class PatientExplanation {

  /** How many records behind a value are named; the count is always whole. */
  private static final int NAMED_AT_MOST = 20;

  private final Tenancy tenancy;
  private final Clinics clinics;
  private final PatientRecords records;
  private final PatientFactsStore facts;
  private final FieldMaps maps;
  private final Links links;
  private final Pushes pushes;

  PatientExplanation(
      Tenancy tenancy,
      Clinics clinics,
      PatientRecords records,
      PatientFactsStore facts,
      FieldMaps maps,
      Links links,
      Pushes pushes) {
    this.tenancy = tenancy;
    this.clinics = clinics;
    this.records = records;
    this.facts = facts;
    this.maps = maps;
    this.links = links;
    this.pushes = pushes;
  }

  /**
   * A patient with everything derived.
   *
   * @param link the contact in the CRM; null before it was looked for
   * @param factsComputedAt null before the facts are computed
   * @param lastWrittenAt when the contact was last written; null if never
   */
  record View(
      PatientController.PatientView patient,
      ErrorController.@Nullable LinkView link,
      @Nullable Instant factsComputedAt,
      @Nullable Instant lastWrittenAt,
      List<FieldView> fields)
      implements Json {
    @Override
    public String toString() {
      return "View[" + patient.id() + "]";
    }
  }

  /**
   * A field and why it holds its value.
   *
   * @param value null when unknown
   * @param rule one sentence
   * @param fact the derived value's own name
   * @param lastWritten what the CRM confirmed at the last write; null when it was never written
   */
  record FieldView(
      String field,
      String label,
      @Nullable Object value,
      String type,
      @com.fasterxml.jackson.annotation.JsonProperty("class") String sensitivity,
      String pack,
      String fact,
      String rule,
      Sources sources,
      @Nullable Object lastWritten)
      implements Json {
    @Override
    public String toString() {
      return "FieldView[" + field + "]";
    }
  }

  /** The records behind a value: how many, and the latest of them. */
  record Sources(int count, List<String> records) implements Json {}

  Optional<View> of(Connection connection, EmrId patient) {
    ClinicId clinic = connection.clinic();
    Set<FieldClass> allowed = allowed(clinic);
    record Found(
        PatientHistory history,
        PatientFactsStore.@Nullable Stored stored,
        @Nullable Link link,
        Pushes.@Nullable Pushed pushed) {}
    Optional<Found> found =
        tenancy.inClinic(
            clinic,
            () ->
                records.histories(clinic, connection.id(), List.of(patient)).stream()
                    .findFirst()
                    .map(
                        history ->
                            new Found(
                                history,
                                facts.find(clinic, connection.id(), patient).orElse(null),
                                links.find(clinic, connection.id(), patient).orElse(null),
                                pushes.find(clinic, connection.id(), patient).orElse(null))));
    return found.map(
        each -> {
          PatientFactsStore.Stored stored = each.stored();
          Link link = each.link();
          Pushes.Pushed pushed = each.pushed();
          Map<String, Object> written = pushed == null ? Map.of() : pushed.written();
          Facts known = stored == null ? new Facts(new TreeMap<>(), null) : stored.facts();
          return new View(
              PatientController.PatientView.of(connection.id(), each.history().patient()),
              link == null ? null : ErrorController.LinkView.of(link),
              stored == null ? null : stored.computedAt(),
              pushed == null ? null : pushed.at(),
              maps.find(connection.emr())
                  .map(map -> fields(map, known, each.history(), allowed, written))
                  .orElse(List.of()));
        });
  }

  /** What needs an approver is not shown before somebody approved it, to whatever key [PR-1]. */
  private Set<FieldClass> allowed(ClinicId clinic) {
    EnumSet<FieldClass> allowed = EnumSet.copyOf(FieldClass.DEFAULT);
    Set<String> approved = clinics.require(clinic).settings().approvedClasses();
    for (FieldClass each : FieldClass.values()) {
      if (approved.contains(each.name())) {
        allowed.add(each);
      }
    }
    return allowed;
  }

  private static List<FieldView> fields(
      FieldMap map,
      Facts facts,
      PatientHistory history,
      Set<FieldClass> allowed,
      Map<String, Object> written) {
    return map.entries().stream()
        .filter(entry -> allowed.contains(entry.sensitivity()))
        .map(entry -> field(entry, facts, history, written.get(entry.to())))
        .toList();
  }

  private static FieldView field(
      FieldMap.Entry entry, Facts facts, PatientHistory history, @Nullable Object lastWritten) {
    String rule = entry.description();
    return new FieldView(
        entry.to(),
        entry.label(),
        facts.find(entry.from()).map(PatientExplanation::plain).orElse(null),
        entry.form().name().toLowerCase(Locale.ROOT),
        entry.sensitivity().word(),
        entry.pack().word(),
        entry.from(),
        rule == null ? entry.label() : rule,
        sources(entry.from(), facts, history),
        lastWritten);
  }

  private static Object plain(FactValue value) {
    return switch (value) {
      case FactValue.Text(String text) -> text;
      case FactValue.Moment(var at, var zone) -> at.toString();
      case FactValue.Day(var date) -> date.toString();
      case FactValue.Number(var number) -> number;
      case FactValue.Amount(var money) -> money.amount();
      case FactValue.Bool(boolean yes) -> yes;
    };
  }

  /** Which records a fact rests on, told by its group. */
  private static Sources sources(String path, Facts facts, PatientHistory history) {
    String group = path.substring(0, Math.max(path.indexOf('.'), 0));
    return switch (group) {
      case "patient", "consent", "extras" -> new Sources(1, List.of(name(history.patient())));
      case "upcoming", "last" ->
          facts
              .find(group + ".id")
              .map(id -> new Sources(1, List.of("appointment:" + plain(id))))
              .orElse(new Sources(0, List.of()));
      case "money" ->
          named(Stream.concat(history.invoices().stream(), history.payments().stream()).toList());
      case "package" -> named(history.purchases());
      case "firstVisit", "lastVisit", "nextVisit", "totals", "retention", "lastEvent" ->
          named(history.appointments());
      default -> new Sources(0, List.of());
    };
  }

  private static Sources named(List<? extends EmrRecord> records) {
    List<EmrRecord> latest = new ArrayList<>(records);
    latest.sort(
        java.util.Comparator.comparing(
                (EmrRecord record) ->
                    java.util.Objects.requireNonNullElse(record.changedAt(), Instant.MIN))
            .reversed());
    return new Sources(
        latest.size(), latest.stream().limit(NAMED_AT_MOST).map(PatientExplanation::name).toList());
  }

  private static String name(EmrRecord record) {
    return record.ref().kind().name().toLowerCase(Locale.ROOT) + ":" + record.ref().id();
  }
}
