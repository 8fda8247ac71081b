package io.clinicsync.insights;

import io.clinicsync.canonical.Appointment;
import io.clinicsync.canonical.Invoice;
import io.clinicsync.canonical.Patient;
import io.clinicsync.canonical.Patient.Phone;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.Period;
import java.time.ZoneId;
import java.util.Comparator;
import java.util.Locale;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Works out a patient's facts: a pure function of records, catalogue, settings and the clock. The
 * order of the records never matters. A value that is not known is absent; zero means known to be
 * zero.
 */
public final class PatientFacts {

  private final PatientRecords records;
  private final CatalogueNames names;
  private final FactSettings settings;
  private final ClinicDays days;

  private PatientFacts(PatientRecords records, CatalogueNames names, FactSettings settings) {
    this.records = records;
    this.names = names;
    this.settings = settings;
    this.days = new ClinicDays(settings.zone());
  }

  /**
   * The facts of one patient.
   *
   * @param now the moment they hold at; {@link Facts#dueAt()} says until when
   */
  public static Facts of(
      PatientRecords records, CatalogueNames names, Instant now, FactSettings settings) {
    PatientFacts work = new PatientFacts(records, names, settings);
    SortedSet<Instant> turns = new TreeSet<>();
    SortedMap<String, FactValue> values = work.at(now, turns);
    // A turn is a moment at which something may change; the first one at which something does is
    // due.
    for (Instant turn : turns) {
      if (turn.isAfter(now) && !work.at(turn, new TreeSet<>()).equals(values)) {
        return new Facts(values, turn);
      }
    }
    return new Facts(values, null);
  }

  private SortedMap<String, FactValue> at(Instant now, SortedSet<Instant> turns) {
    FactsDraft draft = new FactsDraft();
    Patient patient = records.patient();
    person(draft, patient);
    Diary diary =
        new Diary(
            records.appointments(), records.movedInPlace(), now, settings.cancellationNotice());
    upcoming(draft, diary);
    last(draft, diary.last);
    current(draft, diary, now);
    missed(draft, diary);
    visits(draft, diary);
    totals(draft, diary);
    MoneySums money = new MoneySums(records, settings, days, now);
    money.write(draft);
    lastInvoice(draft);
    Packages packages = new Packages(records.purchases(), days, now);
    packages.write(draft);
    Retention retention = new Retention(patient, diary, settings, days, now);
    retention(draft, diary, retention, now);
    age(draft, patient, now, turns);
    turns.addAll(diary.futureStarts);
    turns.addAll(money.turns());
    turns.addAll(packages.turns());
    turns.addAll(retention.turns());
    draft.moment(FactPath.DATA_AS_OF, records.asOf(), settings.zone());
    return draft.values();
  }

  private void person(FactsDraft draft, Patient patient) {
    Patient.Name name = patient.name();
    draft.text(FactPath.PATIENT_ID, patient.ref().id().value());
    draft.text(FactPath.PATIENT_TITLE, name.title());
    draft.text(FactPath.PATIENT_FIRST_NAME, name.first());
    draft.text(FactPath.PATIENT_LAST_NAME, name.last());
    draft.text(FactPath.PATIENT_PREFERRED_NAME, name.preferredFirst());
    draft.text(FactPath.PATIENT_FULL_NAME, joined(" ", name.first(), name.last()));
    draft.day(FactPath.PATIENT_BIRTH_DATE, patient.birthDate());
    draft.text(FactPath.PATIENT_GENDER, patient.gender());
    draft.text(FactPath.PATIENT_EMAIL, patient.email());
    phones(draft, patient);
    Patient.Address address = patient.address();
    draft.text(FactPath.PATIENT_ADDRESS, joined(", ", address.line1(), address.line2()));
    draft.text(FactPath.PATIENT_CITY, address.city());
    draft.text(FactPath.PATIENT_STATE, address.state());
    draft.text(FactPath.PATIENT_POST_CODE, address.postCode());
    draft.text(FactPath.PATIENT_COUNTRY, address.country());
    draft.text(FactPath.PATIENT_REFERRAL_SOURCE, patient.referralSource());
    draft.moment(FactPath.PATIENT_CREATED_AT, patient.createdAt(), settings.zone());
    draft.moment(FactPath.PATIENT_ARCHIVED_AT, patient.removedAt(), settings.zone());
    draft.text(
        FactPath.PATIENT_MERGED_INTO,
        patient.mergedInto() == null ? null : patient.mergedInto().id().value());
    draft.bool(FactPath.PATIENT_DECEASED, patient.standing().deceased());
    draft.bool(FactPath.PATIENT_DISCHARGED, patient.standing().discharged());
    Patient.Consent consent = patient.consent();
    draft.bool(FactPath.CONSENT_EMAIL_MARKETING, consent.emailMarketing());
    draft.bool(FactPath.CONSENT_SMS_MARKETING, consent.smsMarketing());
    draft.bool(FactPath.CONSENT_EMAIL_SERVICE, consent.emailService());
    draft.bool(FactPath.CONSENT_SMS_SERVICE, consent.smsService());
    draft.bool(FactPath.CONSENT_PRIVACY_POLICY, consent.privacyPolicy());
    patient.extras().forEach((extra, value) -> draft.text(FactPath.extra(extra), value));
  }

