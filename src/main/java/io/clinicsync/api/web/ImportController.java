package io.clinicsync.api.web;

import io.clinicsync.api.PublicAddress;
import io.clinicsync.api.web.Views.Listing;
import io.clinicsync.clinics.Connection;
import io.clinicsync.emr.spi.FileIntake.FileKind;
import io.clinicsync.imports.AlreadyImported;
import io.clinicsync.imports.Import;
import io.clinicsync.imports.ImportState;
import io.clinicsync.imports.Imports;
import io.clinicsync.imports.UploadRoom;
import io.clinicsync.sync.VendorAddresses;
import io.clinicsync.tenancy.KeyScope;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.multipart.MultipartFile;
import org.springframework.web.multipart.MultipartHttpServletRequest;
import org.springframework.web.util.WebUtils;

/** Files a clinic hands over where its EMR cannot be called. */
@RestController
@RequestMapping({
  "/api/v1/clinics/{clinicId}/connections/{connectionId}",
  "/api/v1/connections/{connectionId}"
})
@Tag(name = "Imports")
class ImportController {

  private static final int SHOWN = 100;
  private static final Duration CLOCKS_DIFFER = Duration.ofMinutes(5);

  private final Imports imports;
  private final UploadRoom room;
  private final VendorAddresses addresses;
  private final PublicAddress publicAddress;
  private final Clock clock;

  ImportController(
      Imports imports,
      UploadRoom room,
      VendorAddresses addresses,
      PublicAddress publicAddress,
      Clock clock) {
    this.imports = imports;
    this.room = room;
    this.addresses = addresses;
    this.publicAddress = publicAddress;
    this.clock = clock;
  }

  /**
   * The form of a file.
   *
   * @param kind patients, visits or charges
   * @param file CSV or XLSX of at most 25 MB
   * @param as_of when it was exported; left out means now and after every earlier file
   * @param complete true where it holds all there is of its time: what it lacks is gone
   * @param confirm_removals true once a person has seen that unusually many records are gone
   */
  record ImportForm(
      String kind,
      @Schema(type = "string", format = "binary") String file,
      @Nullable Instant as_of,
      @Nullable Boolean complete,
      @Nullable Boolean confirm_removals) {}

  /**
   * An import.
   *
   * @param errors the first hundred cells that were refused, never with their values
   * @param warnings what was assumed
   * @param headers of the file, while it waits for a mapping
   */
  record ImportView(
      UUID importId,
      String kind,
      ImportState state,
      @Nullable String code,
      Instant asOf,
      boolean complete,
      Instant receivedAt,
      @Nullable Instant finishedAt,
      int rows,
      int accepted,
      int rejected,
      int removed,
      List<FlawView> errors,
      List<FlawView> warnings,
      List<String> headers)
      implements Json {

    static ImportView of(Import found, List<String> headers) {
      return new ImportView(
          found.id(),
          found.kind(),
          found.state(),
          found.code(),
          found.asOf(),
          found.complete(),
          found.receivedAt(),
          found.finishedAt(),
          found.rows(),
          found.accepted(),
          found.rejected(),
          found.removed(),
          flaws(found, true),
          flaws(found, false),
          headers);
    }

    private static List<FlawView> flaws(Import found, boolean refused) {
      return found.flaws().stream()
          .filter(flaw -> flaw.refused() == refused)
          .map(flaw -> new FlawView(flaw.row(), flaw.column(), flaw.code()))
          .toList();
    }
  }

  /** A cell; {@code row} as a spreadsheet counts it. */
  record FlawView(int row, @Nullable String column, String code) implements Json {}

  /** Where the clinic's own software drops files. */
  record InboxView(String address, String nextStep) implements Json {}

