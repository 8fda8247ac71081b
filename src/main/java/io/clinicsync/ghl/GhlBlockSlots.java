package io.clinicsync.ghl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Blocked times of a sub-account's calendars. Every method may fail with a {@link GhlException},
 * and NOT_FOUND where the calendar or the block is not there any more. Vendor reference:
 * marketplace.gohighlevel.com/docs/ghl/calendars.
 */
public final class GhlBlockSlots {

  private final Caller caller;

  GhlBlockSlots(Caller caller) {
    this.caller = caller;
  }

  /** Sends a call and reads its answer. */
  @FunctionalInterface
  interface Caller {
    JsonNode call(
        GhlAccount account,
        GhlEndpoint endpoint,
        String path,
        Map<String, String> query,
        @Nullable JsonNode body);
  }

  /**
   * What a block is to be.
   *
   * @param zone the times are written with its offset, so that a reader who looks at the wall time
   *     only understands them as well
   */
  public record Wanted(
      String calendarId, String title, Instant startsAt, Instant endsAt, ZoneId zone) {}

  /**
   * Blocks that overlap a span of one calendar; no pages, so ask for narrow spans
   * [calendars/get-blocked-slots].
   */
  public List<GhlBlock> list(GhlAccount account, String calendarId, Instant from, Instant to) {
    Map<String, String> query = new LinkedHashMap<>();
    query.put("locationId", account.locationId());
    query.put("calendarId", calendarId);
    query.put("startTime", Long.toString(from.toEpochMilli()));
    query.put("endTime", Long.toString(to.toEpochMilli()));
    return new GhlReader()
        .blocks(
            caller.call(account, GhlEndpoint.BLOCKS_LIST, "/calendars/blocked-slots", query, null));
  }

  /**
   * Blocks a time, whatever stands in it already; sent once [calendars/create-block-slot].
   *
   * @throws GhlException OUTCOME_UNKNOWN when it may have been done: look for its title then
   */
  public GhlBlock create(GhlAccount account, Wanted wanted) {
    return written(GhlEndpoint.BLOCK_CREATE, account, "/calendars/events/block-slots", wanted);
  }

  /** Sets a block's times and title [calendars/edit-block-slot]. */
  public GhlBlock update(GhlAccount account, String blockId, Wanted wanted) {
    return written(
        GhlEndpoint.BLOCK_UPDATE,
        account,
        "/calendars/events/block-slots/" + GhlWire.encoded(blockId),
        wanted);
  }

  /** Removes a block for good [calendars/delete-event]. */
  public void delete(GhlAccount account, String blockId) {
    String path = "/calendars/events/" + GhlWire.encoded(blockId);
    caller.call(
        account, GhlEndpoint.EVENT_DELETE, path, Map.of(), GhlJson.MAPPER.createObjectNode());
  }

  private GhlBlock written(GhlEndpoint endpoint, GhlAccount account, String path, Wanted wanted) {
    ObjectNode body =
        GhlJson.MAPPER
            .createObjectNode()
            .put("locationId", account.locationId())
            .put("calendarId", wanted.calendarId())
            .put("title", wanted.title())
            .put("startTime", time(wanted.startsAt(), wanted.zone()))
            .put("endTime", time(wanted.endsAt(), wanted.zone()));
    return new GhlReader().block(endpoint, caller.call(account, endpoint, path, Map.of(), body));
  }

  private static String time(Instant moment, ZoneId zone) {
    return OffsetDateTime.ofInstant(moment, zone).format(DateTimeFormatter.ISO_OFFSET_DATE_TIME);
  }
}
