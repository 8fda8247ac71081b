package io.clinicsync.imports;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Counts what a file's rows came to. */
final class Tally {

  private static final int MOST_FLAWS = 100;

  private int rows;
  private int rejected;
  private final List<Import.Flaw> flaws = new ArrayList<>();

  void taken() {
    rows++;
  }

  void refused(int row, @Nullable String column, String code) {
    rows++;
    rejected++;
    note(new Import.Flaw(row, column, code, true));
  }

  void warned(int row, @Nullable String column, String code) {
    note(new Import.Flaw(row, column, code, false));
  }

  private void note(Import.Flaw flaw) {
    if (flaws.size() < MOST_FLAWS) {
      flaws.add(flaw);
    }
  }

  int rows() {
    return rows;
  }

  int rejected() {
    return rejected;
  }

  /** More than a fifth: the file is something else than it is taken for. */
  boolean isHopeless() {
    return rejected * 5L > rows;
  }

  List<Import.Flaw> flaws() {
    return List.copyOf(flaws);
  }
}
