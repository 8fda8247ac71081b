package io.clinicsync.sandbox.world;

import java.text.Normalizer;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Makes the patients, troublesome ones first so that even a small world has each kind. */
final class People {

  private final SplittableRandom random;
  private final int size;
  private final ZoneId zone;
  private final Instant now;
  private final List<Person> made = new ArrayList<>();

  /** Where this world's canaries begin, so that those of two worlds are different people. */
  private int canaries;

  People(SplittableRandom random, int size, ZoneId zone, Instant now) {
    this.random = random;
    this.size = size;
    this.zone = zone;
    this.now = now;
  }

  List<Person> make() {
    while (made.size() < size) {
      int turn = made.size() % 60;
      switch (turn) {
        case 0 -> household();
        case 4 -> add(plain().canary(zone, canaries + made.size() / 60));
        case 8 -> sameName();
        case 12 -> twins();
        case 20 -> add(plain().archived(random));
        case 21 -> merged();
        case 25 -> add(plain().deleted(random));
        case 30 -> add(plain().withoutEmail());
        case 31 -> add(plain().withoutPhone());
        case 32 -> add(plain().withoutEmail().withoutPhone());
        case 33 -> add(plain().phone(new Phone("Mobile", "ask at desk", "")));
        case 34 -> add(plain().phone(new Phone("Home", "02 9999 1234 ext. 5", "61299991234")));
        case 35 -> add(plain().phone(new Phone("Fax", "(02) 9999 4321", "61299994321")));
        case 36 -> add(plain().phone(new Phone("Mobile", "0400-12", "6140012")));
        case 37 -> add(plain().email("UPPER.Case." + made.size() + "@Example.ORG"));
        default -> add(plain());
      }
    }
    return List.copyOf(made.subList(0, size));
  }

  private void household() {
    Draft parent = plain();
    if (made.isEmpty()) {
      canaries = Math.floorMod(parent.createdAt.hashCode(), 9_000);
    }
    add(parent);
    for (int i = 0; i < 3; i++) {
      Draft child = plain();
      child.lastName = parent.lastName;
      child.phones = parent.phones;
      child.email = i == 2 ? null : parent.email;
      child.birthDate = LocalDate.of(2010 + i * 3, 1 + i, 10);
      add(child);
    }
  }

  private void sameName() {
    Draft one = plain();
    Draft other = plain();
    other.firstName = one.firstName;
    other.lastName = one.lastName;
    other.birthDate = one.birthDate == null ? null : one.birthDate.minusYears(21).plusDays(40);
    add(one);
    add(other);
  }

  private void twins() {
    Draft one = plain();
    Draft other = plain();
    one.birthDate = LocalDate.of(2015, 6, 17);
    other.birthDate = one.birthDate;
    other.lastName = one.lastName;
    other.phones = one.phones;
    other.email = one.email;
    add(one);
    add(other);
  }

  private void merged() {
    Draft survivor = plain();
    Draft loser = plain();
    loser.firstName = survivor.firstName;
    loser.lastName = survivor.lastName;
    loser.birthDate = survivor.birthDate;
    loser.phones = survivor.phones;
    int survivorIndex = made.size();
    add(survivor);
    loser.createdAt =
        loser.createdAt.isBefore(survivor.createdAt) ? survivor.createdAt : loser.createdAt;
    loser.mergedAt = between(loser.createdAt, now);
    loser.archivedAt = loser.mergedAt;
    loser.mergedInto = survivorIndex;
    loser.updatedAt = loser.mergedAt;
    add(loser);
  }

  private void add(Draft draft) {
    made.add(draft.done());
  }

  private Draft plain() {
    Draft draft = new Draft();
    draft.firstName = Names.FIRST.get(random.nextInt(Names.FIRST.size()));
    draft.lastName = Names.LAST.get(random.nextInt(Names.LAST.size()));
    draft.preferredName = random.nextInt(9) == 0 ? draft.firstName.substring(0, 1) + "." : null;
    draft.title = random.nextInt(3) == 0 ? "Ms" : null;
    draft.email = mail(draft.firstName, draft.lastName, made.size());
    draft.phones = phones();
    draft.birthDate =
        random.nextInt(12) == 0
            ? null
            : LocalDate.of(
                1935 + random.nextInt(85), 1 + random.nextInt(12), 1 + random.nextInt(28));
    draft.sex = random.nextInt(4) == 0 ? null : random.nextBoolean() ? "Female" : "Male";
    draft.marketingByEmail = triState();
    draft.marketingBySms = triState();
    draft.privacyAccepted = random.nextInt(20) == 0 ? Boolean.FALSE : triState();
    draft.referral =
        random.nextInt(3) == 0 ? Names.REFERRALS.get(random.nextInt(Names.REFERRALS.size())) : null;
    boolean old = random.nextInt(5) == 0;
    draft.createdAt =
        between(
            now.minus(old ? Duration.ofDays(1800) : WorldBuilder.PAST),
            now.minus(Duration.ofDays(1)));
    draft.updatedAt = random.nextInt(3) == 0 ? between(draft.createdAt, now) : draft.createdAt;
    return draft;
  }

