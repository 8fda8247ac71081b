package io.clinicsync.people;

import static org.assertj.core.api.Assertions.assertThat;

import io.clinicsync.canonical.Patient.Phone;
import io.clinicsync.canonical.Patient.Phone.Type;
import java.util.Collections;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PhonesTests {

  @ParameterizedTest
  @CsvSource({
    "0491 570 156, AU, +61491570156",
    "(03) 5550 1234, AU, +61355501234",
    "+61 491 570 156, US, +61491570156",
    "07400 123456, GB, +447400123456",
    "(201) 555-0123, US, +12015550123",
    "0011 1 201 555 0123, AU, +12015550123",
    "030 123456, DE, +4930123456",
    "0491-570-156, au, +61491570156"
  })
  void numbersBecomeInternationalByTheClinicsCountry(
      String typed, String country, String expected) {
    assertThat(Phones.e164(typed, country).orElse(null)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "n/a", "0000 000 000", "123", "ask mum", "04915701", "+61"})
  void whatCannotBeDialledIsUnusable(String typed) {
    assertThat(Phones.e164(typed, "AU")).isEmpty();
  }

  @Test
  void mobileComesBeforeHomeBeforeWorkAndFaxNever() {
    List<Phone> phones =
        List.of(
            new Phone(Type.FAX, "0491 570 110", null),
            new Phone(Type.WORK, "0491 570 157", null),
            new Phone(Type.HOME, "0491 570 158", null),
            new Phone(Type.MOBILE, "0491 570 156", null));
    assertThat(Phones.choose(phones, "AU").e164()).isEqualTo("+61491570156");
    assertThat(Phones.choose(phones.subList(0, 3), "AU").e164()).isEqualTo("+61491570158");
    assertThat(Phones.choose(phones.subList(0, 2), "AU").e164()).isEqualTo("+61491570157");
    assertThat(Phones.choose(phones.subList(0, 1), "AU")).isEqualTo(new Phones.Choice(null, null));
  }

  @Test
  void anUnusableMobileGivesWayToAUsableHomeNumber() {
    List<Phone> phones =
        List.of(
            new Phone(Type.MOBILE, "see notes", null),
            new Phone(Type.HOME, "(03) 5550 1234", null));
    assertThat(Phones.choose(phones, "AU").e164()).isEqualTo("+61355501234");
  }

  @Test
  void unusableNumbersStayAsTypedAndRaiseAHint() {
    Phones.Choice choice =
        Phones.choose(
            List.of(new Phone(Type.HOME, "12", null), new Phone(Type.MOBILE, "see notes", null)),
            "AU");
    assertThat(choice.e164()).isNull();
    assertThat(choice.raw()).isEqualTo("see notes");
    assertThat(choice.needsHint()).isTrue();
    assertThat(Phones.choose(List.of(), "AU").needsHint()).isFalse();
  }

  @Test
  void whatTheEmrDerivedItselfComesFirst() {
    assertThat(Phones.e164(new Phone(Type.MOBILE, "0491 570 156", "447400123456"), "AU"))
        .contains("+447400123456");
    assertThat(Phones.e164(new Phone(Type.MOBILE, "0491 570 156", "999"), "AU"))
        .contains("+61491570156");
  }

  @Property(tries = 200)
  void theOrderOfDifferentKindsNeverMatters(@ForAll("phones") List<Phone> phones) {
    List<Phone> reversed = new java.util.ArrayList<>(phones);
    Collections.reverse(reversed);
    assertThat(Phones.choose(reversed, "AU")).isEqualTo(Phones.choose(phones, "AU"));
  }

  @Property(tries = 300)
  void aResultIsAlwaysAPlusAndDigits(@ForAll String typed) {
    Phones.e164(typed, "AU").ifPresent(number -> assertThat(number).matches("\\+[1-9]\\d{5,14}"));
  }

  @Provide
  Arbitrary<List<Phone>> phones() {
    Arbitrary<Phone> phone =
        Combinators.combine(
                Arbitraries.of(Type.class),
                Arbitraries.of("0491 570 156", "(03) 5550 1234", "no", "0491 570 157"))
            .as((type, raw) -> new Phone(type, raw, null));
    return phone.list().uniqueElements(Phone::type).ofMaxSize(5);
  }
}
