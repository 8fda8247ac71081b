package io.clinicsync.sandbox.simplepractice;

/** How one simulated practice behaves where SimplePractice's behaviour differs or is not known. */
final class Switches {

  /** How a signed-out call to a JSON address is answered. */
  enum SignedOut {
    REDIRECT,
    PAGE,
    UNAUTHORIZED,
    FORBIDDEN
  }

  volatile SignedOut signedOut = SignedOut.REDIRECT;

  /** Signing in asks for a code. */
  volatile boolean secondFactor;

  /** The code that was sent. */
  volatile String code = "135790";

  /** Appointments on top of others are refused. */
  volatile boolean refuseDoubleBooking;

  /** Billing overviews say nothing of what was paid. */
  volatile boolean hideTotalPaid;
}
