package io.clinicsync.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;

/**
 * The fewest read calls of a cycle that a way's interface allows: one for each list that can be
 * asked for what changed, more where a list cannot and a stretch of it has to be read again.
 */
@FunctionalInterface
interface WireFloor {

  /** What a cycle is about. */
  record Cycle(JsonNode truth, Instant now, int renamed, int booked) {

    /** Rows of a table whose moment is in the window around now. */
    int rows(String table, String member, Duration back, Duration ahead) {
      int count = 0;
      for (JsonNode row : truth.path(table)) {
        String text = row.path(member).asText("");
        if (!text.isEmpty()) {
          Instant moment = OffsetDateTime.parse(text).toInstant();
          boolean within = !moment.isBefore(now.minus(back)) && moment.isBefore(now.plus(ahead));
          count += within ? 1 : 0;
        }
      }
      return count;
    }
  }

  Duration ALWAYS = Duration.ofDays(3650);

  int calls(Cycle cycle);

  /** Everything by change: patients, three kinds of appointments, invoices. */
  WireFloor CLINIKO = cycle -> pages(cycle.renamed(), 100) + 2 * pages(cycle.booked(), 100) + 1 + 1;

  /** Everything by change: patients, appointments, invoices. */
  WireFloor HALAXY = cycle -> pages(cycle.renamed(), 100) + pages(cycle.booked(), 100) + 1;

  /** Patients and appointments by change; a token lives as long as the pause between two cycles. */
  WireFloor JANE_API = cycle -> pages(cycle.renamed(), 100) + pages(cycle.booked(), 100) + 1;

  /**
   * Patients by change; the calendar by location and week, 14 days back and 90 ahead, and the list
   * of locations for it.
   */
  WireFloor JANE_WEB =
      cycle ->
          pages(cycle.renamed(), 100)
              + 1
              + cycle.truth().path("locations").size()
                  * spans(Duration.ofDays(104), Duration.ofDays(7));

  /**
   * Patients, appointments and invoices by change, void ones in a list of their own, all from 26
   * hours further back, since the zone of the stamps is not known; classes and payments by day, and
   * who takes part class by class.
   */
  WireFloor NOOKAL =
      cycle -> {
        Duration back = Duration.ofHours(26);
        int classes = cycle.rows("classes", "_start", Duration.ofDays(2), Duration.ofDays(14));
        return pages(cycle.rows("patients", "_modified", back, Duration.ZERO), 200)
            + pages(cycle.rows("appointments", "_modified", back, Duration.ZERO), 200)
            + pages(cycle.rows("invoices", "_modified", back, Duration.ZERO), 200)
            + 1
            + pages(classes, 200)
            + classes
            + 1;
      };

  /** Clients by change; sessions and invoices newest first, down to 14 and 30 days ago. */
  WireFloor PRACTICE_BETTER =
      cycle ->
          pages(cycle.renamed(), 100)
              + pages(cycle.rows("sessions", "sessionDate", Duration.ofDays(14), ALWAYS), 100)
              + pages(cycle.rows("invoices", "invoiceDate", Duration.ofDays(30), ALWAYS), 100);

  /** Nobody is called: exports are handed over. */
  WireFloor PROMPT_EMR = cycle -> 0;

  /**
   * The report on visits from 3 days back to 14 ahead, a day more on both sides; and whoever is
   * named by a changed one in the master data and in two reports.
   */
  WireFloor PT_EVERYWHERE =
      cycle ->
          pages(
                  cycle.rows(
                      "appointments", "startDateTime", Duration.ofDays(4), Duration.ofDays(15)),
                  200)
              + 3 * cycle.booked();

  /**
   * The calendar from 7 days back to 90 ahead, 90 at once, and whoever is named by a changed
   * appointment.
   */
  WireFloor SIMPLE_PRACTICE =
      cycle -> spans(Duration.ofDays(97), Duration.ofDays(90)) + cycle.booked();

  /** Pages of a list; an empty one takes a call, too. */
  private static int pages(int rows, int page) {
    return Math.max(1, Math.ceilDiv(rows, page));
  }

  /** Requests of a list that gives at most this long at once. */
  private static int spans(Duration window, Duration most) {
    return (int) Math.ceilDiv(window.toSeconds(), most.toSeconds());
  }
}
