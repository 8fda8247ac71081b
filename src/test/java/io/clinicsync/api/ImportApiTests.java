package io.clinicsync.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clinicsync.ApplicationTest;
import io.clinicsync.api.ApiClient.Answer;
import io.clinicsync.sandbox.promptemr.PromptEmrAccount;
import io.clinicsync.sandbox.server.EmrSimulator;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;

/** Handing files over, as people and as programs do. */
@ApplicationTest
class ImportApiTests {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final String PATIENTS = "Acct#,First Name,Last Name\n1-A,Ava,Reed\n";

  @Autowired private ApplicationContext context;

  private ApiStage stage;
  private ApiClient organisation;
  private String base;

  @BeforeEach
  void aClinicThatHandsFilesOver() {
    stage = new ApiStage(context);
    organisation = stage.organisation();
    String clinic = "/api/v1/clinics/" + stage.clinic(organisation);
    Answer made = organisation.post(clinic + "/connections", connecting("4001"));
    assertThat(made.status()).as(made.body().toString()).isEqualTo(201);
    base = clinic + "/connections/" + made.text("/id");
  }

  /** The body that connects a practice at PromptEMR. */
  static String connecting(String workspace) {
    return """
        {"emr": "promptemr", "way": "exports", "name": "Prompt", "zone": "America/Chicago", "currency": "USD",
         "credentials": {"practice": "Harbor PT", "workspace": "%s"}}"""
        .formatted(workspace);
  }

  /** Sends a file as a form. */
  static Answer handOver(
      ApiStage stage,
      ApiClient caller,
      String base,
      String kind,
      String name,
      byte[] file,
      String more) {
    String boundary = "x" + UUID.randomUUID();
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.writeBytes(part(boundary, "kind", kind));
    for (String pair : more.isEmpty() ? new String[0] : more.split("&")) {
      body.writeBytes(part(boundary, pair.split("=")[0], pair.split("=")[1]));
    }
    body.writeBytes(
        ("--%s\r\nContent-Disposition: form-data; name=\"file\"; filename=\"%s\"\r\n\r\n"
                .formatted(boundary, name))
            .getBytes(StandardCharsets.UTF_8));
    body.writeBytes(file);
    body.writeBytes(("\r\n--" + boundary + "--\r\n").getBytes(StandardCharsets.UTF_8));
    return caller.sendBytes(
        "POST", base + "/imports", body.toByteArray(), "multipart/form-data; boundary=" + boundary);
  }

  private static byte[] part(String boundary, String name, String value) {
    return "--%s\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n%s\r\n"
        .formatted(boundary, name, value)
        .getBytes(StandardCharsets.UTF_8);
  }

