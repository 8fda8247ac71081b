package io.clinicsync.emr.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.clinicsync.canonical.EmrRecord;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.emr.spi.Page;
import io.clinicsync.emr.spi.ReadWindow;
import io.clinicsync.emr.spi.RecordSource;
import io.clinicsync.sandbox.server.Fault;
import io.clinicsync.sandbox.server.FaultKind;
import io.clinicsync.sandbox.server.Faults;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * Answers that are sound JSON and hold records other than the vendor promises, wherever it keeps
 * them.
 */
interface BadAnswersContract {

  ReadWindow WHOLE = new ReadWindow.Everything();

  TckStage stage();

  @Test
  default void recordsWhoseIdHasAnotherNameBreakTheContract() {
    eachSource(Fault.of(FaultKind.RENAME_FIELD), this::breaks);
  }

  @Test
  default void recordsWithoutAnIdBreakTheContract() {
    eachSource(Fault.of(FaultKind.MISSING_FIELD), this::breaks);
  }

  private void breaks(RecordSource<?> source) {
    EmrException failure =
        catchThrowableOfType(
            EmrException.class, () -> TckStage.pages(source, stage().first().account(), WHOLE));
    assertThat(failure).as(TckStage.kind(source).name()).isNotNull();
    assertThat(failure.kind()).isEqualTo(EmrException.Kind.CONTRACT_BROKEN);
  }

  @Test
  default void oneDamagedRecordOfAListLeavesTheOthers() {
    for (RecordSource<?> source : stage().sources()) {
      leavesTheOthers(source);
    }
  }

  private <T extends EmrRecord> void leavesTheOthers(RecordSource<T> source) {
    if (nobodyAnswers() || stage().simulator().faults().isEmpty()) {
      return;
    }
    Faults faults = stage().simulator().faults().get();
    int all = stage().first().truth().ids(TckStage.kind(source)).size();
    int read = all;
    // Where a vendor gives many short lists, none may have a fourth record.
    for (int index = 3; index >= 0 && read == all; index--) {
      faults.set(Fault.of(FaultKind.POISON_RECORD).amount(index));
      try {
        read = read(TckStage.pages(source, stage().first().account(), WHOLE));
      } catch (EmrException failure) {
        // Lists of one record each, of which the first is damaged, leave nothing.
        assertThat(index).as(TckStage.kind(source).name()).isZero();
        assertThat(failure.kind()).isEqualTo(EmrException.Kind.CONTRACT_BROKEN);
        return;
      } finally {
        faults.clear();
      }
    }
    assertThat(read)
        .as(TckStage.kind(source) + " of " + all)
        .isGreaterThan(all / 4)
        .isLessThan(all);
  }

  private static int read(List<? extends Page<?>> pages) {
    return pages.stream().mapToInt(page -> page.records().size()).sum();
  }

  @Test
  default void anEmptiedListHoldsNothingAndRemovesNothing() {
    eachSource(Fault.of(FaultKind.EMPTY_LIST), this::isEmpty);
  }

  private <T extends EmrRecord> void isEmpty(RecordSource<T> source) {
    List<Page<T>> pages;
    try {
      pages = TckStage.pages(source, stage().first().account(), WHOLE);
    } catch (EmrException failure) {
      // Where a list belongs to every account, an empty one is no answer at all.
      assertThat(failure.kind()).isEqualTo(EmrException.Kind.CONTRACT_BROKEN);
      return;
    }
    for (Page<T> page : pages) {
      assertThat(page.records()).as(TckStage.kind(source).name()).isEmpty();
      assertThat(page.removed()).isEmpty();
    }
  }

  private void eachSource(Fault fault, Consumer<RecordSource<?>> check) {
    if (nobodyAnswers() || stage().simulator().faults().isEmpty()) {
      return;
    }
    Faults faults = stage().simulator().faults().get();
    for (RecordSource<?> source : stage().sources()) {
      faults.set(fault);
      try {
        check.accept(source);
      } finally {
        faults.clear();
      }
    }
  }

  /** What is handed over in files is damaged there, and judged where files are read. */
  private boolean nobodyAnswers() {
    if (stage().isCalled()) {
      return false;
    }
    stage().sources().forEach(each -> TckStage.pages(each, stage().first().account(), WHOLE));
    assertThat(stage().proxy().journal()).as("calls of an EMR nobody calls").isEmpty();
    return true;
  }
}
