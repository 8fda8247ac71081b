package io.clinicsync.sandbox.promptemr;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clinicsync.sandbox.server.AccountState;
import io.clinicsync.sandbox.server.JsonTable;
import io.clinicsync.sandbox.server.SimulatedClinic;
import io.clinicsync.sandbox.server.SimulatorKit;
import io.clinicsync.sandbox.world.ClinicWorld;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/**
 * One clinic at PromptEMR. Members that begin with an underscore are the simulator's own. A record
 * that went away stays with the moment in {@code _gone} and is in no report. Thread-safe.
 */
public final class PromptEmrAccount implements SimulatedClinic {

  static final ObjectMapper JSON = new ObjectMapper();

  private static final DateTimeFormatter MINUTE =
      DateTimeFormatter.ofPattern("yyyyMMddHHmm", Locale.ROOT);

  private final String name;
  private final int number;
  private final ZoneId zone;
  private final AccountState state;
  private final Map<String, JsonTable> tables = new LinkedHashMap<>();
  private final PromptEmrEdits edits = new PromptEmrEdits(this);
  private volatile boolean visitIds;

  PromptEmrAccount(String name, int number, ClinicWorld world, SimulatorKit kit) {
    this.name = name;
    this.number = number;
    this.zone = world.zone();
    this.state = new AccountState(name, kit, number * 1_000_000L);
    for (String table : List.of("patients", "visits", "charges")) {
      tables.put(table, new JsonTable(table));
    }
    state.locked(
        () -> {
          new PromptEmrSeeder(this, world).fill();
          return name;
        });
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public ZoneId zone() {
    return zone;
  }

  /** The number in the address of the clinic's online scheduling. */
  String workspace() {
    return Integer.toString(4_000 + number);
  }

  /** Letters behind every account number of this clinic. */
  String letters() {
    return "" + (char) ('A' + number / 26 % 26) + (char) ('A' + number % 26) + "K";
  }

  @Override
  public Map<String, Map<String, String>> credentials() {
    return Map.of("exports", Map.of("practice", name, "workspace", workspace()));
  }

  /** What staff do in Prompt's own screens. */
  public PromptEmrEdits edits() {
    return edits;
  }

  /** Whether reports of visits have a column with an id; Prompt's may or may not. */
  void visitIds(boolean shown) {
    visitIds = shown;
  }

  /**
   * A report as staff download it.
   *
   * @param kind patients, visits or charges
   * @param format csv or xlsx
   * @param combined visits with the patient's own columns
   */
  public byte[] report(String kind, String format, boolean combined) {
    return locked(
        () -> new PromptEmrReports(this, visitIds).make(kind, format.equals("xlsx"), combined));
  }

  /**
   * Staff, or their software, put a report into an inbox.
   *
   * @param inbox ends with a slash
   * @return the status of the answer
   */
  public int handOver(URI inbox, String kind, String format, boolean combined) {
    byte[] file = report(kind, format, combined);
    String minute = MINUTE.format(locked(state::moment).atZone(zone));
    URI address = inbox.resolve(kind + "_" + minute + "." + format + "?complete=true");
    HttpRequest request =
        HttpRequest.newBuilder(address).PUT(HttpRequest.BodyPublishers.ofByteArray(file)).build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", stopped);
    }
  }

  @Override
  public String edit(JsonNode command) {
    return new PromptEmrCommands(this).run(command);
  }

  @Override
  public <T> T exclusively(Supplier<T> work) {
    return locked(work);
  }

  <T> T locked(Supplier<T> work) {
    return state.locked(work);
  }

  AccountState state() {
    return state;
  }

  @Override
  public Instant moment() {
    return state.moment();
  }

  @Override
  public long lastId() {
    return state.lastId();
  }

  @Override
  public void lastId(long id) {
    state.lastId(id);
  }

  JsonTable table(String table) {
    JsonTable found = tables.get(table);
    if (found == null) {
      throw new IllegalArgumentException("no such table: " + table);
    }
    return found;
  }

  static ObjectNode row(String id) {
    return JSON.createObjectNode().put("_id", id);
  }

  @Override
  public String truth() {
    return locked(
        () -> {
          ObjectNode all = JSON.createObjectNode().put("account", name).put("zone", zone.getId());
          tables.forEach(
              (table, rows) -> {
                ArrayNode list = all.putArray(table);
                rows.all().forEach(list::add);
              });
          return all.toString();
        });
  }
}
