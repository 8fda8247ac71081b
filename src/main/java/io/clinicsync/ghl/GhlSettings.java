package io.clinicsync.ghl;

import java.net.URI;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Our marketplace app, where there is one; private integration tokens need none. {@code toString}
 * shows no secret.
 *
 * @param clientId empty without an app
 * @param redirect where the vendor sends a clinic back to
 * @param base of the API; another one only for sandboxes
 */
@ConfigurationProperties("clinicsync.ghl")
public record GhlSettings(
    @DefaultValue("") String clientId,
    @DefaultValue("") String clientSecret,
    @DefaultValue("http://localhost:8080/oauth/ghl") URI redirect,
    @DefaultValue("https://marketplace.gohighlevel.com/v2/oauth/chooselocation") URI authorizePage,
    @DefaultValue("https://services.leadconnectorhq.com") URI base) {

  /** The app with the scopes that sync and booking need. */
  public GhlApp app() {
    return new GhlApp(clientId, clientSecret, authorizePage, redirect, GhlApp.SCOPES);
  }

  @Override
  public String toString() {
    return "GhlSettings[base=" + base + ", app=" + !clientId.isEmpty() + "]";
  }
}
