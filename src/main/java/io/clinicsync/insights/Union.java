package io.clinicsync.insights;

import io.clinicsync.canonical.Appointment;
import io.clinicsync.canonical.Catalogue;
import io.clinicsync.canonical.EmrId;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.Purchase;
import io.clinicsync.canonical.RecordKind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The records of one person in several EMRs as if they stood in one: ids that mean different things
 * in different EMRs are told apart by giving every reference a new one.
 */
final class Union {

  /** Room for the part's number within an id's 200 characters. */
  private static final int LONGEST = 190;

  /** Sorts before every letter and digit: ties are settled as the EMRs' own ids would. */
  private static final String SEPARATOR = "!";

  private final List<Appointment> appointments = new ArrayList<>();
  private final List<Purchase> purchases = new ArrayList<>();
  private final Set<EmrRef> movedInPlace = new HashSet<>();
  private final List<Catalogue.Practitioner> practitioners = new ArrayList<>();
  private final List<Catalogue.Treatment> treatments = new ArrayList<>();
  private final List<Catalogue.Site> sites = new ArrayList<>();
  private final Map<EmrRef, EmrRef> originals = new HashMap<>();
  private int parts;

  /** Adds what one EMR knows. */
  void add(PatientRecords part, Catalogue catalogue) {
    Renaming renaming = new Renaming();
    part.appointments().forEach(each -> appointments.add(renaming.of(each)));
    part.purchases().forEach(each -> purchases.add(renaming.of(each)));
    part.movedInPlace().forEach(each -> movedInPlace.add(renaming.must(each)));
    catalogue
        .practitioners()
        .forEach(
            each ->
                practitioners.add(
                    new Catalogue.Practitioner(
                        renaming.must(each.ref()),
                        each.name(),
                        each.email(),
                        each.active(),
                        each.bookableOnline())));
    catalogue
        .treatments()
        .forEach(
            each ->
                treatments.add(
                    new Catalogue.Treatment(
                        renaming.must(each.ref()),
                        each.name(),
                        each.code(),
                        each.category(),
                        each.duration(),
                        each.seats(),
                        each.price(),
                        each.active(),
                        each.bookableOnline())));
    catalogue
        .sites()
        .forEach(
            each ->
                sites.add(
                    new Catalogue.Site(
                        renaming.must(each.ref()),
                        each.name(),
                        each.zone(),
                        each.city(),
                        each.country(),
                        each.active(),
                        each.bookableOnline())));
  }

  /** All of it as the records of the leading EMR's patient; money stays each EMR's own. */
  PatientRecords records(PatientRecords leader, @Nullable Instant asOf) {
    return new PatientRecords(
        leader.patient(), appointments, List.of(), List.of(), purchases, movedInPlace, asOf);
  }

  CatalogueNames names() {
    return CatalogueNames.of(new Catalogue(practitioners, treatments, sites, List.of(), List.of()));
  }

  /** The id a record has in its own EMR. */
  String original(RecordKind kind, String id) {
    EmrRef ref = originals.get(EmrRef.of(kind, id));
    return ref == null ? id : ref.id().value();
  }

  /** New references for one EMR's old ones. */
  private final class Renaming {

    private final Map<EmrRef, EmrRef> renamed = new HashMap<>();
    private final int number = ++parts;

    EmrRef must(EmrRef old) {
      return renamed.computeIfAbsent(
          old,
          each -> {
            String id = each.id().value();
            String within = id.length() > LONGEST ? id.substring(id.length() - LONGEST) : id;
            EmrRef fresh = new EmrRef(each.kind(), new EmrId(within + SEPARATOR + number));
            originals.put(fresh, each);
            return fresh;
          });
    }

    @Nullable EmrRef of(@Nullable EmrRef old) {
      return old == null ? null : must(old);
    }

    Appointment of(Appointment a) {
      return new Appointment(
          must(a.ref()),
          a.changedAt(),
          a.removedAt(),
          of(a.patient()),
          of(a.practitioner()),
          of(a.treatment()),
          of(a.site()),
          of(a.room()),
          a.startsAt(),
          a.endsAt(),
          a.status(),
          a.bookedAt(),
          a.cancelledAt(),
          a.cancellationReason(),
          a.groupName(),
          a.booking(),
          of(a.movedFrom()),
          a.notes(),
          a.extras(),
          a.source());
    }

    Purchase of(Purchase p) {
      return new Purchase(
          must(p.ref()),
          p.changedAt(),
          p.removedAt(),
          of(p.patient()),
          p.type(),
          p.name(),
          p.price(),
          p.purchasedAt(),
          p.expiresOn(),
          p.remaining(),
          p.extras(),
          p.source());
    }
  }
}
