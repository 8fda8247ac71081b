package io.clinicsync.emr.jane;

import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.OAuthSignIn;
import java.net.URI;
import java.util.List;

/**
 * Signing in at Jane's identity server: authorization code with PKCE, for exactly one clinic.
 *
 * @see <a href="https://developers.jane.app">Jane Developer Platform, authentication</a>
 */
final class JaneSignIn implements OAuthSignIn {

  static final List<String> SCOPES =
      List.of(
          "offline_access",
          "patients:read",
          "appointments:read",
          "staff_members:read",
          "locations:read",
          "treatments:read",
          "disciplines:read",
          "companies:read",
          "webhooks:read",
          "webhooks:create",
          "webhooks:delete");

  private final JaneGrants grants;

  JaneSignIn(JaneGrants grants) {
    this.grants = grants;
  }

  @Override
  public URI authorize(EmrAccount account, URI redirect, String state, String challenge) {
    JaneQuery query =
        new JaneQuery()
            .with("response_type", "code")
            .with("client_id", account.credentials().require(JaneGrants.CLIENT_ID))
            .with("redirect_uri", redirect)
            .with("scope", String.join(" ", SCOPES))
            .with("state", state)
            .with("code_challenge", challenge)
            .with("code_challenge_method", "S256")
            // The token is good at this clinic's host only.
            .with("resource", JaneHosts.clinic(account.credentials()))
            .with("prompt", "consent");
    return URI.create(JaneHosts.identity(account, "auth") + query.text());
  }

  @Override
  public void redeem(EmrAccount account, URI redirect, String code, String verifier) {
    grants.redeem(
        account,
        new JaneQuery()
            .with("grant_type", "authorization_code")
            .with("code", code)
            .with("redirect_uri", redirect)
            .with("code_verifier", verifier));
  }
}