  private Answer handOver(String kind, byte[] file, String more) {
    return handOver(stage, organisation, base, kind, "report.csv", file, more);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private Answer settled(String id) {
    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .until(
            () ->
                organisation
                    .get(base + "/imports/" + id)
                    .text("/state")
                    .matches("DONE|FAILED|MAPPING_NEEDED"));
    return organisation.get(base + "/imports/" + id);
  }

  @Test
  void aFileIsTakenAndItsRefusedCellsAreNamed() {
    String text = PATIENTS + "2-A,Mia,Reed\n3-A,Leo,Reed\n4-A,Ida,Reed\n,Eve,Reed\n5-A,Max,Reed\n";
    Answer taken = handOver("patients", bytes(text), "as_of=2026-03-01T09:00:00Z&complete=true");
    assertThat(taken.status()).isEqualTo(202);
    Answer done = settled(taken.text("/import_id"));
    assertThat(done.text("/state")).isEqualTo("DONE");
    assertThat(done.body().path("rows").asInt()).isEqualTo(6);
    assertThat(done.body().path("accepted").asInt()).isEqualTo(5);
    assertThat(done.body().path("rejected").asInt()).isEqualTo(1);
    assertThat(done.body().path("errors"))
        .singleElement()
        .satisfies(
            error ->
                assertThat(error.toString())
                    .isEqualTo("{\"row\":6,\"column\":\"Acct#\",\"code\":\"value_missing\"}"));
    assertThat(organisation.get(base + "/imports").body().path("items")).hasSize(1);
    assertThat(handOver("patients", bytes(text), "").status()).as("the same bytes").isEqualTo(409);
  }

  @Test
  void whatCannotBeTakenIsRefusedWithAdvice() {
    byte[] png = {(byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10, 0, 0, 0, 13};
    assertRefused(handOver("patients", png, ""), 415, "import_file_unknown");
    byte[] locked = new byte[600];
    System.arraycopy(new byte[] {(byte) 0xD0, (byte) 0xCF, 0x11, (byte) 0xE0}, 0, locked, 0, 4);
    assertRefused(handOver("patients", locked, ""), 422, "import_file_protected");
    assertRefused(
        handOver("patients", PATIENTS.getBytes(StandardCharsets.UTF_16LE), ""),
        422,
        "import_file_encoding");
    assertRefused(handOver("patients", new byte[(25 << 20) + 1], ""), 413, "import_file_too_large");
    assertRefused(handOver("prices", bytes(PATIENTS), ""), 400, "invalid_request");
    assertRefused(handOver("patients", bytes(PATIENTS), "as_of=tomorrow"), 400, "invalid_request");
    assertRefused(
        handOver("patients", bytes(PATIENTS), "as_of=2999-01-01T00:00:00Z"),
        400,
        "invalid_request");
    assertRefused(
        organisation.post(base + "/imports", "{\"kind\": \"patients\"}"),
        415,
        "wrong_content_type");
    assertThat(organisation.get(base + "/imports").body().path("items")).isEmpty();
  }

  private static void assertRefused(Answer answer, int status, String code) {
    assertThat(answer.status()).as(answer.body().toString()).isEqualTo(status);
    assertThat(answer.text("/code")).isEqualTo(code);
    assertThat(answer.text("/next_step")).isNotBlank();
  }

  @Test
  void aConnectionThatReadsItsEmrTakesNoFiles() {
    String clinic = "/api/v1/clinics/" + stage.clinic(organisation);
    String cliniko =
        organisation
            .post(clinic + "/connections", ApiStage.connecting(stage.cliniko(2)))
            .text("/id");
    Answer answer =
        handOver(
            stage,
            organisation,
            clinic + "/connections/" + cliniko,
            "patients",
            "p.csv",
            bytes(PATIENTS),
            "");
    assertRefused(answer, 409, "conflict");
  }

  @Test
  void aMappingIsSavedAndWaitingFilesAreTaken() {
    Answer waiting =
        settled(
            handOver("patients", bytes("Chart,Given,Family\n1-A,Ava,Reed\n"), "")
                .text("/import_id"));
    assertThat(waiting.text("/state")).isEqualTo("MAPPING_NEEDED");
    assertThat(waiting.body().path("headers").toString())
        .isEqualTo("[\"Chart\",\"Given\",\"Family\"]");
    Answer usual = organisation.get(base + "/import-mapping/patients");
    assertThat(usual.text("/fields/0/field")).isEqualTo("externalId");
    assertThat(usual.body().at("/fields/0/required").asBoolean()).isTrue();
    assertThat(organisation.get(base + "/import-mapping/prices").status()).isEqualTo(404);
    String columns =
        "{\"columns\": {\"externalId\": \"Chart\", \"firstName\": \"Given\", \"%s\": \"%s\"}}";
    assertRefused(
        organisation.put(
            base + "/import-mapping/patients", columns.formatted("shoeSize", "Family")),
        400,
        "invalid_request");
    assertRefused(
        organisation.put(base + "/import-mapping/patients", columns.formatted("lastName", "SSN")),
        400,
        "invalid_request");
    assertThat(
            organisation
                .put(base + "/import-mapping/patients", columns.formatted("lastName", "Family"))
                .status())
        .isEqualTo(200);
    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .until(
            () ->
                organisation
                    .get(base + "/imports/" + waiting.text("/import_id"))
                    .text("/state")
                    .equals("DONE"));
  }

  @Test
  void staffHandReportsOverThroughTheInbox() {
    PromptEmrAccount clinic =
        (PromptEmrAccount)
            stage
                .sandbox()
                .open(
                    "promptemr",
                    new EmrSimulator.Opening(
                        "inbox " + UUID.randomUUID(),
                        3,
                        20,
                        ZoneId.of("America/Chicago"),
                        Instant.now()))
                .clinic();
    Answer inbox = organisation.post(base + "/import-inbox", null);
    assertThat(inbox.status()).isEqualTo(201);
    String path = URI.create(inbox.text("/address")).getPath();
    ObjectNode command = JSON.createObjectNode().put("edit", "handOver");
    command.put("to", "http://localhost:" + stage.port + path);
    for (String kind : new String[] {"visits", "patients", "charges"}) {
      command.put("kind", kind).put("format", kind.equals("visits") ? "xlsx" : "csv");
      assertThat(clinic.edit(command)).isEqualTo("{\"id\":\"202\"}");
    }
    // The same bytes again, as a program sends them that lost the answer.
    assertThat(clinic.edit(command)).isEqualTo("{\"id\":\"409\"}");
    organisation
        .get(base + "/imports")
        .body()
        .path("items")
        .forEach(
            each -> {
              Answer done = settled(each.path("import_id").asText());
              assertThat(done.text("/state")).as(done.body().toString()).isEqualTo("DONE");
              assertThat(done.body().path("rejected").asInt()).isZero();
              assertThat(done.body().path("rows").asInt()).isPositive();
            });
  }

  @Test
  void anInboxOfNobodyAndANameWithoutMeaningAreRefused() throws Exception {
    String path =
        URI.create(organisation.post(base + "/import-inbox", null).text("/address")).getPath();
    assertThat(put("/imports-inbox/nobody/patients_202603010900.csv")).isEqualTo(404);
    assertThat(put(path + "patients.csv")).isEqualTo(400);
    assertThat(put(path + "patients_203303010900.csv")).isEqualTo(400);
    assertThat(put(path + "prices_202603010900.csv")).isEqualTo(400);
    organisation.delete(base + "/credentials");
    assertThat(put(path + "patients_202603010900.csv")).as("revoked").isEqualTo(404);
  }

  private int put(String path) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://localhost:" + stage.port + path))
            .PUT(HttpRequest.BodyPublishers.ofString(PATIENTS))
            .build();
    return HTTP.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
  }
}
