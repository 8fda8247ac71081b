package io.clinicsync.sandbox.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The short way to an instant leads where the general parser does. */
class MomentsTests {

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ssxxx", Locale.ROOT);

  @Property(tries = 2000)
  void everyMomentWithAnyOffsetIsItself(
      @ForAll @LongRange(min = -62_000_000_000L, max = 250_000_000_000L) long seconds,
      @ForAll @IntRange(min = -18 * 60, max = 18 * 60) int minutes) {
    Instant moment = Instant.ofEpochSecond(seconds);
    assertThat(Moments.instant(moment.toString())).isEqualTo(moment);
    String local = TIME.format(moment.atOffset(ZoneOffset.ofTotalSeconds(minutes * 60)));
    assertThat(Moments.instant(local)).as(local).isEqualTo(moment);
  }

  @Property(tries = 2000)
  void twoDigitsAnywhereMeanWhatTheGeneralParserSays(
      @ForAll @IntRange(min = 0, max = 6) int part,
      @ForAll @IntRange(min = 0, max = 99) int value) {
    int[] starts = {0, 5, 8, 11, 14, 17, 20};
    StringBuilder text = new StringBuilder("2024-02-29T23:59:59+10:30");
    text.replace(starts[part], starts[part] + 2, "%02d".formatted(value));
    assertThat(outcome(text.toString(), true)).isEqualTo(outcome(text.toString(), false));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2026-06-10T16:00:00.123Z",
        "2026-06-10T16:00:00.5+02:00",
        "2026-06-10T16:00Z",
        "2026-06-10T16:00:00-00:30",
        "2026-06-10T16:00:00+18:00",
        "+12026-06-10T16:00:00Z",
        "2026-06-10T16:00:00+01:00:30"
      })
  void rarerFormsAreReadToo(String text) {
    assertThat(Moments.instant(text)).isEqualTo(OffsetDateTime.parse(text).toInstant());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "lately",
        "2026-06-10",
        "2026-02-30T16:00:00Z",
        "2026-13-10T16:00:00Z",
        "2026-06-10 16:00:00Z",
        "2026-06-10T16:00:00",
        "2026-06-10T1a:00:00Z",
        "2026-06-10T16:00:00*02:00",
        "2026-06-10T16:00:00+18:30",
        "2026-06-10T16:00:00z+0:00"
      })
  void whatIsNoTimeIsRefusedAsTheGeneralParserDoes(String text) {
    assertThatThrownBy(() -> Moments.instant(text)).isInstanceOf(DateTimeParseException.class);
  }

  private static String outcome(String text, boolean ours) {
    try {
      Instant read = ours ? Moments.instant(text) : OffsetDateTime.parse(text).toInstant();
      return LocalDateTime.ofInstant(read, ZoneOffset.UTC).toString();
    } catch (DateTimeParseException refused) {
      return "refused";
    }
  }
}
