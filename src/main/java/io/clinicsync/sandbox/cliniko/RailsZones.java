package io.clinicsync.sandbox.cliniko;

import java.time.ZoneId;
import java.util.Map;

/** The labels Cliniko's screens use for zones. */
final class RailsZones {

  private static final Map<String, String> ODD =
      Map.of(
          "America/New_York", "Eastern Time (US & Canada)",
          "America/Chicago", "Central Time (US & Canada)",
          "America/Denver", "Mountain Time (US & Canada)",
          "America/Los_Angeles", "Pacific Time (US & Canada)",
          "America/Toronto", "Eastern Time (US & Canada)",
          "America/Vancouver", "Pacific Time (US & Canada)");

  static String name(ZoneId zone) {
    String id = zone.getId();
    return ODD.getOrDefault(id, id.substring(id.lastIndexOf('/') + 1).replace('_', ' '));
  }

  private RailsZones() {}
}
