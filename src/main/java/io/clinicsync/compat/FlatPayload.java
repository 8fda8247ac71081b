package io.clinicsync.compat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clinicsync.crm.PayloadFields;
import java.math.BigDecimal;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** The payload of an EMR whose keys all stand on one level, as its field map names them. */
@Component
class FlatPayload {

  private final PayloadFields fields;

  FlatPayload(PayloadFields fields) {
    this.fields = fields;
  }

  ObjectNode render(Subject subject) {
    ObjectNode payload = JsonNodeFactory.instance.objectNode();
    Map<String, @Nullable Object> values =
        fields.values(
            subject.clinic(), subject.connection().emr(), subject.facts(), subject.changedAt());
    values.forEach((key, value) -> put(payload, key, value));
    return payload;
  }

  static void put(ObjectNode to, String key, @Nullable Object value) {
    switch (value) {
      case null -> to.putNull(key);
      case BigDecimal number -> number(to, key, number);
      case Boolean flag -> to.put(key, flag);
      default -> to.put(key, value.toString());
    }
  }

  /** Whole numbers without a point, as the documents show them. */
  static void number(ObjectNode to, String key, BigDecimal number) {
    if (number.stripTrailingZeros().scale() <= 0) {
      to.put(key, number.longValue());
    } else {
      to.put(key, number);
    }
  }
}
