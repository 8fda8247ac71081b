package io.clinicsync.sandbox.practicebetter;

import java.util.Map;
import java.util.TreeMap;

/** The zones of {@code GET /timezones}, by their IANA name. */
final class WindowsZones {

  static final Map<String, String> NAMES =
      new TreeMap<>(
          Map.of(
              "America/New_York", "Eastern Standard Time",
              "America/Chicago", "Central Standard Time",
              "America/Denver", "Mountain Standard Time",
              "America/Los_Angeles", "Pacific Standard Time",
              "Europe/London", "GMT Standard Time",
              "Europe/Berlin", "W. Europe Standard Time",
              "Australia/Sydney", "AUS Eastern Standard Time",
              "America/Vancouver", "Pacific Standard Time",
              "America/Toronto", "Eastern Standard Time",
              "Etc/UTC", "UTC"));

  private WindowsZones() {}
}
