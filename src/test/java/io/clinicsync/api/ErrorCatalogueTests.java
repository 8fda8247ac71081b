package io.clinicsync.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.ghl.GhlException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ErrorCatalogueTests {

  /** Literals of stored codes; a new family of codes belongs here. */
  private static final Pattern CODE =
      Pattern.compile(
          "\"((?:crm|ghl|import)_(?!id\")[a-z_]+|removal_brake|database_unavailable|internal_error|credentials_removed)\"|'(ghl_[a-z_]+|process_died)'");

  @Test
  void everyKindOfFailureHasItsEntry() {
    for (EmrException.Kind kind : EmrException.Kind.values()) {
      complete(ErrorCatalogue.require(ErrorCatalogue.code(kind)));
    }
    for (GhlException.Kind kind : GhlException.Kind.values()) {
      complete(ErrorCatalogue.require(ErrorCatalogue.code(kind)));
    }
    for (String code : new String[] {"mirror_practitioner_unknown", "mirror_refused"}) {
      complete(ErrorCatalogue.require(code));
    }
    ErrorCatalogue.all().forEach(ErrorCatalogueTests::complete);
  }

  @Test
  void everyCodeWrittenInTheSourcesHasItsEntry() throws IOException {
    Set<String> codes = new TreeSet<>();
    for (String module : new String[] {"clinics", "sync", "imports", "records", "people", "crm"}) {
      try (Stream<Path> files = Files.walk(Path.of("src/main/java/io/clinicsync", module))) {
        files
            .filter(file -> file.toString().endsWith(".java"))
            .forEach(file -> collect(file, codes));
      }
    }
    assertThat(codes)
        .contains("removal_brake", "ghl_reconnect", "credentials_removed", "process_died");
    assertThat(codes)
        .allMatch(code -> ErrorCatalogue.find(code).isPresent(), "is in the catalogue");
  }

  private static void complete(ErrorCatalogue.Entry entry) {
    assertThat(entry.sentence()).endsWith(".");
    assertThat(entry.nextStep()).endsWith(".");
  }

  private static void collect(Path file, Set<String> codes) {
    try {
      CODE.matcher(Files.readString(file))
          .results()
          .map(found -> found.group(1) == null ? found.group(2) : found.group(1))
          .forEach(codes::add);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }
}
