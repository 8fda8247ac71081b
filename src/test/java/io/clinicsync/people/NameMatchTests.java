package io.clinicsync.people;

import static io.clinicsync.people.NameMatch.compare;
import static org.assertj.core.api.Assertions.assertThat;

import io.clinicsync.people.NameMatch.Nearness;
import io.clinicsync.people.NameMatch.PersonName;
import java.util.Locale;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NameMatchTests {

  @ParameterizedTest
  @CsvSource({
    "Ava, Reed, ava, REED",
    "Ava, Reed, Reed, Ava",
    "Zoë, Núñez, Zoe, Nunez",
    "Sean, O'Brien, Sean, OBrien",
    "Sean, O'Brien, Seán, O’Brien",
    "Anne-Marie, Stone, Anne Marie, Stone",
    "Anne Marie, Stone, AnneMarie, Stone",
    "Dr. Ava, Reed, Ava, Reed",
    "Ava, Reed, Mrs Ava, Reed",
    "Jörg, Groß, Jorg, Gross",
    "Søren, Ælund, Soren, Aelund",
    "Maria, de la Cruz, Maria, Delacruz",
    "Maria Luisa, Cruz, Maria, Luisa Cruz",
    "Анна, Петрова, анна, ПЕТРОВА",
    "明, 王, 王, 明"
  })
  void namesThatDifferInSpellingOnlyAreEqual(
      String first1, String last1, String first2, String last2) {
    assertThat(compare(name(first1, last1), name(first2, last2))).isEqualTo(Nearness.EQUAL);
  }

  @ParameterizedTest
  @CsvSource({
    "William, Stone, Bill, Stone",
    "Katherine, Stone, Kate, Stone",
    "Ava, Reed, Eva, Reed",
    "Michael, Reed, Micheal, Reed",
    "Ava, Reed, Ava, Reid",
    "A, Reed, Ava, Reed",
    "Ava, Reed, Ava, ",
    "Ava, Reed, , Reed",
    "Stone, William, Bill, Stone"
  })
  void nicknamesAndSlipsAreSuggestions(String first1, String last1, String first2, String last2) {
    assertThat(compare(name(first1, last1), name(first2, last2))).isEqualTo(Nearness.SUGGESTION);
  }

  @ParameterizedTest
  @CsvSource({
    "Ava, Reed, Ben, Reed",
    "Ava, Reed, Ava, Stone",
    "Bo, Li, Bo, Lu",
    "Ava, Reed, , ",
    "Robert, Reed, Richard, Reed",
    "Mary, Reed, Mark, Reeds Junior"
  })
  void otherNamesAreDifferent(String first1, String last1, String first2, String last2) {
    assertThat(compare(name(first1, last1), name(first2, last2))).isEqualTo(Nearness.DIFFERENT);
  }

  @Test
  void thePreferredNameCounts() {
    PersonName margaret = new PersonName("Margaret", "Stone", "Poppy");
    assertThat(compare(margaret, name("Poppy", "Stone"))).isEqualTo(Nearness.EQUAL);
    assertThat(compare(margaret, name("Margaret", "Stone"))).isEqualTo(Nearness.EQUAL);
    assertThat(compare(margaret, name("Rose", "Stone"))).isEqualTo(Nearness.DIFFERENT);
  }

  @Test
  void oneGivenNameAloneIsNobody() {
    assertThat(compare(name("Ava", null), name("Ava", null))).isEqualTo(Nearness.SUGGESTION);
    assertThat(compare(name(null, null), name(null, null))).isEqualTo(Nearness.DIFFERENT);
  }

  @Test
  void aNameIsNeverWritten() {
    assertThat(name("Ava", "Reed")).hasToString("PersonName");
  }

  @Property(tries = 500)
  void comparingIsSymmetric(@ForAll("names") PersonName one, @ForAll("names") PersonName other) {
    assertThat(compare(one, other)).isEqualTo(compare(other, one));
  }

  @Property(tries = 300)
  void caseAndTitleNeverMatter(@ForAll("names") PersonName one, @ForAll("names") PersonName other) {
    PersonName loud =
        new PersonName(
            one.first() == null ? null : "Mr. " + one.first().toUpperCase(Locale.ROOT),
            one.last() == null ? null : one.last().toUpperCase(Locale.ROOT),
            one.preferredFirst());
    assertThat(compare(loud, other)).isEqualTo(compare(one, other));
  }

  @Provide
  Arbitrary<PersonName> names() {
    Arbitrary<String> first =
        Arbitraries.of("Ava", "Eva", "William", "Bill", "Anne Marie", "Zoe", "Reed")
            .injectNull(0.15);
    Arbitrary<String> last =
        Arbitraries.of("Reed", "Reid", "Stone", "O'Brien", "Ava").injectNull(0.15);
    Arbitrary<String> preferred = Arbitraries.of("Poppy", "Ava").injectNull(0.8);
    return Combinators.combine(first, last, preferred).as(PersonName::new);
  }

  private static PersonName name(String first, String last) {
    return new PersonName(first, last, null);
  }
}
