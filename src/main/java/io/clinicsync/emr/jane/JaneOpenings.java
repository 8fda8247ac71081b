package io.clinicsync.emr.jane;

import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.canonical.Slot;
import io.clinicsync.canonical.TimeRange;
import io.clinicsync.emr.spi.AvailabilityProvider;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.wire.Entry;
import io.clinicsync.emr.wire.VendorWire;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Open times, asked seven days at a time. Times that can only be had by calling the clinic are left
 * out.
 */
final class JaneOpenings implements AvailabilityProvider {

  private static final int MOST_DAYS = 7;

  private final JaneWeb web;

  JaneOpenings(JaneWeb web) {
    this.web = web;
  }

  @Override
  public List<Slot> openSlots(EmrAccount account, SlotQuery query) {
    TimeRange range = query.range();
    LocalDate last = range.to().minusMillis(1).atZone(account.zone()).toLocalDate();
    List<Slot> slots = new ArrayList<>();
    for (LocalDate day = range.from().atZone(account.zone()).toLocalDate();
        !day.isAfter(last);
        day = day.plusDays(MOST_DAYS)) {
      long days = Math.min(MOST_DAYS, ChronoUnit.DAYS.between(day, last) + 1);
      slots.addAll(week(account, query, day, days));
    }
    return slots.stream()
        .filter(slot -> range.contains(slot.startsAt()))
        .distinct()
        .sorted(Comparator.comparing(Slot::startsAt))
        .toList();
  }

  private List<Slot> week(EmrAccount account, SlotQuery query, LocalDate day, long days) {
    JaneQuery asked =
        new JaneQuery()
            .with("location_id", query.site().id())
            .with("treatment_id", query.treatment().id())
            .with("staff_member_id", query.practitioner().id())
            .with("start_date", day)
            .with("num_days", days);
    JaneWeb.Got got = web.get(account, "jane.web.openings", "/api/v2/openings", asked);
    if (!got.json().isArray()) {
      throw VendorWire.broken("jane.web.openings");
    }
    List<Slot> slots = new ArrayList<>();
    for (JsonNode person : got.json()) {
      for (JsonNode opening : person.path("openings")) {
        Slot slot =
            JaneConnector.readable(
                got.document().entry(opening), entry -> slot(account, query, entry));
        if (slot != null) {
          slots.add(slot);
        }
      }
    }
    return slots;
  }

  private static @Nullable Slot slot(EmrAccount account, SlotQuery query, Entry entry) {
    String state = entry.text("state");
    boolean open = state == null || state.equals("opening");
    boolean asked = query.practitioner().id().value().equals(entry.text("staff_member_id"));
    if (!open || !asked || Boolean.TRUE.equals(entry.flag("call_to_book"))) {
      return null;
    }
    Instant start = JaneTimes.local(entry, "start_at", account.zone());
    Instant end = JaneTimes.local(entry, "end_at", account.zone());
    String room = entry.text("room_id");
    return new Slot(
        start,
        end,
        query.practitioner(),
        query.treatment(),
        query.site(),
        room == null ? null : EmrRef.of(RecordKind.ROOM, room),
        null);
  }
}
