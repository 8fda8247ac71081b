package io.clinicsync.people;

import static org.assertj.core.api.Assertions.assertThat;

import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.Patient.Standing;
import io.clinicsync.people.LinkDecision.CreateContact;
import io.clinicsync.people.LinkDecision.LinkTo;
import io.clinicsync.people.LinkDecision.Reason;
import io.clinicsync.people.LinkDecision.Review;
import io.clinicsync.people.LinkDecision.Rule;
import io.clinicsync.people.LinkDecision.Skip;
import io.clinicsync.people.LinkDecision.Why;
import io.clinicsync.people.LinkLadder.Candidate;
import io.clinicsync.people.LinkLadder.Found;
import io.clinicsync.people.LinkLadder.Seeker;
import io.clinicsync.people.NameMatch.Nearness;
import io.clinicsync.people.NameMatch.PersonName;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LinkLadderTests {

  private static final EmrRef AVA = EmrRef.patient("1");
  private static final EmrRef OTHER = EmrRef.patient("2");
  private static final LocalDate BORN = LocalDate.of(1991, 4, 30);
  private static final LocalDate BORN_LATER = LocalDate.of(2015, 1, 2);
  private static final HouseholdPolicy SEPARATE = HouseholdPolicy.SEPARATE;

  @Test
  void aStoredLinkIsTheOnlyAuthority() {
    Candidate stranger = contact("c9", "Ben", "Stone", BORN_LATER, OTHER);
    Found found = new Found("c1", List.of(stranger), List.of(stranger), List.of(stranger));
    assertThat(LinkLadder.decide(seeker("Ava", "Reed", BORN), SEPARATE, found))
        .isEqualTo(new LinkTo("c1", Rule.STORED_LINK));
  }

  @Test
  void ourPatientIdOnAContactComesBeforeAnyAddress() {
    Candidate carries = contact("c2", "A.", "R.", null);
    Candidate sameEmail = contact("c3", "Ava", "Reed", BORN);
    assertThat(decide(seeker("Ava", "Reed", BORN), List.of(carries), List.of(sameEmail), List.of()))
        .isEqualTo(new LinkTo("c2", Rule.PATIENT_ID_FIELD));
  }

  @Test
  void ourPatientIdOnTwoContactsIsForAPerson() {
    assertThat(
            decide(
                seeker("Ava", "Reed", BORN),
                List.of(contact("c5", "Ava", "Reed", null), contact("c4", "Ava", "Reed", null)),
                List.of(),
                List.of()))
        .isEqualTo(new Review(Reason.SEVERAL_CARRY_OUR_ID, List.of("c4", "c5")));
  }

  @Test
  void differentBirthDatesVetoEvenOurPatientId() {
    assertThat(
            decide(
                seeker("Ava", "Reed", BORN),
                List.of(contact("c2", "Ava", "Reed", BORN_LATER)),
                List.of(),
                List.of()))
        .isEqualTo(new Review(Reason.BIRTH_DATES_DIFFER, List.of("c2")));
  }

  @Test
  void emailAndNameMatch() {
    assertThat(byEmail(seeker("Ava", "Reed", BORN), contact("c1", "REED", "Ava", null)))
        .isEqualTo(new LinkTo("c1", Rule.EMAIL_AND_NAME));
  }

  @Test
  void phoneAndNameMatchWhenTheEmailSaysNothing() {
    assertThat(
            decide(
                seeker("Ava", "Reed", BORN),
                List.of(),
                List.of(contact("c1", "Ben", "Stone", null)),
                List.of(contact("c2", "Ava", "Reed", BORN))))
        .isEqualTo(new LinkTo("c2", Rule.PHONE_AND_NAME));
  }

  @Test
  void aSharedEmailUnderAnotherNameIsNoMatchAndStaysWithItsHolder() {
    assertThat(byEmail(seeker("Ava", "Reed", BORN), contact("c1", "Ben", "Reed", null)))
        .isEqualTo(new CreateContact(null, "+61491570156"));
  }

  @Test
  void aSharedPhoneStaysWithItsHolderToo() {
    assertThat(
            decide(
                seeker("Ava", "Reed", BORN),
                List.of(),
                List.of(),
                List.of(contact("c1", "Ben", "Reed", null))))
        .isEqualTo(new CreateContact("ava@example.org", null));
  }

  @Test
  void nobodyFoundMeansAContactWithBothAddresses() {
    assertThat(decide(seeker("Ava", "Reed", BORN), List.of(), List.of(), List.of()))
        .isEqualTo(new CreateContact("ava@example.org", "+61491570156"));
  }

  @Test
  void sameEmailAndNameWithAnotherBirthDateIsForAPerson() {
    assertThat(byEmail(seeker("Ava", "Reed", BORN), contact("c1", "Ava", "Reed", BORN_LATER)))
        .isEqualTo(new Review(Reason.BIRTH_DATES_DIFFER, List.of("c1")));
  }

  @Test
  void aFatherOfTheSameNameWhoHasHisContactIsNoRiddle() {
    assertThat(
            byEmail(seeker("Tom", "Reed", BORN_LATER), contact("c1", "Tom", "Reed", BORN, OTHER)))
        .isEqualTo(new CreateContact(null, "+61491570156"));
  }

  @Test
  void twoContactsThatFitAreForAPersonUnlessOneHasTheBirthDate() {
    Candidate plain = contact("c1", "Ava", "Reed", null);
    Candidate other = contact("c2", "Ava", "Reed", null);
    Candidate born = contact("c3", "Ava", "Reed", BORN);
    assertThat(byEmail(seeker("Ava", "Reed", BORN), other, plain))
        .isEqualTo(new Review(Reason.SEVERAL_FIT, List.of("c1", "c2")));
    assertThat(byEmail(seeker("Ava", "Reed", BORN), plain, born))
        .isEqualTo(new LinkTo("c3", Rule.EMAIL_AND_NAME));
  }

  @Test
  void aContactThatBelongsToAnotherPatientIsNeverLinkedTwice() {
    assertThat(byEmail(seeker("Ava", "Reed", BORN), contact("c1", "Ava", "Reed", BORN, OTHER)))
        .isEqualTo(new Review(Reason.CONTACT_TAKEN, List.of("c1")));
  }

  @Test
  void aNicknameOnTheSamePhoneIsASuggestion() {
    assertThat(
            decide(
                seeker("William", "Stone", null),
                List.of(),
                List.of(),
                List.of(contact("c1", "Bill", "Stone", null))))
        .isEqualTo(new Review(Reason.SIMILAR_NAME, List.of("c1")));
  }

  @Test
  void aTwinWithNearlyTheSameNameGetsAContactOfTheirOwn() {
    assertThat(
            byEmail(
                seeker("Ana", "Reed", BORN_LATER),
                contact("c1", "Anna", "Reed", BORN_LATER, OTHER)))
        .isEqualTo(new CreateContact(null, "+61491570156"));
  }

  @Test
  void aChildWithAGuardianIsListedThereWhenTheClinicWantsIt() {
    Seeker child = child("g1");
    assertThat(LinkLadder.decide(child, HouseholdPolicy.GUARDIAN, none()))
        .isEqualTo(new Skip(Why.LISTED_WITH_GUARDIAN, "g1"));
    assertThat(LinkLadder.decide(child(null), HouseholdPolicy.GUARDIAN, none()))
        .isEqualTo(new Skip(Why.WAITS_FOR_GUARDIAN, null));
    assertThat(LinkLadder.decide(child, SEPARATE, none())).isInstanceOf(CreateContact.class);
  }

  @Test
  void withPrimaryOnlyTheFirstOfAHouseholdGetsTheContact() {
    Found nobody = none();
    Found holder =
        new Found(null, List.of(), List.of(contact("c1", "Ben", "Reed", null, OTHER)), List.of());
    Found stranger =
        new Found(null, List.of(), List.of(contact("c1", "Ben", "Reed", null)), List.of());
    Seeker ava = seeker("Ava", "Reed", BORN);
    assertThat(LinkLadder.decide(ava, HouseholdPolicy.PRIMARY_ONLY, nobody))
        .isInstanceOf(CreateContact.class);
    assertThat(LinkLadder.decide(ava, HouseholdPolicy.PRIMARY_ONLY, holder))
        .isEqualTo(new Skip(Why.HOUSEHOLD_HAS_CONTACT, "c1"));
    assertThat(LinkLadder.decide(ava, HouseholdPolicy.PRIMARY_ONLY, stranger))
        .isEqualTo(new CreateContact(null, "+61491570156"));
  }

  @ParameterizedTest
  @CsvSource({
    "true, false, false, DECEASED",
    "false, true, false, TEST_PATIENT",
    "false, false, true, STAFF",
    "true, true, true, TEST_PATIENT"
  })
  void theDeceasedTestPatientsAndStaffGetNoContact(
      boolean deceased, boolean test, boolean staff, Why why) {
    Seeker seeker =
        new Seeker(
            AVA,
            new PersonName("Ava", "Reed", null),
            BORN,
            "ava@example.org",
            null,
            new Standing(deceased, false, test, staff),
            false,
            null,
            null);
    assertThat(LinkLadder.decide(seeker, SEPARATE, none())).isEqualTo(new Skip(why, null));
  }

  @Test
  void thoseMergedAwayAndThoseWithoutNameOrAddressGetNone() {
    PersonName nameless = new PersonName(null, null, null);
    Seeker merged =
        new Seeker(
            AVA,
            new PersonName("Ava", "Reed", null),
            BORN,
            null,
            null,
            Standing.ORDINARY,
            true,
            null,
            null);
    Seeker unknown =
        new Seeker(AVA, nameless, null, null, null, Standing.ORDINARY, false, null, null);
    assertThat(LinkLadder.decide(merged, SEPARATE, none())).isEqualTo(new Skip(Why.MERGED, null));
    assertThat(LinkLadder.decide(unknown, SEPARATE, none()))
        .isEqualTo(new Skip(Why.NOTHING_KNOWN, null));
  }

  @Test
  void nothingPersonalIsWritten() {
    Candidate candidate = contact("c1", "Ava", "Reed", BORN);
    assertThat(
            seeker("Ava", "Reed", BORN)
                + " "
                + candidate
                + new CreateContact("ava@example.org", null))
        .doesNotContain("Ava")
        .doesNotContain("Reed")
        .doesNotContain("1991")
        .doesNotContain("example.org");
  }

  @Property(tries = 1000)
  void aLinkByAddressAlwaysHasAnEqualNameNoVetoAndNoOtherOwner(
      @ForAll("seekers") Seeker seeker,
      @ForAll("founds") Found found,
      @ForAll HouseholdPolicy policy) {
    if (LinkLadder.decide(seeker, policy, found) instanceof LinkTo(String id, Rule rule)
        && rule != Rule.STORED_LINK) {
      Candidate candidate =
          all(found).stream().filter(each -> each.contactId().equals(id)).findFirst().orElseThrow();
      assertThat(candidate.patients()).isSubsetOf(Set.of(AVA));
      assertThat(
              candidate.birthDate() == null
                  || seeker.birthDate() == null
                  || candidate.birthDate().equals(seeker.birthDate()))
          .isTrue();
      if (rule != Rule.PATIENT_ID_FIELD) {
        assertThat(NameMatch.compare(seeker.name(), candidate.name())).isEqualTo(Nearness.EQUAL);
      }
    }
  }

  @Property(tries = 1000)
  void aNewContactNeverTakesAnAddressFromItsHolder(
      @ForAll("seekers") Seeker seeker,
      @ForAll("founds") Found found,
      @ForAll HouseholdPolicy policy) {
    if (LinkLadder.decide(seeker, policy, found) instanceof CreateContact create) {
      assertThat(create.email() == null || found.byEmail().isEmpty()).isTrue();
      assertThat(create.phone() == null || found.byPhone().isEmpty()).isTrue();
      assertThat(seeker.standing()).isEqualTo(Standing.ORDINARY);
    }
  }

  @Property(tries = 500)
  void theOrderOfCandidatesNeverMatters(
      @ForAll("seekers") Seeker seeker, @ForAll("founds") Found found) {
    Found turned =
        new Found(
            found.storedContact(),
            turned(found.byPatientId()),
            turned(found.byEmail()),
            turned(found.byPhone()));
    assertThat(LinkLadder.decide(seeker, SEPARATE, turned))
        .isEqualTo(LinkLadder.decide(seeker, SEPARATE, found));
  }

  @Provide
  Arbitrary<Seeker> seekers() {
    return Combinators.combine(
            names(),
            births(),
            Arbitraries.of("ava@example.org").injectNull(0.2),
            Arbitraries.of("+61491570156").injectNull(0.2))
        .as(
            (name, born, email, phone) ->
                new Seeker(AVA, name, born, email, phone, Standing.ORDINARY, false, null, null));
  }

  @Provide
  Arbitrary<Found> founds() {
    // One contact has one content, whichever list it comes in.
    Arbitrary<Set<EmrRef>> owners = Arbitraries.of(Set.of(), Set.of(AVA), Set.of(OTHER));
    Arbitrary<List<Candidate>> pool =
        Combinators.combine(names(), births(), owners)
            .as((name, born, owner) -> new Candidate("x", name, born, owner))
            .list()
            .ofSize(4)
            .map(
                list -> {
                  List<Candidate> result = new ArrayList<>();
                  for (Candidate each : list) {
                    result.add(
                        new Candidate(
                            "c" + result.size(), each.name(), each.birthDate(), each.patients()));
                  }
                  return result;
                });
    return pool.flatMap(
        list -> {
          Arbitrary<List<Candidate>> some =
              Arbitraries.of(list).list().uniqueElements().ofMaxSize(3);
          return Combinators.combine(
                  Arbitraries.of("c0").injectNull(0.9),
                  Arbitraries.frequencyOf(
                      net.jqwik.api.Tuple.of(4, Arbitraries.just(List.<Candidate>of())),
                      net.jqwik.api.Tuple.of(1, some)),
                  some,
                  some)
              .as(Found::new);
        });
  }

  private static Arbitrary<PersonName> names() {
    return Combinators.combine(
            Arbitraries.of("Ava", "Eva", "Ben"), Arbitraries.of("Reed", "Stone").injectNull(0.1))
        .as((first, last) -> new PersonName(first, last, null));
  }

  private static Arbitrary<LocalDate> births() {
    return Arbitraries.of(BORN, BORN_LATER).injectNull(0.4);
  }

  private static List<Candidate> all(Found found) {
    List<Candidate> result = new ArrayList<>(found.byPatientId());
    result.addAll(found.byEmail());
    result.addAll(found.byPhone());
    return result;
  }

  private static List<Candidate> turned(List<Candidate> list) {
    List<Candidate> result = new ArrayList<>(list);
    Collections.reverse(result);
    return result;
  }

  private static LinkDecision byEmail(Seeker seeker, Candidate... candidates) {
    return decide(seeker, List.of(), List.of(candidates), List.of());
  }

  private static LinkDecision decide(
      Seeker seeker, List<Candidate> byId, List<Candidate> byEmail, List<Candidate> byPhone) {
    return LinkLadder.decide(seeker, SEPARATE, new Found(null, byId, byEmail, byPhone));
  }

  private static Found none() {
    return new Found(null, List.of(), List.of(), List.of());
  }

  private static Seeker seeker(String first, String last, LocalDate born) {
    return new Seeker(
        AVA,
        new PersonName(first, last, null),
        born,
        "ava@example.org",
        "+61491570156",
        Standing.ORDINARY,
        false,
        null,
        null);
  }

  private static Seeker child(String guardianContact) {
    return new Seeker(
        AVA,
        new PersonName("Kim", "Reed", null),
        BORN_LATER,
        null,
        null,
        Standing.ORDINARY,
        false,
        OTHER,
        guardianContact);
  }

  private static Candidate contact(
      String id, String first, String last, LocalDate born, EmrRef... patients) {
    return new Candidate(id, new PersonName(first, last, null), born, Set.of(patients));
  }
}
