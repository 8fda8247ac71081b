package io.clinicsync.emr.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.canonical.EmrRecord;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.emr.spi.AccessWay;
import io.clinicsync.emr.spi.AppointmentSource;
import io.clinicsync.emr.spi.Auth;
import io.clinicsync.emr.spi.Capability;
import io.clinicsync.emr.spi.Credentials;
import io.clinicsync.emr.spi.Cursor;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrConnector;
import io.clinicsync.emr.spi.InvoiceSource;
import io.clinicsync.emr.spi.Page;
import io.clinicsync.emr.spi.PatientSource;
import io.clinicsync.emr.spi.PaymentSource;
import io.clinicsync.emr.spi.PurchaseSource;
import io.clinicsync.emr.spi.ReadWindow;
import io.clinicsync.emr.spi.RecordSource;
import io.clinicsync.emr.spi.Urgency;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * What stands ready in each test of the kit: connector, proxy and two accounts of the simulated
 * vendor.
 */
public record TckStage(
    EmrConnector connector, SimulatedEmr simulator, FaultyProxy proxy, Actor first, Actor second) {

  /** One simulated account and how the connector sees it. */
  public record Actor(SimulatedEmr.SimulatedAccount truth, EmrAccount account) {}

  static Actor actor(
      String way,
      SimulatedEmr simulator,
      FaultyProxy proxy,
      SimulatedEmr.SimulatedAccount truth,
      int number) {
    return new Actor(
        truth,
        new EmrAccount(
            new UUID(7, number),
            new ConnectionId(new UUID(8, number)),
            way,
            URI.create(proxy.address() + simulator.path()),
            truth.zone(),
            truth.currency(),
            truth.credentials(),
            Urgency.SYNC));
  }

  /** The access way under test. */
  AccessWay way() {
    return connector.descriptor().way(first.account().way());
  }

  /**
   * Whether the vendor is called at all. Where the clinic hands files over, nothing that happens at
   * the vendor reaches the connector.
   */
  boolean isCalled() {
    return !(way().auth() instanceof Auth.HandedOver);
  }

  /** Reads although the vendor is in trouble, without a call. */
  void readsWithoutACall() {
    for (RecordSource<?> source : sources()) {
      assertThat(source.read(first.account(), new ReadWindow.Everything(), null).records())
          .isNotEmpty();
    }
    assertThat(proxy.journal()).isEmpty();
  }

  /** The first account with other credentials, as a clinic that connects would bring them. */
  EmrAccount with(Credentials credentials) {
    EmrAccount account = first.account();
    return new EmrAccount(
        account.tenant(),
        new ConnectionId(new UUID(8, 99)),
        account.way(),
        account.base(),
        account.zone(),
        account.currency(),
        credentials,
        account.urgency());
  }

  List<RecordSource<?>> sources() {
    List<RecordSource<?>> sources = new ArrayList<>();
    for (Capability capability : connector.capabilities(first.account())) {
      if (capability instanceof RecordSource<?> source) {
        sources.add(source);
      }
    }
    return sources;
  }

  <C extends Capability> Optional<C> capability(Class<C> type) {
    return connector.capabilities(first.account()).stream()
        .filter(type::isInstance)
        .map(type::cast)
        .findFirst();
  }

  static RecordKind kind(RecordSource<?> source) {
    return switch (source) {
      case PatientSource patients -> RecordKind.PATIENT;
      case AppointmentSource appointments -> RecordKind.APPOINTMENT;
      case InvoiceSource invoices -> RecordKind.INVOICE;
      case PaymentSource payments -> RecordKind.PAYMENT;
      case PurchaseSource purchases -> RecordKind.PURCHASE;
    };
  }

  /**
   * All pages of a window; fails when a cursor comes twice. Each cursor goes through its stored
   * text.
   */
  static <T extends EmrRecord> List<Page<T>> pages(
      RecordSource<T> source, EmrAccount account, ReadWindow window) {
    List<Page<T>> pages = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    Cursor cursor = null;
    do {
      Page<T> page = source.read(account, window, cursor);
      pages.add(page);
      cursor = page.next() == null ? null : new Cursor(page.next().value());
      assertThat(cursor == null || seen.add(cursor.value())).as("a cursor never repeats").isTrue();
    } while (cursor != null);
    return pages;
  }

  static <T extends EmrRecord> List<T> read(
      RecordSource<T> source, EmrAccount account, ReadWindow window) {
    List<T> records = new ArrayList<>();
    pages(source, account, window).forEach(page -> records.addAll(page.records()));
    return records;
  }

  static Set<String> ids(List<? extends EmrRecord> records) {
    Set<String> ids = new HashSet<>();
    records.forEach(record -> ids.add(record.ref().id().value()));
    return ids;
  }
}
