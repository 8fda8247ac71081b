package io.clinicsync.people;

import static org.assertj.core.api.Assertions.assertThat;

import io.clinicsync.canonical.Patient.Consent;
import io.clinicsync.ghl.GhlChannel;
import io.clinicsync.people.ConsentMerge.Merged;
import io.clinicsync.people.ConsentMerge.Permission;
import io.clinicsync.people.ConsentSettings.Closing;
import io.clinicsync.people.ConsentSettings.Missing;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class ConsentMergeTests {

  private static final Consent SILENT = new Consent(null, null, null, null, null);
  private static final Consent YES = new Consent(true, true, true, true, true);

  @Test
  void missingConsentMeansNoMarketingButServiceMessages() {
    Merged merged = ConsentMerge.of(SILENT, false, Set.of(), false, ConsentSettings.DEFAULT);
    assertThat(merged.email()).isEqualTo(new Permission(false, true));
    assertThat(merged.sms()).isEqualTo(new Permission(false, true));
    assertThat(merged.toClose()).isEmpty();
  }

  @Test
  void aStatedNoClosesTheChannel() {
    Consent noSms = new Consent(true, false, null, null, null);
    Merged merged = ConsentMerge.of(noSms, false, Set.of(), false, ConsentSettings.DEFAULT);
    assertThat(merged.toClose()).containsExactly(GhlChannel.SMS);
    assertThat(merged.sms()).isEqualTo(new Permission(false, false));
    assertThat(merged.email()).isEqualTo(new Permission(true, true));
  }

  @Test
  void aClinicMayKeepServiceMessagesWhenOnlyMarketingIsRefused() {
    ConsentSettings settings =
        new ConsentSettings(Missing.TREAT_AS_NO, Missing.ALLOW, Closing.SERVICE_REFUSAL);
    Merged merged =
        ConsentMerge.of(
            new Consent(false, true, null, false, null), false, Set.of(), false, settings);
    assertThat(merged.email()).isEqualTo(new Permission(false, true));
    assertThat(merged.toClose()).containsExactly(GhlChannel.SMS);
  }

  @Test
  void theCrmsOptOutBeatsTheEmrsYes() {
    Merged merged =
        ConsentMerge.of(YES, false, Set.of(GhlChannel.EMAIL), false, ConsentSettings.DEFAULT);
    assertThat(merged.email()).isEqualTo(new Permission(false, false));
    assertThat(merged.sms()).isEqualTo(new Permission(true, true));
    assertThat(merged.toClose()).isEmpty();
    Merged closed = ConsentMerge.of(YES, true, Set.of(), false, ConsentSettings.DEFAULT);
    assertThat(closed.call()).isEqualTo(new Permission(false, false));
  }

  @Test
  void aMinorWithoutGuardianAndARefusedPrivacyPolicyMeanNoMarketing() {
    assertThat(ConsentMerge.of(YES, false, Set.of(), true, ConsentSettings.DEFAULT).email())
        .isEqualTo(new Permission(false, true));
    Consent noPolicy = new Consent(true, true, null, null, false);
    assertThat(ConsentMerge.of(noPolicy, false, Set.of(), false, ConsentSettings.DEFAULT).sms())
        .isEqualTo(new Permission(false, true));
  }

  @Property(tries = 500)
  void nothingIsEverOpenedAndNothingIsClosedTwice(
      @ForAll("consents") Consent emr,
      @ForAll Set<GhlChannel> closed,
      @ForAll boolean all,
      @ForAll boolean minor,
      @ForAll("settings") ConsentSettings settings) {
    Merged merged = ConsentMerge.of(emr, all, closed, minor, settings);
    assertThat(java.util.Collections.disjoint(merged.toClose(), closed)).isTrue();
    if (all || closed.contains(GhlChannel.EMAIL)) {
      assertThat(merged.email()).isEqualTo(new Permission(false, false));
    }
    if (Boolean.FALSE.equals(emr.emailMarketing())) {
      assertThat(merged.email().marketing()).isFalse();
    }
    if (Boolean.FALSE.equals(emr.smsService())) {
      assertThat(merged.sms().service()).isFalse();
    }
  }

  @Property(tries = 300)
  void moreRefusalsNeverAllowMore(
      @ForAll("consents") Consent emr, @ForAll("settings") ConsentSettings settings) {
    Consent stricter =
        new Consent(
            false, emr.smsMarketing(), emr.emailService(), emr.smsService(), emr.privacyPolicy());
    Merged before = ConsentMerge.of(emr, false, Set.of(), false, settings);
    Merged after = ConsentMerge.of(stricter, false, Set.of(), false, settings);
    assertThat(after.email().marketing()).isFalse();
    assertThat(after.toClose()).containsAll(before.toClose());
  }

  @Provide
  Arbitrary<Consent> consents() {
    Arbitrary<Boolean> answer = Arbitraries.of(true, false).injectNull(0.4);
    return Combinators.combine(answer, answer, answer, answer, answer).as(Consent::new);
  }

  @Provide
  Arbitrary<ConsentSettings> settings() {
    return Combinators.combine(
            Arbitraries.of(Missing.class),
            Arbitraries.of(Missing.class),
            Arbitraries.of(Closing.class))
        .as(ConsentSettings::new);
  }
}
