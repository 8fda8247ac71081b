package io.clinicsync.api.web;

import io.clinicsync.clinics.Connection;
import io.clinicsync.emr.spi.FileIntake.FileKind;
import io.clinicsync.imports.ColumnMapping;
import io.clinicsync.imports.Imports;
import io.clinicsync.tenancy.KeyScope;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Which column of a clinic's exports holds what; said once, used for every file. */
@RestController
@RequestMapping({
  "/api/v1/clinics/{clinicId}/connections/{connectionId}/import-mapping/{kind}",
  "/api/v1/connections/{connectionId}/import-mapping/{kind}"
})
@Tag(name = "Imports")
class ImportMappingController {

  private static final String PATTERN = "[yMdHhmsa/.\\-: ,']*";

  private final Imports imports;

  ImportMappingController(Imports imports) {
    this.imports = imports;
  }

  /**
   * A mapping to keep.
   *
   * @param columns header by field, for those that are not called as usual
   * @param datePattern and timePattern where the usual forms do not do, such as dd/MM/yyyy
   */
  record NewMapping(
      @NotNull @Size(max = 60)
          Map<@NotBlank @Size(max = 50) String, @NotBlank @Size(max = 200) String> columns,
      @Nullable
          @Size(max = 30)
          @Pattern(regexp = PATTERN, message = "must be a pattern such as dd/MM/yyyy")
          String datePattern,
      @Nullable
          @Size(max = 30)
          @Pattern(regexp = PATTERN, message = "must be a pattern such as HH:mm")
          String timePattern)
      implements Json {}

  /** The mapping as it is used. */
  record MappingView(
      String kind,
      List<FieldView> fields,
      @Nullable String datePattern,
      @Nullable String timePattern)
      implements Json {}

  /**
   * One field.
   *
   * @param column the clinic's own header; null where the usual ones are looked for
   */
  record FieldView(
      String field, boolean required, @Nullable String column, List<String> usualHeaders)
      implements Json {}

  @GetMapping
  @Needs({KeyScope.MANAGE, KeyScope.READ})
  @Operation(
      summary = "Get a column mapping",
      description = "What each field is looked for under, in files of this kind.")
  MappingView get(Reach reach, @PathVariable String kind) {
    Connection connection = reach.connection();
    FileKind found = kind(connection, kind);
    return view(found, imports.mapping(connection, found));
  }

  @PutMapping
  @Needs(KeyScope.MANAGE)
  @Operation(
      summary = "Save a column mapping",
      description = "Replaces the one before. Files that waited for it are tried again at once.")
  MappingView put(Reach reach, @PathVariable String kind, @Valid @RequestBody NewMapping wanted) {
    Connection connection = reach.connection();
    FileKind found = kind(connection, kind);
    List<Problem.WrongField> wrong = new ArrayList<>();
    wanted
        .columns()
        .forEach(
            (field, header) -> {
              if (found.columns().stream().noneMatch(each -> each.field().equals(field))) {
                wrong.add(
                    new Problem.WrongField("columns", "names a field this kind does not have"));
              } else if (Imports.isForbidden(header)) {
                wrong.add(
                    new Problem.WrongField(
                        "columns", "names a column that is never kept, such as one of notes"));
              }
            });
    check("date_pattern", wanted.datePattern(), wrong);
    check("time_pattern", wanted.timePattern(), wrong);
    if (!wrong.isEmpty()) {
      throw Refusal.fields(wrong);
    }
    ColumnMapping mapping =
        new ColumnMapping(wanted.columns(), wanted.datePattern(), wanted.timePattern());
    imports.save(connection, found, mapping);
    return view(found, mapping);
  }

  private static void check(
      String field, @Nullable String pattern, List<Problem.WrongField> wrong) {
    if (pattern == null) {
      return;
    }
    try {
      var unused = DateTimeFormatter.ofPattern(pattern, Locale.US);
    } catch (IllegalArgumentException noPattern) {
      wrong.add(new Problem.WrongField(field, "is not a pattern"));
    }
  }

  private FileKind kind(Connection connection, String kind) {
    return imports.kinds(connection).stream()
        .filter(each -> each.id().equals(kind))
        .findFirst()
        .orElseThrow(Refusal::notFound);
  }

  private static MappingView view(FileKind kind, ColumnMapping mapping) {
    return new MappingView(
        kind.id(),
        kind.columns().stream()
            .map(
                column ->
                    new FieldView(
                        column.field(),
                        column.required(),
                        mapping.columns().get(column.field()),
                        column.headers()))
            .toList(),
        mapping.dates(),
        mapping.times());
  }
}
