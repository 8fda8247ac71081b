package io.clinicsync.emr.practicebetter;

import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The vendor names zones as Windows does. These are the ones of countries it sells to, by the
 * mapping of Unicode's CLDR.
 */
final class WindowsZones {

  private static final Map<String, String> IANA =
      Map.ofEntries(
          Map.entry("Eastern Standard Time", "America/New_York"),
          Map.entry("US Eastern Standard Time", "America/Indianapolis"),
          Map.entry("Central Standard Time", "America/Chicago"),
          Map.entry("Canada Central Standard Time", "America/Regina"),
          Map.entry("Mountain Standard Time", "America/Denver"),
          Map.entry("US Mountain Standard Time", "America/Phoenix"),
          Map.entry("Pacific Standard Time", "America/Los_Angeles"),
          Map.entry("Alaskan Standard Time", "America/Anchorage"),
          Map.entry("Hawaiian Standard Time", "Pacific/Honolulu"),
          Map.entry("Atlantic Standard Time", "America/Halifax"),
          Map.entry("Newfoundland Standard Time", "America/St_Johns"),
          Map.entry("GMT Standard Time", "Europe/London"),
          Map.entry("W. Europe Standard Time", "Europe/Berlin"),
          Map.entry("Romance Standard Time", "Europe/Paris"),
          Map.entry("Central Europe Standard Time", "Europe/Budapest"),
          Map.entry("Central European Standard Time", "Europe/Warsaw"),
          Map.entry("South Africa Standard Time", "Africa/Johannesburg"),
          Map.entry("Arabian Standard Time", "Asia/Dubai"),
          Map.entry("India Standard Time", "Asia/Kolkata"),
          Map.entry("Singapore Standard Time", "Asia/Singapore"),
          Map.entry("W. Australia Standard Time", "Australia/Perth"),
          Map.entry("Cen. Australia Standard Time", "Australia/Adelaide"),
          Map.entry("AUS Central Standard Time", "Australia/Darwin"),
          Map.entry("E. Australia Standard Time", "Australia/Brisbane"),
          Map.entry("AUS Eastern Standard Time", "Australia/Sydney"),
          Map.entry("Tasmania Standard Time", "Australia/Hobart"),
          Map.entry("New Zealand Standard Time", "Pacific/Auckland"),
          Map.entry("UTC", "Etc/UTC"));

  private WindowsZones() {}

  /** The Windows name of a zone; null where none of these is it. */
  static @Nullable String name(ZoneId zone) {
    return IANA.entrySet().stream()
        .filter(each -> each.getValue().equals(zone.getId()))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElse(null);
  }

  /** The zone of a Windows or IANA name; null when it is neither. */
  static @Nullable ZoneId zone(@Nullable String name) {
    if (name == null) {
      return null;
    }
    try {
      return ZoneId.of(IANA.getOrDefault(name, name));
    } catch (DateTimeException unknown) {
      return null;
    }
  }
}