  private static void phones(FactsDraft draft, Patient patient) {
    String mobile = first(patient, Phone.Type.MOBILE);
    String home = first(patient, Phone.Type.HOME);
    String work = first(patient, Phone.Type.WORK);
    String other = first(patient, Phone.Type.OTHER);
    draft.text(FactPath.PATIENT_PHONE_MOBILE, mobile);
    draft.text(FactPath.PATIENT_PHONE_HOME, home);
    draft.text(FactPath.PATIENT_PHONE_WORK, work);
    Stream.of(
            mobile == null ? "" : mobile,
            home == null ? "" : home,
            work == null ? "" : work,
            other == null ? "" : other)
        .filter(each -> !each.isEmpty())
        .findFirst()
        .ifPresent(preferred -> draft.text(FactPath.PATIENT_PHONE, preferred));
  }

  private static @Nullable String first(Patient patient, Phone.Type type) {
    for (Phone phone : patient.phones()) {
      if (phone.type() == type && !phone.raw().isBlank()) {
        return phone.raw();
      }
    }
    return null;
  }

  private void upcoming(FactsDraft draft, Diary diary) {
    Appointment one = diary.upcomingOne();
    if (one == null) {
      return;
    }
    ZoneId zone = zone(one);
    draft.text(FactPath.UPCOMING_ID, one.ref().id().value());
    draft.moment(FactPath.UPCOMING_STARTS_AT, one.startsAt(), zone);
    draft.moment(FactPath.UPCOMING_ENDS_AT, one.endsAt(), zone);
    draft.text(FactPath.UPCOMING_TEXT, text(one.startsAt(), zone));
    draft.text(FactPath.UPCOMING_PRACTITIONER_NAME, names.name(one.practitioner()));
    draft.text(FactPath.UPCOMING_SITE_NAME, names.name(one.site()));
    draft.text(FactPath.UPCOMING_NAME, nameOf(one));
    draft.text(FactPath.UPCOMING_TYPE, names.name(one.treatment()));
    draft.text(FactPath.UPCOMING_STATE, word(one.status()));
    extras(draft, "upcoming", one);
    if (one.status() == Appointment.Status.CANCELLED) {
      draft.moment(FactPath.UPCOMING_CANCELLED_AT, one.cancelledAt(), zone);
      draft.text(FactPath.UPCOMING_CANCELLATION_REASON, one.cancellationReason());
    } else {
      // Nobody is reminded of a cancelled appointment.
      draft.moment(
          FactPath.UPCOMING_REMINDER_AT, one.startsAt().minus(settings.reminderLead()), zone);
    }
  }

