package io.clinicsync.people;

import io.clinicsync.canonical.Patient.Consent;
import io.clinicsync.ghl.GhlChannel;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Brings the EMR's consent and the CRM's together [CO-1, CO-2, CO-3]: the stricter one wins. A
 * channel may be closed by us, and is never opened.
 */
public final class ConsentMerge {

  private ConsentMerge() {}

  /** What may be sent on one channel. */
  public record Permission(boolean marketing, boolean service) {}

  /**
   * The outcome.
   *
   * @param toClose channels to close in the CRM; none that is closed there already
   */
  public record Merged(Permission email, Permission sms, Permission call, Set<GhlChannel> toClose) {
    public Merged {
      toClose = Set.copyOf(toClose);
    }
  }

  /**
   * Merges.
   *
   * @param emr what the EMR knows; it never knows anything about calls
   * @param allClosed the contact as a whole is closed in the CRM, as just read
   * @param closed channels closed in the CRM, as just read
   * @param minorWithoutGuardian a minor whose guardian has no contact: no marketing
   */
  public static Merged of(
      Consent emr,
      boolean allClosed,
      Set<GhlChannel> closed,
      boolean minorWithoutGuardian,
      ConsentSettings settings) {
    // A patient who refused the privacy policy is not marketed to, whatever else was ticked.
    boolean noMarketing = minorWithoutGuardian || Boolean.FALSE.equals(emr.privacyPolicy());
    boolean emailOpen = !allClosed && !closed.contains(GhlChannel.EMAIL);
    boolean smsOpen = !allClosed && !closed.contains(GhlChannel.SMS);
    boolean callOpen = !allClosed && !closed.contains(GhlChannel.CALL);
    Set<GhlChannel> toClose = EnumSet.noneOf(GhlChannel.class);
    if (emailOpen && closes(emr.emailMarketing(), emr.emailService(), settings)) {
      toClose.add(GhlChannel.EMAIL);
      emailOpen = false;
    }
    if (smsOpen && closes(emr.smsMarketing(), emr.smsService(), settings)) {
      toClose.add(GhlChannel.SMS);
      smsOpen = false;
    }
    return new Merged(
        permission(emailOpen, noMarketing, emr.emailMarketing(), emr.emailService(), settings),
        permission(smsOpen, noMarketing, emr.smsMarketing(), emr.smsService(), settings),
        permission(callOpen, noMarketing, null, null, settings),
        toClose);
  }

  private static Permission permission(
      boolean open,
      boolean noMarketing,
      @Nullable Boolean marketing,
      @Nullable Boolean service,
      ConsentSettings settings) {
    return new Permission(
        open && !noMarketing && allowed(marketing, settings.marketing()),
        open && allowed(service, settings.service()));
  }

  private static boolean allowed(@Nullable Boolean answer, ConsentSettings.Missing missing) {
    return answer == null ? missing == ConsentSettings.Missing.ALLOW : answer;
  }

  private static boolean closes(
      @Nullable Boolean marketing, @Nullable Boolean service, ConsentSettings settings) {
    return Boolean.FALSE.equals(service)
        || settings.closing() == ConsentSettings.Closing.ANY_REFUSAL
            && Boolean.FALSE.equals(marketing);
  }
}
