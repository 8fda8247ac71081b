package io.clinicsync.sandbox.cliniko;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A filter of the mixed {@code /bookings} list, whose kinds do not all have every member. */
record BookingFilter(String name, Filter filter) {

  private static final Schema SHAPE =
      Schema.of(
          "bookings",
          """
          starts_at instant - f
          ends_at instant - f
          cancelled_at instant - f
          archived_at instant - f
          deleted_at instant - f
          did_not_arrive flag - f
          patient_ids ids - f
          appointment_type ref appointment_types f
          business ref businesses f
          practitioner ref practitioners f
          repeated_from ref bookings f
          """);

  private static final Map<String, String> STORED =
      Map.of(
          "appointment_type_id", "appointment_type",
          "business_id", "business",
          "practitioner_id", "practitioner",
          "repeated_from_id", "repeated_from");

  static List<BookingFilter> parse(List<String> texts) {
    List<BookingFilter> filters = new ArrayList<>();
    for (String text : texts) {
      Filter filter = Filter.parse(text, SHAPE);
      filters.add(new BookingFilter(filter.name(), filter));
    }
    return filters;
  }

  boolean names(String other) {
    return name.equals(other);
  }

  static boolean passes(Row row, List<BookingFilter> filters) {
    for (String hiding : List.of("cancelled_at", "archived_at", "deleted_at")) {
      if (row.get(hiding) != null && filters.stream().noneMatch(filter -> filter.names(hiding))) {
        return false;
      }
    }
    return filters.stream().allMatch(filter -> filter.filter().matches(filter.stored(row)));
  }

  private @Nullable Object stored(Row row) {
    return switch (name) {
      case "id" -> row.id;
      // A booking nobody marked counts as "did arrive or not yet", so that != true finds it.
      case "did_not_arrive" -> row.is("did_not_arrive");
      case "patient_ids" ->
          row.schema == Shapes.APPOINTMENTS ? List.of(row.ref("patient")) : row.get("patient_ids");
      default -> row.get(STORED.getOrDefault(name, name));
    };
  }

  static Comparator<Row> order(Query query) {
    return query.order(Shapes.BLOCKS) == Table.BY_UPDATED
        ? Table.BY_UPDATED
        : query.sort() != null && query.sort().startsWith("starts_at")
            ? startOrder(query.sort().endsWith(":desc") || query.descending())
            : Table.BY_CREATED;
  }

  private static Comparator<Row> startOrder(boolean down) {
    Comparator<Row> order = Comparator.comparing(row -> row.must("starts_at"));
    return (down ? order.reversed() : order).thenComparingLong(row -> row.id);
  }
}
