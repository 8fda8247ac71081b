package io.clinicsync.ghl;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The custom fields of one sub-account, found by key and by id: values are written and returned by
 * id only.
 */
public final class GhlCustomFields {

  private final Map<String, GhlCustomField> byKey = new HashMap<>();
  private final Map<String, GhlCustomField> byId = new HashMap<>();

  public GhlCustomFields(Collection<GhlCustomField> fields) {
    for (GhlCustomField field : fields) {
      byKey.putIfAbsent(field.key(), field);
      byId.put(field.id(), field);
    }
  }

  /** The field with this key, with or without the {@code contact.} prefix. */
  public Optional<GhlCustomField> byKey(String key) {
    return Optional.ofNullable(byKey.get(GhlCustomField.withoutPrefix(key)));
  }

  public Optional<GhlCustomField> byId(String id) {
    return Optional.ofNullable(byId.get(id));
  }

  public List<GhlCustomField> all() {
    return List.copyOf(byId.values());
  }
}
