package io.clinicsync.sandbox.cliniko;

/**
 * The account's online booking rules, which only {@code available_times} obeys.
 *
 * @param noticeHours earliest bookable start from now
 * @param horizonDays how far ahead: 28, 84, 182 or 365
 * @param startsPerSegment at most so many starts each morning, afternoon and evening; 0 means all
 * @param minutesBetweenStarts the grid of starts
 */
public record OnlineBooking(
    boolean enabled,
    int noticeHours,
    int horizonDays,
    int startsPerSegment,
    int minutesBetweenStarts) {

  public static final OnlineBooking USUAL = new OnlineBooking(true, 2, 84, 0, 15);
}
