package io.clinicsync.emr.spi;

import java.net.URI;
import java.util.List;

/** How requests of an access way are authenticated. */
public sealed interface Auth {

  /** A key in a header or query. */
  record ApiKey() implements Auth {}

  /** HTTP Basic. */
  record Basic() implements Auth {}

  /** OAuth 2 client credentials. */
  record ClientCredentials(URI tokenEndpoint) implements Auth {}

  /** OAuth 2 authorization code. */
  record OAuth2(URI authorizeEndpoint, URI tokenEndpoint, List<String> scopes, boolean pkce)
      implements Auth {}

  /** A signed-in web session. */
  record WebLogin() implements Auth {}

  /** Nothing is called: the clinic hands files over, and a {@link FileIntake} understands them. */
  record HandedOver() implements Auth {}
}
