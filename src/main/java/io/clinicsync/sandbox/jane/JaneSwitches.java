package io.clinicsync.sandbox.jane;

/** How one simulated clinic behaves where Jane's behaviour differs or is not known. */
final class JaneSwitches {

  /** How a signed-out call to a JSON address is answered. */
  enum SignedOut {
    UNAUTHORIZED,
    REDIRECT,
    PAGE
  }

  volatile SignedOut signedOut = SignedOut.UNAUTHORIZED;

  /** Only the cookie of the last answer is good. */
  volatile boolean strictCookies;

  /** Writes need the page's CSRF token. */
  volatile boolean strictCsrf = true;

  /** Signing in asks for a code. */
  volatile boolean secondFactor;

  /** The code that was sent. */
  volatile String code = "246810";

  /**
   * Booking and moving into a taken time is refused. Jane's own screens let staff overlap; whether
   * their addresses do is not known.
   */
  volatile boolean refusesOverlaps;

  /** A cancellation is answered with nothing but its status. */
  volatile boolean bareCancellations;

  /** The signed text of a webhook is its timestamp, a dot and its body instead of the body. */
  volatile boolean timestampSigned;
}
