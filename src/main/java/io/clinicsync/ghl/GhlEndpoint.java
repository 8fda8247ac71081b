package io.clinicsync.ghl;

/**
 * The endpoints we use. The version header is a constant of each, since the vendor versions them
 * apart.
 */
enum GhlEndpoint {
  CONTACT_GET("contacts.get", "GET", Version.MAIN, true),
  CONTACT_SEARCH("contacts.search", "POST", Version.MAIN, true),
  CONTACT_CREATE("contacts.create", "POST", Version.MAIN, false),
  CONTACT_UPDATE("contacts.update", "PUT", Version.MAIN, true),
  TAGS_ADD("contacts.tags.add", "POST", Version.MAIN, true),
  TAGS_REMOVE("contacts.tags.remove", "DELETE", Version.MAIN, true),
  FIELDS_LIST("fields.list", "GET", Version.MAIN, true),
  FIELD_CREATE("fields.create", "POST", Version.MAIN, false),
  FIELD_UPDATE("fields.update", "PUT", Version.MAIN, true),
  LOCATION_GET("locations.get", "GET", Version.MAIN, true),
  LOCATION_TAGS("locations.tags.list", "GET", Version.MAIN, true),
  WORKFLOWS_LIST("workflows.list", "GET", Version.MAIN, true),
  USERS_SEARCH("users.search", "GET", Version.MAIN, true),
  CALENDARS_LIST("calendars.list", "GET", Version.CALENDARS, true),
  EVENTS_LIST("calendars.events.list", "GET", Version.CALENDARS, true),
  APPOINTMENT_UPDATE("calendars.appointments.update", "PUT", Version.CALENDARS, true),
  BLOCKS_LIST("calendars.blocks.list", "GET", Version.CALENDARS, true),
  BLOCK_CREATE("calendars.blocks.create", "POST", Version.CALENDARS, false),
  BLOCK_UPDATE("calendars.blocks.update", "PUT", Version.CALENDARS, true),
  EVENT_DELETE("calendars.events.delete", "DELETE", Version.CALENDARS, true),
  NOTE_CREATE("contacts.notes.create", "POST", Version.MAIN, false),
  APPOINTMENT_GET("calendars.appointments.get", "GET", Version.CALENDARS, true),
  TOKEN("oauth.token", "POST", Version.NONE, false),
  LOCATION_TOKEN("oauth.locationToken", "POST", Version.MAIN, false),
  INSTALLED_LOCATIONS("oauth.installedLocations", "GET", Version.MAIN, true);

  private final String operation;
  private final String method;
  private final String version;
  private final boolean repeatable;

  GhlEndpoint(String operation, String method, String version, boolean repeatable) {
    this.operation = "ghl." + operation;
    this.method = method;
    this.version = version;
    this.repeatable = repeatable;
  }

  String operation() {
    return operation;
  }

  String method() {
    return method;
  }

  /** Value of the {@code Version} header; empty for none. */
  String version() {
    return version;
  }

  /** A read, or a write whose repetition changes nothing. */
  boolean repeatable() {
    return repeatable;
  }

  private static final class Version {
    static final String MAIN = "2021-07-28";
    static final String CALENDARS = "2021-04-15";
    static final String NONE = "";
  }
}
