package io.clinicsync.sandbox.ghl;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A custom field of a location. The key is fixed when the field is made and survives renaming. */
record CustomField(
    String id,
    String locationId,
    String name,
    String fieldKey,
    String dataType,
    String model,
    int position,
    @Nullable String placeholder,
    List<String> options,
    @Nullable String parentId) {

  Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("id", id);
    json.put("name", name);
    json.put("model", model);
    json.put("fieldKey", fieldKey);
    json.put("placeholder", placeholder == null ? "" : placeholder);
    json.put("dataType", dataType);
    json.put("position", position);
    if (!options.isEmpty()) {
      json.put("picklistOptions", options);
    }
    if (parentId != null) {
      json.put("parentId", parentId);
    }
    json.put("locationId", locationId);
    return json;
  }

  CustomField renamed(
      String newName, @Nullable String newPlaceholder, int newPosition, List<String> newOptions) {
    return new CustomField(
        id,
        locationId,
        newName,
        fieldKey,
        dataType,
        model,
        newPosition,
        newPlaceholder,
        newOptions,
        parentId);
  }
}
