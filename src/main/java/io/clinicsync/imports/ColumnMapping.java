package io.clinicsync.imports;

import io.clinicsync.emr.spi.FileIntake.FileColumn;
import io.clinicsync.emr.spi.FileIntake.FileKind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which column of a clinic's files holds what.
 *
 * @param columns header by our field, where a clinic says it; the usual headers serve the rest
 * @param dates and times patterns of this clinic's files; null takes the usual forms
 */
public record ColumnMapping(
    Map<String, String> columns, @Nullable String dates, @Nullable String times) {

  /** A clinic that said nothing. */
  public static final ColumnMapping USUAL = new ColumnMapping(Map.of(), null, null);

  public ColumnMapping {
    columns = Map.copyOf(columns);
  }

  /**
   * Where each field stands among these headers. A column the clinic named serves that field alone.
   */
  Map<String, Integer> places(FileKind kind, List<String> headers) {
    List<String> plain = headers.stream().map(HandedFile::plain).toList();
    Map<String, Integer> places = new LinkedHashMap<>();
    for (FileColumn column : kind.columns()) {
      String named = columns.get(column.field());
      int at = named == null ? usual(column, plain) : plain.indexOf(HandedFile.plain(named));
      if (at >= 0) {
        places.put(column.field(), at);
      }
    }
    return places;
  }

  private int usual(FileColumn column, List<String> plain) {
    List<String> candidates = new ArrayList<>(column.headers());
    candidates.add(column.field());
    for (String header : candidates) {
      int at = plain.indexOf(HandedFile.plain(header));
      if (at >= 0
          && columns.values().stream()
              .noneMatch(taken -> HandedFile.plain(taken).equals(plain.get(at)))) {
        return at;
      }
    }
    return -1;
  }

  /** Fields a file of this kind cannot do without and these places lack. */
  static List<String> missing(FileKind kind, Map<String, Integer> places) {
    return kind.columns().stream()
        .filter(column -> column.required() && !places.containsKey(column.field()))
        .map(FileColumn::field)
        .toList();
  }
}
