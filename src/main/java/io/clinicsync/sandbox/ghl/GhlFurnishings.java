package io.clinicsync.sandbox.ghl;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a location has that never changes: the people who work there, and a workflow. */
final class GhlFurnishings {

  /** The people who work in this sub-account. */
  static List<Map<String, Object>> users(GhlLocation location) {
    String id = location.id();
    Map<String, Object> owner = new LinkedHashMap<>();
    owner.put("id", GhlIds.named("user/" + id));
    owner.put("name", "Robin Example");
    owner.put("firstName", "Robin");
    owner.put("lastName", "Example");
    owner.put("email", "robin@clinic.example.com");
    owner.put("phone", "+15005550006");
    owner.put("deleted", false);
    owner.put("roles", Map.of("type", "account", "role", "admin", "locationIds", List.of(id)));
    return List.of(owner);
  }

  /** What a snapshot brought; the API can only read it. */
  static List<Map<String, Object>> workflows(GhlLocation location) {
    String id = location.id();
    Map<String, Object> reminder = new LinkedHashMap<>();
    reminder.put("id", GhlIds.named("workflow/" + id));
    reminder.put("name", "Appointment reminder");
    reminder.put("status", "published");
    reminder.put("version", 1);
    reminder.put("createdAt", "2025-01-15T00:00:00.000Z");
    reminder.put("updatedAt", "2025-01-15T00:00:00.000Z");
    reminder.put("locationId", id);
    return List.of(reminder);
  }

  private GhlFurnishings() {}
}
