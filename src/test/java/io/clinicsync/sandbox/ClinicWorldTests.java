package io.clinicsync.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.clinicsync.sandbox.world.Bill;
import io.clinicsync.sandbox.world.ClinicWorld;
import io.clinicsync.sandbox.world.Person;
import io.clinicsync.sandbox.world.Visit;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ClinicWorldTests {

  private static final Instant NOW = Instant.parse("2026-03-10T01:00:00Z");
  private static final ZoneId SYDNEY = ZoneId.of("Australia/Sydney");

  @Test
  void theSameSeedMakesTheSameWorld() {
    assertThat(ClinicWorld.of(4, 300, SYDNEY, NOW)).isEqualTo(ClinicWorld.of(4, 300, SYDNEY, NOW));
    assertThat(ClinicWorld.of(4, 300, SYDNEY, NOW).persons())
        .isNotEqualTo(ClinicWorld.of(5, 300, SYDNEY, NOW).persons());
  }

  @Test
  void evenASmallWorldHasEveryTroublesomeKind() {
    ClinicWorld world = ClinicWorld.of(1, 60, SYDNEY, NOW);
    assertThat(world.persons()).hasSize(60);
    assertThat(world.persons())
        .anyMatch(p -> p.mergedInto() >= 0)
        .anyMatch(p -> p.deletedAt() != null);
    assertThat(world.persons())
        .anyMatch(p -> p.email() == null)
        .anyMatch(p -> p.phones().isEmpty());
    assertThat(world.persons().stream().map(Person::marketingByEmail).collect(Collectors.toSet()))
        .containsExactlyInAnyOrder(true, false, null);
    assertThat(
            world.persons().stream()
                .filter(p -> p.email() != null)
                .collect(Collectors.groupingBy(Person::email, Collectors.counting()))
                .values())
        .anyMatch(n -> n >= 3);
    assertThat(sameName(world)).isTrue();
    Set<Integer> came = world.visits().stream().map(Visit::person).collect(Collectors.toSet());
    assertThat(came.size()).isLessThan(60);
    assertThat(world.sites())
        .extracting(site -> site.zone())
        .contains(ZoneId.of("Australia/Perth"));
    assertThat(world.visits()).anyMatch(v -> v.start().isAfter(NOW));
    assertThat(world.visits())
        .allMatch(v -> !v.updatedAt().isAfter(NOW) && !v.createdAt().isAfter(v.updatedAt()));
  }

  private static boolean sameName(ClinicWorld world) {
    Function<Person, String> name = p -> p.firstName() + "/" + p.lastName();
    return world.persons().stream().collect(Collectors.groupingBy(name)).values().stream()
        .anyMatch(group -> group.stream().map(Person::birthDate).distinct().count() > 1);
  }

  @Test
  void appointmentsLieOnBothSidesOfEveryClockChange() {
    ClinicWorld world = ClinicWorld.of(2, 100, SYDNEY, NOW);
    for (String change : new String[] {"2025-04-05T16:00:00Z", "2025-10-04T16:00:00Z"}) {
      Instant at = Instant.parse(change);
      assertThat(world.visits()).anyMatch(v -> v.start().equals(at.minus(Duration.ofMinutes(30))));
      assertThat(world.visits()).anyMatch(v -> v.start().equals(at.plus(Duration.ofMinutes(30))));
    }
  }

  @Test
  void alargerWorldHasUndoneArrivalsLateCancellationsAndEveryKindOfBill() {
    ClinicWorld world = ClinicWorld.of(3, 1500, SYDNEY, NOW);
    assertThat(world.visits()).anyMatch(v -> v.arrived() == null && v.arrivalNotedAt() != null);
    assertThat(world.visits())
        .anyMatch(
            v ->
                v.cancelledAt() != null
                    && v.cancelledAt().isAfter(v.start().minus(Duration.ofDays(1)))
                    && v.cancelledAt().isBefore(v.start()));
    assertThat(
            world.bills().stream()
                .map(Bill::state)
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(Bill.State.class))))
        .containsExactlyInAnyOrder(Bill.State.values());
    assertThat(world.bills()).anyMatch(bill -> bill.archivedAt() != null);
    assertThat(world.sessions())
        .anyMatch(s -> s.seats().stream().anyMatch(seat -> seat.cancelledAt() != null));
    assertThat(world.visits()).anyMatch(v -> !world.workers().get(v.worker()).active());
    assertThat(world.visits()).anyMatch(v -> world.sites().get(v.site()).archived());
  }
}
