package io.clinicsync.emr.promptemr;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.emr.spi.Credentials;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrConnector;
import io.clinicsync.emr.spi.FileIntake;
import io.clinicsync.emr.spi.FileIntake.FileColumn;
import io.clinicsync.emr.spi.FileIntake.FileForm;
import io.clinicsync.emr.spi.FileIntake.FileKind;
import io.clinicsync.emr.spi.FileIntake.FileRow;
import io.clinicsync.emr.tck.InMemoryImports;
import io.clinicsync.emr.tck.SandboxedEmr;
import io.clinicsync.sandbox.promptemr.PromptEmrAccount;
import io.clinicsync.sandbox.promptemr.PromptEmrSimulator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The sandbox's PromptEMR and staff who export its reports after every change. */
final class SimulatedPromptEmr extends SandboxedEmr {

  static final ZoneId ZONE = ZoneId.of("America/Chicago");
  private static final ObjectMapper JSON = new ObjectMapper();

  SimulatedPromptEmr() {
    super("promptemr", Instant.parse("2026-06-10T16:00:00Z"));
  }

  @Override
  public Account open(String name, int patients) {
    return new Account(((PromptEmrSimulator) simulator()).open(opening(name, patients, ZONE)));
  }

  /** One clinic. */
  final class Account implements SimulatedAccount {

    private final PromptEmrAccount clinic;
    private final Map<String, String> idsShown = new HashMap<>();
    private @Nullable FileIntake intake;
    private @Nullable EmrAccount account;
    private @Nullable InMemoryImports imports;

    Account(PromptEmrAccount clinic) {
      this.clinic = clinic;
    }

    @Override
    public void handOver(EmrConnector connector, EmrAccount to, InMemoryImports into) {
      account = to;
      imports = into;
      intake =
          connector.capabilities(to).stream()
              .filter(FileIntake.class::isInstance)
              .map(FileIntake.class::cast)
              .findFirst()
              .orElseThrow();
      handEverythingOver();
      clinic.edits().deleteVisit(some("visits", row -> true));
      clinic.edits().deleteCharge(some("charges", row -> true));
      clinic.edits().deletePatient(rows(RecordKind.PATIENT).get(3).path("_id").asText());
      pass(Duration.ofMinutes(1));
      handEverythingOver();
    }

    private void handEverythingOver() {
      for (RecordKind kind :
          List.of(RecordKind.PATIENT, RecordKind.APPOINTMENT, RecordKind.INVOICE)) {
        handOver(kind);
      }
    }

    /** Downloads a report and hands its rows over. */
    private void handOver(RecordKind of) {
      FileKind kind =
          intake.kinds().stream().filter(each -> each.main() == of).findFirst().orElseThrow();
      List<FileIntake.Reading> readings = new ArrayList<>();
      for (NamedCsvRecord row :
          CsvReader.builder().ofNamedCsvRecord(download("/reports/" + kind.id() + ".csv"))) {
        Map<String, String> values = new HashMap<>();
        for (FileColumn column : kind.columns()) {
          column.headers().stream()
              .filter(row.getHeader()::contains)
              .findFirst()
              .ifPresent(header -> values.put(column.field(), row.getField(header)));
        }
        readings.add(
            intake.understand(account, kind, new FileRow(values, clock.instant(), FileForm.USUAL)));
      }
      imports.handOver(account, of, readings, clock.instant());
    }

    private String download(String report) {
      URI address =
          origin()
              .resolve(
                  path() + report + "?w=" + credentials().require(PromptEmrConnector.WORKSPACE));
      try (HttpClient client = HttpClient.newHttpClient()) {
        return client
            .send(
                HttpRequest.newBuilder(address).build(),
                HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8))
            .body();
      } catch (IOException failed) {
        throw new UncheckedIOException(failed);
      } catch (InterruptedException stopped) {
        throw new AssertionError(stopped);
      }
    }

    @Override
    public ZoneId zone() {
      return clinic.zone();
    }

    @Override
    public String currency() {
      return "USD";
    }

    @Override
    public boolean listsStaff() {
      return false;
    }

    @Override
    public Credentials credentials() {
      return new Credentials(clinic.credentials().get(PromptEmrConnector.WAY));
    }

    @Override
    public Credentials wrongCredentials() {
      return new Credentials(
          Map.of(
              PromptEmrConnector.PRACTICE, "Practice", PromptEmrConnector.WORKSPACE, "no number"));
    }

    @Override
    public Set<String> secrets() {
      return Set.of();
    }

    private static String table(RecordKind kind) {
      return switch (kind) {
        case PATIENT -> "patients";
        case APPOINTMENT -> "visits";
        case INVOICE -> "charges";
        default -> throw new IllegalArgumentException("no such records: " + kind);
      };
    }