  private void last(FactsDraft draft, @Nullable Appointment one) {
    if (one == null) {
      return;
    }
    ZoneId zone = zone(one);
    draft.text(FactPath.LAST_ID, one.ref().id().value());
    draft.moment(FactPath.LAST_STARTS_AT, one.startsAt(), zone);
    draft.text(FactPath.LAST_TEXT, text(one.startsAt(), zone));
    draft.text(FactPath.LAST_PRACTITIONER_NAME, names.name(one.practitioner()));
    draft.text(FactPath.LAST_SITE_NAME, names.name(one.site()));
    draft.text(FactPath.LAST_NAME, nameOf(one));
    draft.text(FactPath.LAST_TYPE, names.name(one.treatment()));
    draft.moment(FactPath.LAST_ENDS_AT, one.endsAt(), zone);
    draft.text(FactPath.LAST_STATE, word(one.status()));
    extras(draft, "last", one);
    draft.bool(FactPath.LAST_DID_NOT_ARRIVE, one.status() == Appointment.Status.NO_SHOW);
    if (one.status() == Appointment.Status.CANCELLED) {
      draft.moment(FactPath.LAST_CANCELLED_AT, one.cancelledAt(), zone);
      draft.text(FactPath.LAST_CANCELLATION_REASON, one.cancellationReason());
    }
  }

  private void current(FactsDraft draft, Diary diary, Instant now) {
    Appointment one = diary.currentOne();
    if (one == null) {
      return;
    }
    ZoneId zone = zone(one);
    draft.text(FactPath.CURRENT_ID, one.ref().id().value());
    draft.moment(FactPath.CURRENT_STARTS_AT, one.startsAt(), zone);
    draft.moment(FactPath.CURRENT_ENDS_AT, one.endsAt(), zone);
    if (one.endsAt() != null) {
      draft.number(
          FactPath.CURRENT_MINUTES, Duration.between(one.startsAt(), one.endsAt()).toMinutes());
    }
    draft.text(FactPath.CURRENT_STATE, word(one.status()));
    draft.text(FactPath.CURRENT_PRACTITIONER_NAME, names.name(one.practitioner()));
    draft.text(FactPath.CURRENT_SITE_NAME, names.name(one.site()));
    draft.text(FactPath.CURRENT_TYPE, names.name(one.treatment()));
    draft.bool(FactPath.CURRENT_CANCELLED, one.status() == Appointment.Status.CANCELLED);
    draft.bool(FactPath.CURRENT_UPCOMING, one.startsAt().isAfter(now));
    extras(draft, "current", one);
  }

  private void missed(FactsDraft draft, Diary diary) {
    Appointment cancelled = diary.lastCancelled;
    if (cancelled != null) {
      ZoneId zone = zone(cancelled);
      draft.moment(FactPath.LAST_CANCELLED_STARTS_AT, cancelled.startsAt(), zone);
      draft.moment(FactPath.LAST_CANCELLED_CANCELLED_AT, cancelled.cancelledAt(), zone);
    }
    Appointment noShow = diary.lastNoShow;
    if (noShow != null) {
      draft.moment(FactPath.LAST_NO_SHOW_STARTS_AT, noShow.startsAt(), zone(noShow));
    }
  }

  private static void extras(FactsDraft draft, String role, Appointment of) {
    of.extras().forEach((name, value) -> draft.text(FactPath.extra(role, name), value));
  }

  private static String word(Enum<?> state) {
    return state.name().toLowerCase(Locale.ROOT);
  }

  private void lastInvoice(FactsDraft draft) {
    records.invoices().stream()
        .filter(each -> each.removedAt() == null && each.status() != Invoice.Status.CREDIT)
        .max(
            Comparator.comparing(
                    Invoice::issuedOn, Comparator.nullsFirst(Comparator.<LocalDate>naturalOrder()))
                .thenComparing(each -> each.ref().id().value()))
        .ifPresent(
            newest -> {
              draft.text(FactPath.LAST_INVOICE_NUMBER, newest.number());
              draft.day(FactPath.LAST_INVOICE_ISSUED_ON, newest.issuedOn());
              draft.text(FactPath.LAST_INVOICE_STATUS, word(newest.status()));
            });
  }

  /** Birthdays are moments at which facts change by the clock. */
  private void age(FactsDraft draft, Patient patient, Instant now, SortedSet<Instant> turns) {
    LocalDate born = patient.birthDate();
    LocalDate today = LocalDate.ofInstant(now, settings.zone());
    if (!settings.dayCounters() || born == null || born.isAfter(today)) {
      return;
    }
    int years = Period.between(born, today).getYears();
    draft.number(FactPath.PATIENT_AGE, years);
    LocalDate birthday = born.plusYears(years + 1L);
    while (Period.between(born, birthday).getYears() <= years) {
      // Born on 29 February: years are complete on 1 March of a common year.
      birthday = birthday.plusDays(1);
    }
    turns.add(birthday.atStartOfDay(settings.zone()).toInstant());
  }

