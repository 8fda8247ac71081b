package io.clinicsync.imports;

import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.FileIntake;
import io.clinicsync.emr.spi.FileIntake.FileForm;
import io.clinicsync.emr.spi.FileIntake.FileKind;
import io.clinicsync.emr.spi.FileIntake.FileRow;
import io.clinicsync.emr.spi.FileIntake.Flaw;
import io.clinicsync.emr.spi.FileIntake.Reading;
import io.clinicsync.imports.HandedFile.Head;
import io.clinicsync.imports.HandedFile.Line;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Has the connector understand the rows of one file. */
final class Understanding {

  private final FileIntake intake;
  private final EmrAccount account;
  private final FileKind kind;
  private final Head head;
  private final Map<String, Integer> places;
  private final FileForm form;
  private final Instant asOf;

  Understanding(
      FileIntake intake,
      EmrAccount account,
      FileKind kind,
      Head head,
      ColumnMapping mapping,
      Instant asOf) {
    this.intake = intake;
    this.account = account;
    this.kind = kind;
    this.head = head;
    this.places = mapping.places(kind, head.headers());
    this.form = new FileForm(mapping.dates(), mapping.times(), head.from1904());
    this.asOf = asOf;
  }

  /** Whether a column the kind needs was not found. */
  boolean lacksColumns() {
    return !ColumnMapping.missing(kind, places).isEmpty();
  }

  Reading read(Line line) {
    Map<String, String> values = new HashMap<>();
    for (Map.Entry<String, Integer> place : places.entrySet()) {
      String cell =
          place.getValue() < line.cells().size() ? line.cells().get(place.getValue()) : "";
      if (!cell.isEmpty() && cell.charAt(0) == TableRows.FLAW) {
        return new Reading.Refused(null, new Flaw(place.getKey(), cell.substring(1)));
      }
      values.put(place.getKey(), cell);
    }
    return intake.understand(account, kind, new FileRow(values, asOf, form));
  }

  /** Reads a row and counts what it came to. */
  Reading count(Line line, Tally tally) {
    Reading reading = read(line);
    switch (reading) {
      case Reading.Taken taken -> {
        tally.taken();
        taken
            .warnings()
            .forEach(flaw -> tally.warned(line.number(), header(flaw.field()), flaw.code()));
      }
      case Reading.Refused refused ->
          tally.refused(line.number(), header(refused.flaw().field()), refused.flaw().code());
    }
    return reading;
  }

  private @Nullable String header(@Nullable String field) {
    Integer place = field == null ? null : places.get(field);
    return place == null ? field : head.headers().get(place);
  }
}
