package io.clinicsync.booking;

import io.clinicsync.canonical.Catalogue;
import io.clinicsync.canonical.EmrRef;
import java.text.Normalizer;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.commons.text.similarity.JaroWinklerSimilarity;
import org.jspecify.annotations.Nullable;

/**
 * Finds practitioners, treatments and sites by id, e-mail or name. Never chooses silently: where
 * several fit or none does, the answer names the closest, and never a hidden or inactive one.
 */
final class References {

  private static final JaroWinklerSimilarity LIKENESS = new JaroWinklerSimilarity();
  private static final double NEAR = 0.75;
  private static final int MOST = 3;

  private final Catalogue catalogue;

  References(Catalogue catalogue) {
    this.catalogue = catalogue;
  }

  /**
   * What is to be booked with whom and where.
   *
   * @param practitioners those who may be taken; more than one when the caller has no wish
   */
  record Found(
      List<Catalogue.Practitioner> practitioners,
      Catalogue.Treatment treatment,
      Catalogue.Site site) {}

  Found find(BookingRequests.Book wish, @Nullable Duration length) {
    String site = wish.site();
    String practitioner = wish.practitioner();
    Catalogue.Site place = site == null ? null : site(site);
    Catalogue.Practitioner person = practitioner == null ? null : practitioner(practitioner);
    Catalogue.Treatment kind = treatment(wish.treatment(), wish.category(), person, place, length);
    List<Catalogue.Offering> offered =
        catalogue.offerings().stream()
            .filter(each -> each.treatment().equals(kind.ref()))
            .filter(each -> person == null || each.practitioner().equals(person.ref()))
            .filter(each -> place == null || each.site().equals(place.ref()))
            .toList();
    if (offered.isEmpty()) {
      throw Stopped.field(
          Code.NO_AVAILABILITY,
          "treatment",
          "This treatment is not offered by this practitioner at this site.");
    }
    Catalogue.Site where = place == null ? onlySite(offered) : place;
    List<Catalogue.Practitioner> who =
        catalogue.practitioners().stream()
            .filter(
                each ->
                    offered.stream()
                        .anyMatch(
                            one ->
                                one.practitioner().equals(each.ref())
                                    && one.site().equals(where.ref())))
            .filter(each -> each.active() && (person != null || each.bookableOnline()))
            .toList();
    if (who.isEmpty()) {
      throw Stopped.field(
          Code.NO_AVAILABILITY, "practitioner", "Nobody offers this treatment there.");
    }
    return new Found(who, kind, where);
  }

  private Catalogue.Site onlySite(List<Catalogue.Offering> offered) {
    List<Catalogue.Site> possible =
        catalogue.sites().stream()
            .filter(Catalogue.Site::active)
            .filter(each -> offered.stream().anyMatch(one -> one.site().equals(each.ref())))
            .toList();
    if (possible.size() == 1) {
      return possible.getFirst();
    }
    throw new Stopped(
        BookingAnswer.choose(
            "site",
            "This is offered at more than one site; say which.",
            possible.stream()
                .filter(Catalogue.Site::bookableOnline)
                .map(Catalogue.Site::name)
                .limit(MOST)
                .toList()));
  }

  Catalogue.Practitioner practitioner(String wanted) {
    return one(
        "practitioner",
        wanted,
        catalogue.practitioners(),
        Catalogue.Practitioner::ref,
        Catalogue.Practitioner::name,
        Catalogue.Practitioner::active,
        Catalogue.Practitioner::bookableOnline,
        each -> wanted.strip().equalsIgnoreCase(each.email()));
  }

  Catalogue.Site site(String wanted) {
    return one(
        "site",
        wanted,
        catalogue.sites(),
        Catalogue.Site::ref,
        Catalogue.Site::name,
        Catalogue.Site::active,
        Catalogue.Site::bookableOnline,
        each -> false);
  }

