package io.clinicsync.booking;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.clinicsync.canonical.TimeRange;
import java.time.Duration;
import java.time.Instant;

/**
 * What a clinic allows through us, for one treatment or for all of a connection [BK-4]. Stored as
 * JSON; a missing key takes its default.
 *
 * @param bookable whether it may be booked through us at all
 * @param noticeMinutes how long before its start the latest booking comes
 * @param horizonDays how far ahead the latest start lies
 * @param bufferBeforeMinutes kept free before
 * @param bufferAfterMinutes kept free after
 * @param dailyCap with how many appointments, whoever booked them, a practitioner's day is full for
 *     us; 0 for no limit
 * @param patients who may book
 * @param register whether somebody unknown may be registered
 * @param reschedule whether appointments may be moved
 * @param cancel whether appointments may be cancelled
 * @param duplicates whether a person may have a second appointment of the treatment ahead
 * @param windowHours how close to its start moving and cancelling counts as late
 * @param insideWindow what then happens [BK-5]
 * @param aiVisible whether voice and chat agents see and book it
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record BookingPolicy(
    boolean bookable,
    int noticeMinutes,
    int horizonDays,
    int bufferBeforeMinutes,
    int bufferAfterMinutes,
    int dailyCap,
    Patients patients,
    boolean register,
    boolean reschedule,
    boolean cancel,
    boolean duplicates,
    int windowHours,
    InsideWindow insideWindow,
    boolean aiVisible) {

  /** What holds until a clinic decides otherwise. */
  public static final BookingPolicy DEFAULT =
      new BookingPolicy(
          true,
          0,
          365,
          0,
          0,
          0,
          Patients.ANY,
          true,
          true,
          true,
          true,
          24,
          InsideWindow.ALLOW,
          true);

  /** What an appointment keeps of a practitioner's time. */
  TimeRange kept(Instant startsAt, Instant endsAt) {
    return new TimeRange(
        startsAt.minus(Duration.ofMinutes(bufferBeforeMinutes)),
        endsAt.plus(Duration.ofMinutes(bufferAfterMinutes)));
  }

  /** Who may book. */
  public enum Patients {
    ANY,
    /** Only who never had an appointment. */
    NEW_ONLY,
    RETURNING_ONLY
  }

  /** What happens to a late change. */
  public enum InsideWindow {
    /** It is done, and the answer says that it was late. */
    ALLOW,
    REFUSE
  }
}
