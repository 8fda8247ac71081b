package io.clinicsync.sandbox.cliniko;

import io.clinicsync.sandbox.server.Answer;
import io.clinicsync.sandbox.server.JsonOut;
import io.clinicsync.sandbox.server.Request;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The read routes. Callers hold the account's lock. */
final class ClinikoReads {

  private static final List<Schema> BOOKINGS =
      List.of(Shapes.APPOINTMENTS, Shapes.GROUPS, Shapes.BLOCKS);

  private final ClinikoAccount account;
  private final Render render;
  private final String base;

  ClinikoReads(ClinikoAccount account, Render render, String base) {
    this.account = account;
    this.render = render;
    this.base = base;
  }

  Answer get(Request request, List<String> path, ClinikoKey key) {
    return switch (path.size()) {
      case 1 -> top(request, path.getFirst(), key);
      case 2 -> second(request, path.get(0), path.get(1));
      case 3, 4 ->
          nested(
              request,
              path.get(0),
              Long.parseLong(path.get(1)),
              String.join("/", path.subList(2, path.size())));
      case 7 -> availability(request, path);
      default -> throw new BadRequest(404, "Not found");
    };
  }

  private Answer top(Request request, String resource, ClinikoKey key) {
    return switch (resource) {
      case "user" -> one(account.must(Shapes.USERS, key.userId()));
      case "settings" -> Answer.json(200, Settings.json(account, true));
      case "services" -> services(request, -1);
      case "bookings" -> bookings(request);
      case "practitioners" -> list(request, Shapes.PRACTITIONERS, row -> row.is("active"));
      default -> {
        Table table = account.table(resource);
        if (table == null) {
          throw new BadRequest(404, "Not found");
        }
        yield list(request, table.schema, row -> true);
      }
    };
  }

  private Answer second(Request request, String resource, String id) {
    if (resource.equals("settings") && id.equals("public")) {
      return Answer.json(200, Settings.json(account, false));
    }
    if (resource.equals("practitioners") && id.equals("inactive")) {
      return list(request, Shapes.PRACTITIONERS, row -> !row.is("active"));
    }
    List<Schema> schemas = resource.equals("bookings") ? BOOKINGS : tables(resource);
    for (Schema schema : schemas) {
      Row row = account.table(schema).visible(Long.parseLong(id));
      if (row != null && Query.passes(row, schema, Query.of(request).filters(schema))) {
        return one(row);
      }
    }
    throw new BadRequest(404, "Not found");
  }

  private List<Schema> tables(String resource) {
    Table table = account.table(resource);
    return table == null ? List.of() : List.of(table.schema);
  }

  private Answer one(Row row) {
    return Answer.json(200, render.one(row));
  }

  private Answer nested(Request request, String parent, long id, String child) {
    String route = parent + "/" + child;
    return switch (route) {
      case "individual_appointments/conflicts" -> conflicts(Shapes.APPOINTMENTS, id);
      case "group_appointments/conflicts" -> conflicts(Shapes.GROUPS, id);
      case "unavailable_blocks/conflicts" -> conflicts(Shapes.BLOCKS, id);
      case "individual_appointments/attendees", "group_appointments/attendees" ->
          list(request, Shapes.ATTENDEES, row -> row.ref("booking") == id);
      case "patients/invoices" -> list(request, Shapes.INVOICES, row -> row.ref("patient") == id);
      case "practitioners/invoices" ->
          list(request, Shapes.INVOICES, row -> row.ref("practitioner") == id);
      case "appointments/invoices" ->
          list(request, Shapes.INVOICES, row -> row.ref("appointment") == id);
      case "attendees/invoices" -> {
        long booking = account.must(Shapes.ATTENDEES, id).ref("booking");
        yield list(request, Shapes.INVOICES, row -> row.ref("appointment") == booking);
      }
      case "invoices/invoice_items" ->
          list(request, Shapes.INVOICE_ITEMS, row -> row.ref("invoice") == id);
      case "businesses/services" -> services(request, id);
      case "businesses/daily_availabilities" ->
          list(request, Shapes.DAILY, row -> row.ref("business") == id);
      case "practitioners/daily_availabilities" ->
          list(request, Shapes.DAILY, row -> row.ref("practitioner") == id);
      case "practitioners/appointment_types" -> {
        List<Long> offered = account.offers().getOrDefault(id, List.of());
        yield list(request, Shapes.TYPES, row -> offered.contains(row.id));
      }
      case "businesses/practitioners", "businesses/practitioners/inactive" -> {
        boolean active = !child.endsWith("inactive");
        yield list(
            request,
            Shapes.PRACTITIONERS,
            row ->
                row.is("active") == active
                    && account.worksAt().getOrDefault(row.id, List.of()).contains(id));
      }
      case "appointment_types/practitioners", "appointment_types/practitioners/inactive" -> {
        boolean active = !child.endsWith("inactive");
        yield list(
            request,
            Shapes.PRACTITIONERS,
            row ->
                row.is("active") == active
                    && account.offers().getOrDefault(row.id, List.of()).contains(id));
      }
      case "patients/referral_source" ->
          account.table(Shapes.REFERRALS).byRef("patient", id).stream()
              .findFirst()
              .map(this::one)
              .orElseThrow(() -> new BadRequest(404, "Not found"));
      default -> throw new BadRequest(404, "Not found");
    };
  }

  private Answer conflicts(Schema schema, long id) {
    boolean exist = new Availability(account).conflicts(account.must(schema, id));
    return Answer.json(200, "{\"conflicts\":{\"exist\":" + exist + "}}");
  }