  private @Nullable Boolean triState() {
    int drawn = random.nextInt(3);
    return drawn == 0 ? null : Boolean.valueOf(drawn == 1);
  }

  private Instant between(Instant from, Instant to) {
    long seconds = Math.max(1, to.getEpochSecond() - from.getEpochSecond());
    return Instant.ofEpochSecond(from.getEpochSecond() + random.nextLong(seconds));
  }

  private List<Phone> phones() {
    Phone mobile = mobile();
    return random.nextInt(6) == 0
        ? List.of(new Phone("Home", "02 9" + three() + " " + three() + "1", ""), mobile)
        : List.of(mobile);
  }

  private Phone mobile() {
    String a = "4" + (10 + random.nextInt(80));
    String b = three();
    String c = three();
    String id = zone.getId();
    if (id.startsWith("America/")) {
      return new Phone(
          "Mobile", "(415) 2" + a.substring(1) + "-" + b + "1", "14152" + a.substring(1) + b + "1");
    }
    if (id.equals("Europe/London") || id.equals("Europe/Dublin")) {
      return new Phone(
          "Mobile",
          "07" + a + " " + b + c.substring(0, 2) + "0",
          "447" + a + b + c.substring(0, 2) + "0");
    }
    if (id.equals("Pacific/Auckland")) {
      return new Phone("Mobile", "021 " + b + " " + c, "6421" + b + c);
    }
    return new Phone("Mobile", "0" + a + " " + b + " " + c, "61" + a + b + c);
  }

  private String three() {
    return Integer.toString(100 + random.nextInt(900));
  }

  private static String mail(String first, String last, int number) {
    String plain =
        Normalizer.normalize(first + "." + last, Normalizer.Form.NFD)
            .toLowerCase(Locale.ROOT)
            .replaceAll("[^a-z.]", "");
    return (plain.equals(".") ? "patient" : plain) + number + "@example.org";
  }

  /** A person in the making. */
  private static final class Draft {
    String firstName = "";
    String lastName = "";
    @Nullable String preferredName;
    @Nullable String title;
    @Nullable String email;
    List<Phone> phones = List.of();
    @Nullable LocalDate birthDate;
    @Nullable String sex;
    @Nullable Boolean marketingByEmail;
    @Nullable Boolean marketingBySms;
    @Nullable Boolean privacyAccepted;
    @Nullable String referral;
    Instant createdAt = Instant.EPOCH;
    Instant updatedAt = Instant.EPOCH;
    @Nullable Instant archivedAt;
    @Nullable Instant deletedAt;
    @Nullable Instant mergedAt;
    int mergedInto = -1;

    Draft archived(SplittableRandom random) {
      archivedAt = updatedAt.plusSeconds(random.nextInt(60));
      updatedAt = archivedAt;
      return this;
    }

    Draft deleted(SplittableRandom random) {
      archived(random);
      deletedAt = archivedAt;
      return this;
    }

    Draft withoutEmail() {
      email = null;
      return this;
    }

    Draft withoutPhone() {
      phones = List.of();
      return this;
    }

    Draft phone(Phone phone) {
      phones = List.of(phone);
      return this;
    }

    Draft canary(ZoneId zone, int number) {
      firstName = Canaries.first(number);
      lastName = Canaries.last(number);
      preferredName = null;
      email = Canaries.email(number);
      phones = List.of(Canaries.phone(zone, number));
      birthDate = Canaries.birthDate(number);
      return this;
    }

    Draft email(String address) {
      email = address;
      return this;
    }

    Person done() {
      int number = Math.floorMod(lastName.hashCode() + firstName.hashCode(), 180) + 1;
      return new Person(
          firstName,
          lastName,
          preferredName,
          title,
          email,
          phones,
          birthDate,
          sex,
          number + " " + Names.STREETS.get(number % Names.STREETS.size()),
          Names.CITIES.get(number % Names.CITIES.size()),
          "NSW",
          Integer.toString(2000 + number),
          marketingByEmail,
          marketingBySms,
          privacyAccepted,
          referral,
          createdAt,
          updatedAt,
          archivedAt,
          deletedAt,
          mergedAt,
          mergedInto);
    }
  }
}
