package io.clinicsync.emr.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.clinicsync.emr.spi.AccessWay;
import io.clinicsync.emr.spi.CredentialField;
import io.clinicsync.emr.spi.EmrDescriptor;
import java.util.Locale;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What a connector says about itself. */
interface DescriptorContract {

  TckStage stage();

  @Test
  default void theIdIsThePackageName() {
    EmrDescriptor descriptor = stage().connector().descriptor();
    String packageName = stage().connector().getClass().getPackageName();
    assertThat(packageName).endsWith("." + descriptor.id());
    assertThat(descriptor.name()).isNotBlank();
    assertThat(descriptor).isEqualTo(stage().connector().descriptor());
  }

  @Test
  default void everyWayIsDescribedInFull() {
    assertThat(stage().connector().descriptor().ways()).isNotEmpty();
    for (AccessWay way : stage().connector().descriptor().ways()) {
      assertThat(way.limit().calls()).isPositive();
      assertThat(way.limit().atOnce()).isPositive();
      assertThat(way.limit().per()).isPositive();
      assertThat(way.limit().keptForBooking()).isLessThan(way.limit().calls());
      assertThat(way.hosts())
          .isNotEmpty()
          .allMatch(host -> host.startsWith("^") && host.endsWith("$"));
      for (CredentialField field : way.credentials()) {
        assertThat(field.help()).isNotBlank();
        String name = field.name().toLowerCase(Locale.ROOT);
        if (name.contains("key") || name.contains("secret") || name.contains("password")) {
          assertThat(field.secret()).as(field.name()).isTrue();
        }
      }
    }
  }

  @Test
  default void anAccountLivesOnAKnownHost() {
    AccessWay way = stage().way();
    String host = stage().connector().base(way, stage().first().truth().credentials()).getHost();
    assertThat(way.hosts()).anyMatch(pattern -> Pattern.matches(pattern, host));
  }

  @Test
  default void eachCapabilityIsDeclaredOnce() {
    var capabilities = stage().connector().capabilities(stage().first().account());
    assertThat(capabilities.stream().map(Object::getClass)).doesNotHaveDuplicates();
    assertThat(stage().sources().stream().map(TckStage::kind)).doesNotHaveDuplicates();
  }
}
