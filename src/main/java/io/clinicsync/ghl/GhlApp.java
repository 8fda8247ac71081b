package io.clinicsync.ghl;

import java.net.URI;
import java.util.List;

/**
 * Our marketplace app at GoHighLevel. {@code toString} shows no secret.
 *
 * @param authorizePage where a clinic chooses its sub-account
 * @param redirect exact redirect address registered with the app [R46]
 */
public record GhlApp(
    String clientId, String clientSecret, URI authorizePage, URI redirect, List<String> scopes) {

  /** The vendor's page for choosing a sub-account. */
  public static final URI PUBLIC_AUTHORIZE_PAGE =
      URI.create("https://marketplace.gohighlevel.com/v2/oauth/chooselocation");

  /** What contact sync and the booking bridge need, no more. */
  public static final List<String> SCOPES =
      List.of(
          "contacts.readonly",
          "contacts.write",
          "locations.readonly",
          "locations/customFields.readonly",
          "locations/customFields.write",
          "locations/customValues.readonly",
          "locations/customValues.write",
          "locations/tags.readonly",
          "locations/tags.write",
          "calendars.readonly",
          "calendars/events.readonly",
          "calendars/events.write",
          "workflows.readonly",
          "users.readonly");

  public GhlApp {
    scopes = List.copyOf(scopes);
  }

  /** The app id other endpoints ask for: the part of the client id before the dash. */
  public String appId() {
    int dash = clientId.indexOf('-');
    return dash < 0 ? clientId : clientId.substring(0, dash);
  }

  @Override
  public String toString() {
    return "GhlApp[" + appId() + "]";
  }
}
