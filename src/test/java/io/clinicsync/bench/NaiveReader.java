package io.clinicsync.bench;

import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.canonical.EmrRecord;
import io.clinicsync.canonical.Patient;
import io.clinicsync.clinics.Connections;
import io.clinicsync.emr.Connectors;
import io.clinicsync.emr.spi.Capability;
import io.clinicsync.emr.spi.Cursor;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrConnector;
import io.clinicsync.emr.spi.Page;
import io.clinicsync.emr.spi.ReadWindow;
import io.clinicsync.emr.spi.RecordSource;
import io.clinicsync.emr.spi.Urgency;
import io.clinicsync.tenancy.ClinicId;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Reads every list of an EMR whole, with its full pages, as a plain script would each time. */
final class NaiveReader {

  private final Connectors connectors;
  private final Connections connections;

  NaiveReader(Connectors connectors, Connections connections) {
    this.connectors = connectors;
    this.connections = connections;
  }

  /** All patients, after everything was read. */
  List<NaivePoller.Contact> everything(ClinicId clinic, ConnectionId connection) {
    EmrAccount account = connections.account(clinic, connection, Urgency.SYNC);
    EmrConnector connector =
        connectors.require(connections.find(clinic, connection).orElseThrow().emr());
    List<NaivePoller.Contact> patients = new ArrayList<>();
    for (Capability capability : connector.capabilities(account)) {
      if (capability instanceof RecordSource<?> source) {
        read(source, account, patients);
      }
    }
    return patients;
  }

  private static <T extends EmrRecord> void read(
      RecordSource<T> source, EmrAccount account, List<NaivePoller.Contact> patients) {
    Cursor cursor = null;
    do {
      Page<T> page = source.read(account, new ReadWindow.Everything(), cursor);
      for (T record : page.records()) {
        if (record instanceof Patient patient) {
          patients.add(
              new NaivePoller.Contact(
                  patient.ref().id().value(),
                  Objects.requireNonNullElse(patient.name().first(), ""),
                  Objects.requireNonNullElse(patient.name().last(), ""),
                  Objects.requireNonNullElse(patient.email(), "")));
        }
      }
      cursor = page.next();
    } while (cursor != null);
  }
}