  /** Treatments often share a name; who gives it, where, and how long it takes tell them apart. */
  Catalogue.Treatment treatment(
      String wanted,
      @Nullable String category,
      Catalogue.@Nullable Practitioner by,
      Catalogue.@Nullable Site at,
      @Nullable Duration length) {
    Predicate<Catalogue.Treatment> offered =
        each ->
            catalogue.offerings().stream()
                .anyMatch(
                    one ->
                        one.treatment().equals(each.ref())
                            && (by == null || one.practitioner().equals(by.ref()))
                            && (at == null || one.site().equals(at.ref())));
    List<Catalogue.Treatment> named =
        catalogue.treatments().stream()
            .filter(
                each ->
                    each.active()
                        && (fold(each.name()).equals(fold(wanted)) || isCode(wanted, each)))
            .filter(
                each ->
                    category == null
                        || each.category() == null
                        || fold(category).equals(fold(each.category())))
            .filter(offered)
            .toList();
    List<Catalogue.Treatment> lasting =
        length == null
            ? named
            : named.stream().filter(each -> length.equals(each.duration())).toList();
    if (lasting.size() == 1) {
      return lasting.getFirst();
    }
    return one(
        "treatment",
        wanted,
        catalogue.treatments(),
        Catalogue.Treatment::ref,
        Catalogue.Treatment::name,
        Catalogue.Treatment::active,
        Catalogue.Treatment::bookableOnline,
        each -> false);
  }

  private static boolean isCode(String wanted, Catalogue.Treatment treatment) {
    String code = treatment.code();
    return code != null && code.strip().equalsIgnoreCase(wanted.strip());
  }

  /** A room of that site, or of no site. */
  Catalogue.Room room(String wanted, Catalogue.Site site) {
    return one(
        "room",
        wanted,
        catalogue.rooms().stream()
            .filter(each -> each.site() == null || each.site().equals(site.ref()))
            .toList(),
        Catalogue.Room::ref,
        Catalogue.Room::name,
        each -> true,
        each -> true,
        each -> false);
  }

  private static <T> T one(
      String field,
      String wanted,
      List<T> all,
      Function<T, EmrRef> ref,
      Function<T, String> name,
      Predicate<T> active,
      Predicate<T> shown,
      Predicate<T> byAddress) {
    List<T> living = all.stream().filter(active).toList();
    for (T each : living) {
      if (ref.apply(each).id().value().equals(wanted.strip()) || byAddress.test(each)) {
        return each;
      }
    }
    List<T> same =
        living.stream().filter(each -> fold(name.apply(each)).equals(fold(wanted))).toList();
    if (same.size() == 1) {
      return same.getFirst();
    }
    if (same.size() > 1) {
      throw new Stopped(
          BookingAnswer.choose(
              field,
              "More than one " + field + " has this name; name it by its id.",
              same.stream().map(each -> ref.apply(each).id().value()).limit(MOST).toList()));
    }
    List<String> closest =
        living.stream()
            .filter(shown)
            .map(name)
            .distinct()
            .filter(each -> LIKENESS.apply(fold(each), fold(wanted)) >= NEAR)
            .sorted(
                Comparator.<String>comparingDouble(each -> LIKENESS.apply(fold(each), fold(wanted)))
                    .reversed())
            .limit(MOST)
            .toList();
    throw new Stopped(
        closest.isEmpty()
            ? BookingAnswer.refused(
                Code.NOT_FOUND, field, "No " + field + " of this name can be booked.")
            : BookingAnswer.choose(
                field, "No " + field + " has exactly this name; these come close.", closest));
  }

  /** Case, accents, punctuation, titles and spacing never matter. */
  static String fold(String name) {
    return Normalizer.normalize(name, Normalizer.Form.NFKD)
        .replaceAll("\\p{M}+", "")
        .toLowerCase(Locale.ROOT)
        .replaceAll("\\b(dr|mr|mrs|ms|miss|prof)\\b\\.?", "")
        .replaceAll("[^\\p{L}\\p{Nd}]+", "");
  }
}
