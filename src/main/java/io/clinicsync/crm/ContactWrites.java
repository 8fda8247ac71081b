package io.clinicsync.crm;

import io.clinicsync.ghl.GhlChannel;
import io.clinicsync.ghl.GhlContactField;
import io.clinicsync.ghl.GhlContactWrite;
import io.clinicsync.ghl.GhlCustomFields;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;

/** Turns a change by field key into a write by the sub-account's field ids. */
public final class ContactWrites {

  private ContactWrites() {}

  /**
   * A write and what it could not include.
   *
   * @param missing keys that the sub-account has no field for; to be repaired [CF-1]
   */
  public record Prepared(GhlContactWrite write, List<String> missing) {
    public Prepared {
      missing = List.copyOf(missing);
    }
  }

  /** Prepares a write; natives are recognised by key, everything else is a custom field. */
  public static Prepared prepare(
      SortedMap<String, Object> change, GhlCustomFields fields, Set<GhlChannel> close) {
    Map<GhlContactField, String> natives = new EnumMap<>(GhlContactField.class);
    Map<String, Object> custom = new LinkedHashMap<>();
    List<String> missing = new ArrayList<>();
    change.forEach(
        (key, value) -> {
          for (GhlContactField field : GhlContactField.values()) {
            if (field.key().equals(key)) {
              natives.put(field, value.toString());
              return;
            }
          }
          fields
              .byKey(key)
              .ifPresentOrElse(field -> custom.put(field.id(), value), () -> missing.add(key));
        });
    return new Prepared(new GhlContactWrite(natives, custom, close), missing);
  }
}
