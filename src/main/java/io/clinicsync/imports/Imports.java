package io.clinicsync.imports;

import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.canonical.Hashes;
import io.clinicsync.clinics.Connection;
import io.clinicsync.emr.Connectors;
import io.clinicsync.emr.spi.Credentials;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.FileIntake;
import io.clinicsync.emr.spi.FileIntake.FileKind;
import io.clinicsync.emr.spi.Urgency;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.Tenancy;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;

/**
 * Files handed over by clinics. A file is read while its sender waits, so that what cannot be read
 * is refused at once, and its rows are taken soon after. Each method opens its own transactions.
 */
@Component
public class Imports {

  /** Largest file that is taken. */
  public static final int MOST_BYTES = 25 << 20;

  private final Tenancy tenancy;
  private final ImportStore store;
  private final AtOnce atOnce;
  private final FileParts parts;
  private final Mappings mappings;
  private final Connectors connectors;
  private final ApplicationEventPublisher events;
  private final Clock clock;

  Imports(
      Tenancy tenancy,
      ImportStore store,
      AtOnce atOnce,
      FileParts parts,
      Mappings mappings,
      Connectors connectors,
      ApplicationEventPublisher events,
      Clock clock) {
    this.tenancy = tenancy;
    this.store = store;
    this.atOnce = atOnce;
    this.parts = parts;
    this.mappings = mappings;
    this.connectors = connectors;
    this.events = events;
    this.clock = clock;
  }

  /** A clinic has something to take. Only wakes; nothing depends on it. */
  record ImportQueued(ClinicId clinic) {}

  /**
   * A file as it was handed over.
   *
   * @param kind one of {@link #kinds}
   * @param asOf when it was made; null means now, and after every file of the connection that came
   *     before
   * @param complete whether what it lacks is gone, within the time it spans
   * @param removalsConfirmed a person looked at it: it may remove more than is usual
   */
  public record Upload(
      String kind,
      byte[] file,
      @Nullable Instant asOf,
      boolean complete,
      boolean removalsConfirmed) {

    @Override
    public String toString() {
      return "Upload[" + kind + ", " + file.length + " bytes]";
    }
  }

  /** What kinds of files this connection's EMR hands over; none where it is called instead. */
  public List<FileKind> kinds(Connection connection) {
    return intake(connection).map(FileIntake::kinds).orElse(List.of());
  }

  /**
   * Reads a file; a small one is taken along with it, where nothing waits before it, and the rows
   * of others are queued.
   *
   * @throws FileRefused when it cannot be read; nothing of it is kept then
   * @throws AlreadyImported when the same bytes were taken last, or ever where nothing says of
   *     which moment they are
   */
  public Import take(Connection connection, Upload upload) {
    if (upload.file().length > MOST_BYTES) {
      throw new FileRefused(FileRefused.Reason.TOO_LARGE);
    }
    ClinicId clinic = connection.clinic();
    ConnectionId id = connection.id();
    byte[] sha256 = Hashes.sha256(upload.file());
    refuseTheSame(clinic, id, upload, sha256);
    UUID file = UUID.randomUUID();
    Instant asOf = tenancy.inClinic(clinic, () -> store.open(clinic, id, file, upload, sha256));
    try {
      if (!atOnce.take(connection, file, upload, asOf)) {
        queue(clinic, file, upload);
      }
    } catch (RuntimeException failed) {
      tenancy.inClinic(clinic, () -> store.delete(clinic, file));
      throw failed;
    }
    return find(connection, file).orElseThrow();
  }

  /** Puts a file's rows by until they are taken. */
  private void queue(ClinicId clinic, UUID file, Upload upload) {
    int[] part = {0};
    HandedFile.Head head =
        HandedFile.read(upload.file(), lines -> parts.keep(clinic, file, ++part[0], lines));
    parts.keep(clinic, file, head);
    tenancy.inClinic(clinic, () -> store.queue(clinic, file));
    events.publishEvent(new ImportQueued(clinic));
  }

  /**
   * An earlier file may come again only with the moment of which it speaks: without it an old
   * export, handed over by mistake, would count as of now and take newer values back.
   */
  private void refuseTheSame(ClinicId clinic, ConnectionId id, Upload upload, byte[] sha256) {
    tenancy
        .inClinic(
            clinic,
            () ->
                upload.asOf() == null
                    ? store.everTaken(clinic, id, upload.kind(), sha256)
                    : store.same(clinic, id, upload.kind(), sha256))
        .ifPresent(
            before -> {
              throw new AlreadyImported(before);
            });
  }

  /** An import of this connection; empty when it has no such one. */
  public Optional<Import> find(Connection connection, UUID id) {
    return tenancy.inClinic(
        connection.clinic(), () -> store.find(connection.clinic(), connection.id(), id));
  }

  /** The connection's latest imports, newest first. */
  public List<Import> list(Connection connection, int most) {
    return tenancy.inClinic(
        connection.clinic(), () -> store.list(connection.clinic(), connection.id(), most));
  }

  /** Headers of a file that waits for a mapping; none once its rows are taken. */
  public List<String> headers(Connection connection, UUID id) {
    return find(connection, id)
        .flatMap(found -> parts.head(connection.clinic(), id))
        .map(HandedFile.Head::headers)
        .orElse(List.of());
  }

  /** Which column holds what in this clinic's files of a kind. */
  public ColumnMapping mapping(Connection connection, FileKind kind) {
    return tenancy.inClinic(
        connection.clinic(), () -> mappings.find(connection.clinic(), connection.id(), kind.id()));
  }

  /** Saves it; files that waited for it are tried again. */
  public void save(Connection connection, FileKind kind, ColumnMapping mapping) {
    ClinicId clinic = connection.clinic();
    tenancy.inClinic(
        clinic,
        () -> {
          mappings.save(clinic, connection.id(), kind.id(), mapping, clock.instant());
          store.mapped(clinic, connection.id(), kind.id());
        });
    events.publishEvent(new ImportQueued(clinic));
  }

  /** Whether a column of this name is left out of every file. */
  public static boolean isForbidden(String header) {
    return HandedFile.isForbidden(header);
  }

  private Optional<FileIntake> intake(Connection connection) {
    return connectors.capability(connection.emr(), account(connection), FileIntake.class);
  }

  /** The account, without credentials: nobody is called. */
  static EmrAccount account(Connection connection) {
    return new EmrAccount(
        connection.clinic().value(),
        connection.id(),
        connection.way(),
        connection.base(),
        connection.zone(),
        connection.currency(),
        new Credentials(Map.of()),
        Urgency.SYNC);
  }
}