  private void visits(FactsDraft draft, Diary diary) {
    visit(
        draft,
        diary.firstVisit(),
        FactPath.FIRST_VISIT_AT,
        FactPath.FIRST_VISIT_TEXT,
        FactPath.FIRST_VISIT_PRACTITIONER_NAME,
        FactPath.FIRST_VISIT_TREATMENT_NAME,
        FactPath.FIRST_VISIT_SITE_NAME);
    visit(
        draft,
        diary.lastVisit(),
        FactPath.LAST_VISIT_AT,
        FactPath.LAST_VISIT_TEXT,
        FactPath.LAST_VISIT_PRACTITIONER_NAME,
        FactPath.LAST_VISIT_TREATMENT_NAME,
        FactPath.LAST_VISIT_SITE_NAME);
    visit(
        draft,
        diary.next,
        FactPath.NEXT_VISIT_AT,
        FactPath.NEXT_VISIT_TEXT,
        FactPath.NEXT_VISIT_PRACTITIONER_NAME,
        FactPath.NEXT_VISIT_TREATMENT_NAME,
        FactPath.NEXT_VISIT_SITE_NAME);
  }

  private void visit(
      FactsDraft draft,
      @Nullable Appointment one,
      FactPath at,
      FactPath text,
      FactPath practitioner,
      FactPath treatment,
      FactPath site) {
    if (one != null) {
      ZoneId zone = zone(one);
      draft.moment(at, one.startsAt(), zone);
      draft.text(text, text(one.startsAt(), zone));
      draft.text(practitioner, names.name(one.practitioner()));
      draft.text(treatment, names.name(one.treatment()));
      draft.text(site, names.name(one.site()));
    }
  }

  private static void totals(FactsDraft draft, Diary diary) {
    draft.number(FactPath.TOTAL_APPOINTMENTS, diary.begun);
    draft.number(FactPath.TOTAL_ALL, diary.all);
    draft.number(FactPath.TOTAL_UPCOMING, diary.upcoming);
    draft.number(FactPath.TOTAL_VISITS, diary.visits.size());
    draft.number(FactPath.TOTAL_ARRIVED, diary.arrived);
    draft.number(FactPath.TOTAL_NO_SHOWS, diary.noShows);
    draft.number(FactPath.TOTAL_CANCELLED, diary.cancelled);
    draft.number(FactPath.TOTAL_LATE_CANCELLED, diary.lateCancelled);
    draft.number(FactPath.TOTAL_RESCHEDULED, diary.rescheduled);
    draft.number(FactPath.TOTAL_BOOKED, diary.booked);
  }

  private void retention(FactsDraft draft, Diary diary, Retention retention, Instant now) {
    RetentionStatus status = retention.status();
    draft.text(FactPath.RETENTION_STATUS, status.word());
    draft.bool(FactPath.RETENTION_ACTIVE, Retention.isActive(status));
    Appointment reactivation = retention.reactivation();
    if (reactivation != null) {
      draft.moment(FactPath.RETENTION_REACTIVATED_AT, reactivation.startsAt(), zone(reactivation));
    }
    Appointment lastVisit = diary.lastVisit();
    if (settings.dayCounters() && lastVisit != null) {
      draft.number(
          FactPath.RETENTION_DAYS_SINCE_LAST_VISIT, days.daysSince(lastVisit.startsAt(), now));
    }
    Diary.Event event = diary.lastEvent;
    if (event != null) {
      draft.text(FactPath.LAST_EVENT_NAME, event.name());
      draft.moment(FactPath.LAST_EVENT_AT, event.at(), zone(event.appointment()));
    }
  }

  private @Nullable String nameOf(Appointment one) {
    return one.groupName() != null && !one.groupName().isBlank()
        ? one.groupName()
        : names.name(one.treatment());
  }

  private ZoneId zone(Appointment one) {
    return names.zone(one.site(), settings.zone());
  }

  private String text(Instant moment, ZoneId zone) {
    return LocalText.of(moment, zone, settings.locale());
  }

  private static String joined(String separator, @Nullable String... parts) {
    return Stream.of(parts)
        .filter(part -> part != null && !part.isBlank())
        .collect(Collectors.joining(separator));
  }
}