  @PostMapping("/imports")
  @ResponseStatus(HttpStatus.ACCEPTED)
  @Needs(KeyScope.MANAGE)
  @Operation(
      summary = "Hand over a file",
      description =
          "For EMRs that are read from exports. CSV or XLSX, at most 25 MB. What cannot be read is refused at once and nothing"
              + " of it is kept; else its rows are taken, a small file's before the answer, others' soon after, oldest file"
              + " first, and contacts follow.",
      requestBody =
          @RequestBody(
              required = true,
              content =
                  @Content(
                      mediaType = MediaType.MULTIPART_FORM_DATA_VALUE,
                      schema = @Schema(implementation = ImportForm.class))))
  ImportView take(Reach reach, HttpServletRequest request) throws IOException {
    Connection connection = reach.connection();
    List<FileKind> kinds = kinds(connection);
    SyncController.mustRun(connection);
    MultipartHttpServletRequest form =
        WebUtils.getNativeRequest(request, MultipartHttpServletRequest.class);
    if (form == null) {
      throw Refusal.WRONG_CONTENT_TYPE
          .because("A file is sent as a form.")
          .next("Send multipart/form-data with the parts kind and file.");
    }
    try {
      return room.with(
          () -> ImportView.of(imports.take(connection, upload(form, kinds)), List.of()));
    } catch (AlreadyImported before) {
      throw Refusal.CONFLICT
          .because("The same file was handed over before, as import " + before.id() + ".")
          .next(
              "Nothing, where that was meant; else export again, or say with as_of of which moment an earlier file speaks.");
    } catch (UploadRoom.NoRoom busy) {
      throw new RequestRefused(
          503,
          "import_busy",
          "Other files are still being read.",
          "Send the file again in a moment.",
          List.of(),
          UploadRoom.COME_AGAIN);
    }
  }

  private Imports.Upload upload(MultipartHttpServletRequest form, List<FileKind> kinds)
      throws IOException {
    MultipartFile file = form.getFile("file");
    if (file == null) {
      throw Refusal.field("file", "must be a part with the file itself");
    }
    String kind = form.getParameter("kind");
    if (kinds.stream().noneMatch(each -> each.id().equals(kind))) {
      throw Refusal.field(
          "kind",
          "must be one of " + kinds.stream().map(FileKind::id).collect(Collectors.joining(", ")));
    }
    return new Imports.Upload(
        kind,
        file.getBytes(),
        moment(form.getParameter("as_of")),
        flag("complete", form.getParameter("complete")),
        flag("confirm_removals", form.getParameter("confirm_removals")));
  }

  private @Nullable Instant moment(@Nullable String text) {
    if (text == null || text.isBlank()) {
      return null;
    }
    try {
      Instant at = Instant.parse(text.strip());
      if (!at.isAfter(clock.instant().plus(CLOCKS_DIFFER))) {
        return at;
      }
    } catch (DateTimeException noMoment) {
      // As one that lies ahead.
    }
    throw Refusal.field("as_of", "must be a past instant such as 2026-03-01T09:00:00Z");
  }

  private static boolean flag(String field, @Nullable String text) {
    return switch (text == null ? "" : text.strip()) {
      case "", "false" -> false;
      case "true" -> true;
      default -> throw Refusal.field(field, "must be true or false");
    };
  }

  private List<FileKind> kinds(Connection connection) {
    List<FileKind> kinds = imports.kinds(connection);
    if (kinds.isEmpty()) {
      throw Refusal.CONFLICT
          .because("This connection reads its EMR itself and takes no files.")
          .next("Nothing; what changes in the EMR arrives with the next run.");
    }
    return kinds;
  }

  @GetMapping("/imports")
  @Needs({KeyScope.MANAGE, KeyScope.READ})
  @Operation(summary = "List imports", description = "The latest hundred, newest first.")
  Listing<ImportView> list(Reach reach) {
    return new Listing<>(
        imports.list(reach.connection(), SHOWN).stream()
            .map(found -> ImportView.of(found, List.of()))
            .toList());
  }

  @GetMapping("/imports/{importId}")
  @Needs({KeyScope.MANAGE, KeyScope.READ})
  @Operation(
      summary = "Get an import",
      description =
          "How far it is and what came of its rows: refused cells by row, column and code, never by value.")
  ImportView get(Reach reach, @PathVariable UUID importId) {
    Optional<Import> found = imports.find(reach.connection(), importId);
    return found
        .map(
            each ->
                ImportView.of(
                    each,
                    each.state() == ImportState.MAPPING_NEEDED
                        ? imports.headers(reach.connection(), importId)
                        : List.of()))
        .orElseThrow(Refusal::notFound);
  }

  @PostMapping("/import-inbox")
  @ResponseStatus(HttpStatus.CREATED)
  @Needs(KeyScope.MANAGE)
  @Operation(
      summary = "Make an inbox",
      description =
          "An address the clinic's own software puts files to. It is shown once and is a secret; the one before it stays good,"
              + " older ones end.")
  InboxView inbox(Reach reach) {
    Connection connection = reach.connection();
    kinds(connection);
    SyncController.mustRun(connection);
    String secret = addresses.issue(connection);
    addresses.settle(connection);
    return new InboxView(
        publicAddress.of("/imports-inbox/" + secret) + "/",
        "PUT files to it under names such as visits_202603041810.csv: kind, then when it was exported on the clinic's clock;"
            + " add ?complete=true where a file holds all there is of its time.");
  }
}
