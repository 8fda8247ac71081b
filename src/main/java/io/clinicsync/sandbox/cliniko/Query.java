package io.clinicsync.sandbox.cliniko;

import io.clinicsync.sandbox.server.Request;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A list request: filters, order and page, and how to run it over tables. */
record Query(List<String> texts, @Nullable String sort, boolean descending, int page, int perPage) {

  private static final List<String> HIDING = List.of("cancelled_at", "archived_at", "deleted_at");
  private static final Set<String> KNOWN =
      Set.of("page", "per_page", "sort", "order", "q[]", "from", "to", "search");

  /** One page of rows and how many there are in all. */
  record Found(List<Row> rows, int total) {}

  static Query of(Request request) {
    Map<String, List<String>> query = request.query();
    for (String name : query.keySet()) {
      if (!KNOWN.contains(name) && !name.matches("q\\[\\d*]")) {
        throw new BadRequest(400, "Unknown parameter " + name);
      }
    }
    List<String> filters = new ArrayList<>();
    query.forEach(
        (name, values) -> {
          if (name.startsWith("q[")) {
            filters.addAll(values);
          }
        });
    return new Query(
        filters,
        first(query, "sort"),
        "desc".equals(first(query, "order")),
        number(query, "page", 1, Integer.MAX_VALUE),
        number(query, "per_page", 50, 100));
  }

  private static @Nullable String first(Map<String, List<String>> query, String name) {
    List<String> values = query.get(name);
    return values == null ? null : values.getFirst();
  }

  private static int number(Map<String, List<String>> query, String name, int usual, int most) {
    String text = first(query, name);
    try {
      int value = text == null ? usual : Integer.parseInt(text);
      if (value < 1) {
        throw new BadRequest(400, name + " must be positive");
      }
      return Math.min(value, most);
    } catch (NumberFormatException unreadable) {
      throw new BadRequest(400, name + " is not a number");
    }
  }

  List<Filter> filters(Schema schema) {
    return texts.stream().map(text -> Filter.parse(text, schema)).toList();
  }

  /**
   * Whether a single row passes: filters, and the hidden-row rule for the columns nobody asked
   * about.
   */
  static boolean passes(Row row, Schema schema, List<Filter> filters) {
    return passing(schema, filters).test(row);
  }

  private static Predicate<Row> passing(Schema schema, List<Filter> filters) {
    int[] hiding =
        HIDING.stream()
            .filter(name -> filters.stream().noneMatch(filter -> filter.name().equals(name)))
            .map(schema::filter)
            .filter(java.util.Objects::nonNull)
            .mapToInt(Schema.Field::index)
            .toArray();
    return row -> {
      for (int index : hiding) {
        if (row.at(index) != null) {
          return false;
        }
      }
      for (Filter filter : filters) {
        if (!filter.matches(row, schema)) {
          return false;
        }
      }
      return true;
    };
  }

  /** Runs over one table; {@code extra} narrows nested routes. */
  Found run(Table table, Predicate<Row> extra) {
    List<Filter> filters = filters(table.schema);
    Predicate<Row> test = extra.and(passing(table.schema, filters));
    Comparator<Row> order = order(table.schema);
    Candidates candidates = candidates(table, filters, order);
    return candidates.order() == order
        ? slice(candidates.rows(), test)
        : page(new ArrayList<>(candidates.rows().stream().filter(test).toList()), order);
  }

  /** Every visible row that passes, in no particular order. */
  List<Row> all(Table table) {
    List<Filter> filters = filters(table.schema);
    List<Row> rows = candidates(table, filters, Table.BY_CREATED).rows();
    return rows.stream().filter(passing(table.schema, filters)).toList();
  }

  private record Candidates(List<Row> rows, @Nullable Comparator<Row> order) {}

