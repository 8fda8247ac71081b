package io.clinicsync.emr.spi;

import java.net.URI;

/**
 * Signing in at the vendor's own page, for ways with {@link Auth.OAuth2}. {@code clinics} makes
 * state and verifier and checks the state; the connector knows the vendor's addresses.
 */
public non-sealed interface OAuthSignIn extends Capability {

  /**
   * Where the clinic's person goes to allow it.
   *
   * @param challenge PKCE S256 challenge of the verifier {@link #redeem} gets
   */
  URI authorize(EmrAccount account, URI redirect, String state, String challenge);

  /**
   * Turns the code into a grant and keeps it in the account's sessions.
   *
   * @throws EmrException CREDENTIALS_REJECTED when the vendor does not accept the code
   */
  void redeem(EmrAccount account, URI redirect, String code, String verifier);
}
