package io.clinicsync.ghl;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class GhlContactWriteTests {

  @Test
  void whatCameBackInOtherSpellingIsApplied() {
    GhlContactWrite write =
        new GhlContactWrite(
            Map.of(
                GhlContactField.FIRST_NAME, "Ava",
                GhlContactField.EMAIL, "Ava@Example.org",
                GhlContactField.PHONE, "+61491570156",
                GhlContactField.DATE_OF_BIRTH, "1991-04-30"),
            Map.of(
                "date",
                "2026-03-12",
                "millis",
                "2026-03-12",
                "number",
                new BigDecimal("12.50"),
                "text",
                "Yes",
                "list",
                List.of("a", "b"),
                "cleared",
                ""),
            Set.of(GhlChannel.SMS));
    GhlContact returned =
        contact(
            Map.of(
                GhlContactField.FIRST_NAME, "ava",
                GhlContactField.EMAIL, "ava@example.org",
                GhlContactField.PHONE, "+61 491 570 156",
                GhlContactField.DATE_OF_BIRTH, "1991-04-30T00:00:00.000Z"),
            Map.of(
                "date",
                "2026-03-12T00:00:00.000Z",
                "millis",
                new BigDecimal("1773273600000"),
                "number",
                "12.5",
                "text",
                "Yes",
                "list",
                List.of("b", "a")),
            Set.of(GhlChannel.SMS));
    assertThat(write.notAppliedIn(returned)).isEmpty();
  }

  @Test
  void whatWasDroppedIsNamedByKeyAndId() {
    GhlContactWrite write =
        new GhlContactWrite(
            Map.of(GhlContactField.EMAIL, "ava@example.org", GhlContactField.PHONE, "+61491570156"),
            Map.of("f1", "Yes", "f2", new BigDecimal("2"), "f3", ""),
            Set.of(GhlChannel.EMAIL));
    GhlContact returned =
        contact(
            Map.of(GhlContactField.EMAIL, "ava@example.org"),
            Map.of("f2", new BigDecimal("3"), "f3", "old"),
            Set.of());
    assertThat(write.notAppliedIn(returned))
        .containsExactlyInAnyOrder("phone", "f1", "f2", "f3", "dnd.Email");
  }

  private static GhlContact contact(
      Map<GhlContactField, String> fields, Map<String, Object> custom, Set<GhlChannel> closed) {
    return new GhlContact("c1", "loc1", fields, List.of(), false, closed, custom, List.of());
  }
}