  private static Candidates candidates(Table table, List<Filter> filters, Comparator<Row> order) {
    Instant from = null;
    for (Filter filter : filters) {
      boolean equal = filter.operator().equals("=");
      if (equal && filter.name().equals("id")) {
        List<Row> rows = new ArrayList<>();
        for (long id : filter.ids()) {
          Row row = table.visible(id);
          if (row != null) {
            rows.add(row);
          }
        }
        return new Candidates(rows, null);
      }
      Schema.Field field = table.schema.filter(filter.name());
      if (equal && field != null && table.hasRefIndex(field.name())) {
        List<Row> rows = new ArrayList<>();
        filter.ids().forEach(id -> rows.addAll(table.byRef(field.name(), id)));
        return new Candidates(rows, null);
      }
      if (filter.name().equals("updated_at") && filter.operator().startsWith(">")) {
        from = (Instant) filter.parsed();
      }
    }
    if (from != null) {
      return new Candidates(table.updatedFrom(from), Table.BY_UPDATED);
    }
    return order == Table.BY_UPDATED
        ? new Candidates(table.byUpdated(), Table.BY_UPDATED)
        : new Candidates(table.byCreated(), Table.BY_CREATED);
  }

  private Found slice(List<Row> candidates, Predicate<Row> test) {
    long skip = (long) (page - 1) * perPage;
    List<Row> rows = new ArrayList<>(perPage);
    int total = 0;
    for (Row row : candidates) {
      if (test.test(row)) {
        if (total >= skip && rows.size() < perPage) {
          rows.add(row);
        }
        total++;
      }
    }
    return new Found(rows, total);
  }

  /** Orders and cuts rows gathered elsewhere. */
  Found page(List<Row> matching, Comparator<Row> order) {
    matching.sort(order);
    long skip = (long) (page - 1) * perPage;
    List<Row> rows = matching.stream().skip(skip).limit(perPage).toList();
    return new Found(rows, matching.size());
  }

  Comparator<Row> order(Schema schema) {
    if (sort == null || sort.isEmpty()) {
      return descending ? Table.BY_CREATED.reversed() : Table.BY_CREATED;
    }
    if (sort.equals("updated_at") && !descending) {
      return Table.BY_UPDATED;
    }
    if (sort.equals("created_at") && !descending) {
      return Table.BY_CREATED;
    }
    Comparator<Row> order = null;
    for (String part : sort.split(",")) {
      String name = part.contains(":") ? part.substring(0, part.indexOf(':')) : part;
      boolean down = part.endsWith(":desc") || (descending && !part.contains(":"));
      Comparator<Row> by = by(schema, name);
      by = down ? by.reversed() : by;
      order = order == null ? by : order.thenComparing(by);
    }
    return (order == null ? Table.BY_CREATED : order).thenComparingLong(row -> row.id);
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static Comparator<Row> by(Schema schema, String name) {
    if (name.equals("id")) {
      return Comparator.comparingLong(row -> row.id);
    }
    Schema.Field field = schema.find(name);
    if (field == null) {
      field = schema.filter(name);
    }
    if (field == null
        || field.kind() == Schema.Kind.LINK
        || field.kind() == Schema.Kind.JSON
        || field.kind() == Schema.Kind.IDS) {
      throw new BadRequest(400, name + " is not sortable");
    }
    int index = field.index();
    Comparator nullable = Comparator.nullsFirst(Comparator.naturalOrder());
    return (a, b) -> nullable.compare(a.at(index), b.at(index));
  }

  /** The same request for another page. */
  String link(String base, String path, int otherPage, List<String> more) {
    StringBuilder link = new StringBuilder(base).append(path).append("?page=").append(otherPage);
    link.append("&per_page=").append(perPage);
    if (sort != null) {
      link.append("&sort=").append(encode(sort));
    }
    if (descending) {
      link.append("&order=desc");
    }
    texts.forEach(text -> link.append("&q%5B%5D=").append(encode(text)));
    more.forEach(text -> link.append('&').append(text));
    return link.toString();
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
