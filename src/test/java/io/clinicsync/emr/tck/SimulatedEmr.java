package io.clinicsync.emr.tck;

import io.clinicsync.VendorSpecs;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.emr.spi.Credentials;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the kit needs of a vendor's simulator: accounts, the truth about them, and hands that change
 * them.
 */
public interface SimulatedEmr extends AutoCloseable {

  /** Scheme, host and port. */
  URI origin();

  /** What stands between the origin and the vendor's own paths; empty or starting with a slash. */
  String path();

  /** The vendor's OpenAPI description; empty when it publishes none or its folder is not given. */
  Optional<VendorSpecs> specs();

  /** The vendor's clock. */
  Clock clock();

  /** Lets the vendor's time pass. */
  void pass(Duration time);

  /** Creates an account anew, with invented people. */
  SimulatedAccount open(String name, int patients);

  @Override
  void close();

  /** One account. Ids are in our spelling. */
  interface SimulatedAccount {

    ZoneId zone();

    String currency();

    Credentials credentials();

    /** Credentials that look right and are not. */
    Credentials wrongCredentials();

    /** Texts that only the credentials hold. */
    Set<String> secrets();

    /** Every record a complete read must bring, removed ones included. */
    Set<String> ids(RecordKind kind);

    /** Records the vendor shows as gone. */
    Set<String> removed(RecordKind kind);

    /** Patients merged away, and into whom. */
    Map<String, String> merged();

    /** When each appointment starts. */
    Map<String, Instant> starts();

    /** Changes many records within one second of vendor time and returns their ids. */
    Set<String> changeTogether(RecordKind kind, int count);

    /** Makes one record one that nobody can store, and returns its id. */
    String poison(RecordKind kind);

    /** Makes every record of a kind something else than the vendor promises. */
    void garble(RecordKind kind);

    /** Gives an appointment a status word nobody knows, and returns its id. */
    String unknownStatus();

    /** Registers a patient whose every text is this one, as far as the vendor's formats allow. */
    String plant(Person person);
  }

  /** An invented person. */
  record Person(String first, String last, String email, String phone, String birthDate) {}
}
