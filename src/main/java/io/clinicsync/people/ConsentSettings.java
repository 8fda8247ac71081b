package io.clinicsync.people;

/**
 * What a clinic decides about consent.
 *
 * @param marketing when the EMR does not know [CO-2]
 * @param service for messages about appointments, when the EMR does not know
 * @param closing which refusal closes the channel in the CRM; that stops service messages there as
 *     well
 */
public record ConsentSettings(Missing marketing, Missing service, Closing closing) {

  /**
   * No marketing without a yes, service messages unless refused, and a refusal of either closes the
   * channel.
   */
  public static final ConsentSettings DEFAULT =
      new ConsentSettings(Missing.TREAT_AS_NO, Missing.ALLOW, Closing.ANY_REFUSAL);

  /** What a missing answer means. */
  public enum Missing {
    TREAT_AS_NO,
    ALLOW
  }

  /**
   * When a channel is closed in the CRM. Only a stated no counts; a missing answer never closes
   * anything.
   */
  public enum Closing {
    ANY_REFUSAL,
    SERVICE_REFUSAL
  }
}