    JsonNode rows(RecordKind kind) {
      try {
        return JSON.readTree(clinic.truth()).path(table(kind));
      } catch (JsonProcessingException impossible) {
        throw new AssertionError(impossible);
      }
    }

    /** Reports show no id of visits and charges: what stands in the row makes it, for good. */
    private String id(RecordKind kind, JsonNode row) {
      String own = row.path("_id").asText();
      return switch (kind) {
        case APPOINTMENT -> idsShown.computeIfAbsent(own, key -> visitId(row));
        case INVOICE ->
            idsShown.computeIfAbsent(
                own,
                key ->
                    made(
                        row.path("PatientId").asText(),
                        row.path("DateOfService").asText(),
                        row.path("ClaimNumber").asText(),
                        row.path("CptCode").asText(),
                        row.path("Provider").asText()));
        default -> own;
      };
    }

    private String visitId(JsonNode row) {
      LocalDateTime start = LocalDateTime.ofInstant(start(row), zone());
      return made(
          row.path("PatientId").asText(),
          start.toString(),
          row.path("Provider").asText(),
          row.path("VisitType").asText());
    }

    private static Instant start(JsonNode row) {
      return Instant.parse(row.path("_start").asText());
    }

    private static String made(String... words) {
      try {
        return HexFormat.of()
            .formatHex(
                MessageDigest.getInstance("SHA-256")
                    .digest(String.join("|", words).getBytes(StandardCharsets.UTF_8)));
      } catch (GeneralSecurityException impossible) {
        throw new AssertionError(impossible);
      }
    }

    private String some(String table, Predicate<JsonNode> like) {
      RecordKind kind = table.equals("visits") ? RecordKind.APPOINTMENT : RecordKind.INVOICE;
      for (JsonNode row : rows(kind)) {
        if (!row.has("_gone") && like.test(row)) {
          return row.path("_id").asText();
        }
      }
      throw new AssertionError("no such row");
    }

    @Override
    public Set<String> ids(RecordKind kind) {
      Set<String> ids = new HashSet<>();
      rows(kind).forEach(row -> ids.add(id(kind, row)));
      return ids;
    }

    @Override
    public Set<String> removed(RecordKind kind) {
      Set<String> ids = new HashSet<>();
      rows(kind)
          .forEach(
              row -> {
                if (row.has("_gone")) {
                  ids.add(id(kind, row));
                }
              });
      return ids;
    }

    @Override
    public Map<String, String> merged() {
      return Map.of();
    }

    @Override
    public Map<String, Instant> starts() {
      Map<String, Instant> starts = new HashMap<>();
      rows(RecordKind.APPOINTMENT)
          .forEach(row -> starts.put(id(RecordKind.APPOINTMENT, row), start(row)));
      return starts;
    }

    @Override
    public Set<String> changeTogether(RecordKind kind, int count) {
      Set<String> touched = Set.copyOf(clinic.edits().touchMany(table(kind), count));
      handOver(kind);
      Set<String> ids = new HashSet<>();
      rows(kind)
          .forEach(
              row -> {
                if (touched.contains(row.path("_id").asText())) {
                  ids.add(id(kind, row));
                }
              });
      return ids;
    }

    @Override
    public String poison(RecordKind kind) {
      JsonNode row = rows(kind).get(7);
      Map<String, ?> members =
          switch (kind) {
            case PATIENT -> Map.of("DateOfBirth", "lately");
            case APPOINTMENT -> Map.of("_minutes", "some");
            default -> Map.of("Billed", "lots");
          };
      clinic.edits().set(table(kind), row.path("_id").asText(), members);
      handOver(kind);
      return id(kind, row);
    }

    @Override
    public void garble(RecordKind kind) {
      imports.spoil(account, kind, fields -> Map.of("fields", "of another release"));
    }

    @Override
    public String unknownStatus() {
      String own =
          some(
              "visits",
              row -> start(row).isBefore(clock.instant()) && !row.hasNonNull("ClaimNumber"));
      clinic.edits().set("visits", own, Map.of("Stage", "Perhaps"));
      handOver(RecordKind.APPOINTMENT);
      for (JsonNode row : rows(RecordKind.APPOINTMENT)) {
        if (row.path("_id").asText().equals(own)) {
          return id(RecordKind.APPOINTMENT, row);
        }
      }
      throw new AssertionError("gone");
    }

    @Override
    public String plant(Person person) {
      String id =
          clinic
              .edits()
              .createPatient(
                  Map.of(
                      "FirstName", person.first(),
                      "LastName", person.last(),
                      "Email", person.email(),
                      "DateOfBirth", person.birthDate(),
                      "MobilePhone", person.phone()));
      handOver(RecordKind.PATIENT);
      return id;
    }
  }
}
