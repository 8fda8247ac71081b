package io.clinicsync.emr.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.clinicsync.canonical.Appointment;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.emr.spi.AppointmentSource;
import io.clinicsync.emr.spi.ChangeListener;
import io.clinicsync.emr.spi.ChangeListener.Heard;
import io.clinicsync.emr.spi.ChangeListener.ReRead;
import org.junit.jupiter.api.Test;

/** How a connector hears the vendor's webhooks. */
interface ChangesContract {

  TckStage stage();

  @Test
  default void aGenuineNoticeLeadsToItsRecordAndARepeatedOneIsKnownAgain() {
    ChangeListener listener = stage().capability(ChangeListener.class).orElse(null);
    assertThat(listener != null)
        .as("a connector listens exactly where its vendor speaks")
        .isEqualTo(stage().first().truth().hooks().isPresent());
    if (listener == null) {
      return;
    }
    SimulatedEmr.Hooks hooks = stage().first().truth().hooks().orElseThrow();
    Heard.Changed first = null;
    for (var call : hooks.genuine()) {
      Heard heard = listener.hear(stage().first().account(), call);
      assertThat(heard).isInstanceOf(Heard.Changed.class);
      Heard.Changed changed = (Heard.Changed) heard;
      assertThat(changed.what()).anyMatch(what -> leadsTo(what, hooks.record()));
      assertThat(changed.id()).isNotBlank().isEqualTo(first == null ? changed.id() : first.id());
      first = changed;
    }
  }

  private boolean leadsTo(ReRead what, EmrRef record) {
    return switch (what) {
      case ReRead.One(EmrRef ref) -> ref.equals(record);
      case ReRead.Span(RecordKind kind, var range) ->
          kind == record.kind()
              && stage()
                  .capability(AppointmentSource.class)
                  .flatMap(source -> source.get(stage().first().account(), record))
                  .map(Appointment::startsAt)
                  .filter(range::contains)
                  .isPresent();
    };
  }

  @Test
  default void whatIsNotTheVendorsIsRefused() {
    ChangeListener listener = stage().capability(ChangeListener.class).orElse(null);
    if (listener == null) {
      return;
    }
    var refused = stage().first().truth().hooks().orElseThrow().refused();
    assertThat(refused).hasSizeGreaterThanOrEqualTo(3);
    refused.forEach(
        (why, call) ->
            assertThat(listener.hear(stage().first().account(), call))
                .as(why)
                .isInstanceOf(Heard.Refused.class));
  }
}
