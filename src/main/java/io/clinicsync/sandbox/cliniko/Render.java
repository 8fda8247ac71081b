package io.clinicsync.sandbox.cliniko;

import io.clinicsync.sandbox.server.JsonOut;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rows as Cliniko's JSON. */
final class Render {

  private final String base;

  /**
   * @param base such as {@code http://localhost:8090/cliniko/v1/} with the slash
   */
  Render(String base) {
    this.base = base;
  }

  /** The row's JSON as bytes; written once per version and then remembered. */
  byte[] bytes(Row row) {
    Row.Rendered known = row.rendered();
    if (known == null || !known.base().equals(base)) {
      known = new Row.Rendered(base, one(row).getBytes(StandardCharsets.UTF_8));
      row.rendered(known);
    }
    return known.json();
  }

  String one(Row row) {
    JsonOut out = new JsonOut(2048);
    write(out, row);
    return out.toString();
  }

  void write(JsonOut out, Row row) {
    String id = Long.toString(row.id);
    out.open().member("id", id);
    for (Schema.Field field : row.schema.fields) {
      member(out, field, id, row.at(field.index()));
    }
    link(
        out,
        "links",
        null,
        row.schema == Shapes.REFERRALS
            ? "patients/" + row.ref("patient") + "/referral_source"
            : row.schema.resource + "/" + id);
    out.close();
  }

  private void member(JsonOut out, Schema.Field field, String id, @Nullable Object value) {
    switch (field.kind()) {
      case REF -> {
        if (value != null) {
          link(out, field.name(), "links", field.target() + "/" + value);
        }
      }
      case LINK -> link(out, field.name(), "links", field.target().replace("{id}", id));
      case JSON -> out.name(field.name()).raw(value == null ? "null" : value.toString());
      case IDS -> {
        out.name(field.name()).openList();
        if (value instanceof List<?> ids) {
          ids.forEach(one -> out.text(String.valueOf(one)));
        }
        out.closeList();
      }
      case DECIMAL -> out.member(field.name(), value == null ? null : decimal((BigDecimal) value));
      default -> out.member(field.name(), value);
    }
  }

  private void link(JsonOut out, String name, @Nullable String inner, String path) {
    out.name(name).open();
    if (inner != null) {
      out.name(inner).open();
    }
    out.member("self", base + path);
    if (inner != null) {
      out.close();
    }
    out.close();
  }

  /** The vendor's decimals always show one digit after the point. */
  static String decimal(BigDecimal amount) {
    BigDecimal plain = amount.stripTrailingZeros();
    return (plain.scale() < 1 ? plain.setScale(1) : plain).toPlainString();
  }
}
