package io.clinicsync;

import static org.assertj.core.api.Assertions.assertThat;

import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.emr.Connectors;
import io.clinicsync.emr.spi.AccessWay;
import io.clinicsync.emr.spi.AppointmentSource;
import io.clinicsync.emr.spi.Auth;
import io.clinicsync.emr.spi.AvailabilityProvider;
import io.clinicsync.emr.spi.BookingGateway;
import io.clinicsync.emr.spi.Capability;
import io.clinicsync.emr.spi.CatalogueSource;
import io.clinicsync.emr.spi.ChangeListener;
import io.clinicsync.emr.spi.Credentials;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrConnector;
import io.clinicsync.emr.spi.InvoiceSource;
import io.clinicsync.emr.spi.PatientSource;
import io.clinicsync.emr.spi.PaymentSource;
import io.clinicsync.emr.spi.PurchaseSource;
import io.clinicsync.emr.spi.RecordSource;
import io.clinicsync.emr.spi.SourceFacts;
import io.clinicsync.emr.spi.Urgency;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * {@code docs/connectors.md} shows what the connectors declare; a dropped capability shows as a
 * diff there.
 */
class CapabilityTableTests {

  private static final Path PAGE = Path.of("docs/connectors.md");
  private static final String BEGIN = "<!-- generated: capabilities -->";
  private static final String END = "<!-- end -->";
  private static final Map<String, Class<? extends Capability>> COLUMNS =
      new java.util.LinkedHashMap<>();

  static {
    COLUMNS.put("Patients", PatientSource.class);
    COLUMNS.put("Appointments", AppointmentSource.class);
    COLUMNS.put("Invoices", InvoiceSource.class);
    COLUMNS.put("Payments", PaymentSource.class);
    COLUMNS.put("Purchases", PurchaseSource.class);
    COLUMNS.put("Catalogue", CatalogueSource.class);
    COLUMNS.put("Open times", AvailabilityProvider.class);
    COLUMNS.put("Webhooks", ChangeListener.class);
    COLUMNS.put("Books", BookingGateway.class);
  }

  @Test
  void theTableInTheDocumentationIsWhatTheConnectorsDeclare() throws IOException {
    String page = Files.readString(PAGE);
    int from = page.indexOf(BEGIN) + BEGIN.length();
    int to = page.indexOf(END);
    String fresh = page.substring(0, from) + "\n" + table() + page.substring(to);
    if (!fresh.equals(page)) {
      Files.writeString(PAGE, fresh);
    }
    assertThat(fresh)
        .as("docs/connectors.md was stale and is rewritten now; commit it")
        .isEqualTo(page);
  }

  private static String table() {
    StringBuilder table = new StringBuilder();
    table.append("| EMR | Way in | Limit |");
    COLUMNS.keySet().forEach(column -> table.append(' ').append(column).append(" |"));
    table.append("\n|---|---|---|").append("---|".repeat(COLUMNS.size())).append('\n');
    try (var context = DeclaredConnectors.context()) {
      for (EmrConnector connector : context.getBean(Connectors.class).all()) {
        connector.descriptor().ways().forEach(way -> table.append(row(connector, way)));
      }
    }
    return table.toString();
  }

  private static String row(EmrConnector connector, AccessWay way) {
    EmrAccount account =
        new EmrAccount(
            new UUID(0, 1),
            new ConnectionId(new UUID(0, 2)),
            way.id(),
            URI.create("https://localhost"),
            ZoneOffset.UTC,
            "AUD",
            new Credentials(Map.of()),
            Urgency.SYNC);
    List<Capability> declared = connector.capabilities(account);
    String cells =
        COLUMNS.values().stream()
            .map(type -> declared.stream().filter(type::isInstance).findFirst())
            .map(CapabilityTableTests::cell)
            .collect(Collectors.joining(" | "));
    String limit =
        way.auth() instanceof Auth.HandedOver
            ? "nothing is called"
            : way.limit().calls() + " per " + seconds(way.limit().per()) + " s";
    return "| %s | %s | %s | %s |%n"
        .formatted(connector.descriptor().name(), way.label(), limit, cells)
        .replace(System.lineSeparator(), "\n");
  }

  private static String seconds(Duration time) {
    return BigDecimal.valueOf(time.toMillis(), 3).stripTrailingZeros().toPlainString();
  }

  private static String cell(Optional<Capability> capability) {
    if (capability.isEmpty()) {
      return "no";
    }
    if (capability.get() instanceof BookingGateway gateway) {
      return "books, %s, cancels%s"
          .formatted(
              gateway.facts().movesInOneStep() ? "moves" : "moves by booking anew",
              gateway.facts().refusesOverlaps() ? "" : "; accepts overlaps");
    }
    if (!(capability.get() instanceof RecordSource<?> source)) {
      return "yes";
    }
    SourceFacts facts = source.facts();
    String windows =
        facts.byChange()
            ? (facts.byStart() ? "by change, by start" : "by change")
            : (facts.byStart() ? "by start" : "whole");
    if (facts.ofPatients() > 0) {
      windows += ", by patient";
    }
    return windows + (facts.deletions() == SourceFacts.Deletions.FLAGGED ? "" : ", sweep");
  }
}
