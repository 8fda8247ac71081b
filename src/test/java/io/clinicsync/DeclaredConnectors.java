package io.clinicsync;

import io.clinicsync.emr.spi.EmrSessions;
import io.clinicsync.emr.spi.ImportedRows;
import io.clinicsync.emr.tck.InMemoryImports;
import io.clinicsync.emr.tck.InMemorySessions;
import io.clinicsync.http.OutboundHttp;
import java.time.Clock;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;

/** Every connector of the application, without anything to call. */
final class DeclaredConnectors {

  private DeclaredConnectors() {}

  /** A context that holds them; to be closed. */
  static AnnotationConfigApplicationContext context() {
    AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
    OutboundHttp nowhere =
        call -> {
          throw new IllegalStateException("Declaring capabilities needs no call");
        };
    context.registerBean(OutboundHttp.class, () -> nowhere);
    context.registerBean(Clock.class, Clock::systemUTC);
    context.registerBean(EmrSessions.class, InMemorySessions::new);
    context.registerBean(ImportedRows.class, () -> new InMemoryImports(Clock.systemUTC()));
    context.scan("io.clinicsync.emr");
    context.refresh();
    return context;
  }
}