  private Answer list(Request request, Schema schema, Predicate<Row> extra) {
    Query query = Query.of(request);
    return page(request, query, schema.resource, query.run(account.table(schema), extra));
  }

  private Answer page(Request request, Query query, String name, Query.Found found) {
    List<byte[]> rows = found.rows().stream().map(render::bytes).toList();
    byte[] head = ("{\"" + name + "\":[").getBytes(StandardCharsets.UTF_8);
    JsonOut end = new JsonOut(512).open();
    // The tail is an object of its own whose opening brace becomes the list's end.
    byte[] tail =
        ("]," + tail(end, request, query, found.total(), List.of()).substring(1))
            .getBytes(StandardCharsets.UTF_8);
    int length = head.length + tail.length + Math.max(0, rows.size() - 1);
    for (byte[] row : rows) {
      length += row.length;
    }
    ByteBuffer body = ByteBuffer.allocate(length).put(head);
    for (int i = 0; i < rows.size(); i++) {
      if (i > 0) {
        body.put((byte) ',');
      }
      body.put(rows.get(i));
    }
    return Answer.json(200, body.put(tail).array());
  }

  private String tail(JsonOut out, Request request, Query query, int total, List<String> more) {
    String path = request.path().substring(4);
    out.member("total_entries", total).name("links").open();
    out.member("self", query.link(base, path, query.page(), more));
    if ((long) query.page() * query.perPage() < total) {
      out.member("next", query.link(base, path, query.page() + 1, more));
    }
    if (query.page() > 1) {
      out.member("previous", query.link(base, path, query.page() - 1, more));
    }
    return out.close().close().toString();
  }

  /**
   * Individual, group and unavailable rows in one list. A filter a kind has no member for looks at
   * null.
   */
  private Answer bookings(Request request) {
    Query query = Query.of(request);
    List<Row> rows = new ArrayList<>();
    for (Schema schema : BOOKINGS) {
      List<BookingFilter> filters = BookingFilter.parse(query.texts());
      boolean byPractitioner = false;
      for (BookingFilter filter : filters) {
        if (filter.names("practitioner_id") && filter.filter().operator().equals("=")) {
          byPractitioner = true;
          for (long id : filter.filter().ids()) {
            account.table(schema).byRef("practitioner", id).stream()
                .filter(row -> BookingFilter.passes(row, filters))
                .forEach(rows::add);
          }
          break;
        }
      }
      if (!byPractitioner) {
        account.table(schema).byCreated().stream()
            .filter(row -> BookingFilter.passes(row, filters))
            .forEach(rows::add);
      }
    }
    Query.Found found = query.page(rows, BookingFilter.order(query));
    return page(request, query, "bookings", found);
  }

  private Answer services(Request request, long onlyBusiness) {
    Query query = Query.of(request);
    List<String> all = new ArrayList<>();
    for (Row business : account.table(Shapes.BUSINESSES).truth()) {
      if (!business.live() || (onlyBusiness >= 0 && business.id != onlyBusiness)) {
        continue;
      }
      for (Row type : account.table(Shapes.TYPES).truth()) {
        if (type.live()) {
          all.add(service(business.id, type.id));
        }
      }
    }
    JsonOut out = new JsonOut(4096).open().name("services").openList();
    all.stream()
        .skip((long) (query.page() - 1) * query.perPage())
        .limit(query.perPage())
        .forEach(out::raw);
    out.closeList();
    return Answer.json(200, tail(out, request, query, all.size(), List.of()));
  }

  private String service(long business, long type) {
    JsonOut out = new JsonOut(512).open();
    link(out.name("business"), "businesses/" + business);
    link(out.name("appointment_type"), "appointment_types/" + type);
    out.name("practitioners").openList();
    for (Row worker : account.table(Shapes.PRACTITIONERS).truth()) {
      boolean fits =
          worker.is("active")
              && account.offers().getOrDefault(worker.id, List.of()).contains(type)
              && account.worksAt().getOrDefault(worker.id, List.of()).contains(business);
      if (fits) {
        link(out, "practitioners/" + worker.id);
      }
    }
    return out.closeList().close().toString();
  }

  private void link(JsonOut out, String path) {
    out.open().name("links").open().member("self", base + path).close().close();
  }

  private Answer availability(Request request, List<String> path) {
    boolean shape =
        path.get(0).equals("businesses")
            && path.get(2).equals("practitioners")
            && path.get(4).equals("appointment_types");
    if (!shape) {
      throw new BadRequest(404, "Not found");
    }
    String from = first(request, "from");
    String to = first(request, "to");
    List<Instant> times =
        new Availability(account)
            .times(
                Long.parseLong(path.get(1)),
                Long.parseLong(path.get(3)),
                Long.parseLong(path.get(5)),
                from,
                to);
    List<String> more = List.of("from=" + from, "to=" + to);
    Query query = Query.of(request);
    if (path.get(6).equals("next_available_time")) {
      JsonOut out = new JsonOut(512).open();
      if (!times.isEmpty()) {
        out.member("appointment_start", times.getFirst());
      }
      return Answer.json(200, tail(out, request, query, Math.min(1, times.size()), more));
    }
    if (!path.get(6).equals("available_times")) {
      throw new BadRequest(404, "Not found");
    }
    JsonOut out = new JsonOut(4096).open().name("available_times").openList();
    times.stream()
        .skip((long) (query.page() - 1) * query.perPage())
        .limit(query.perPage())
        .forEach(time -> out.open().member("appointment_start", time).close());
    out.closeList();
    return Answer.json(200, tail(out, request, query, times.size(), more));
  }

  private static @Nullable String first(Request request, String name) {
    List<String> values = request.query().get(name);
    return values == null ? null : values.getFirst();
  }
}
