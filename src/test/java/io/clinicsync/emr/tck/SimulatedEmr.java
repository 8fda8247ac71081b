package io.clinicsync.emr.tck;

import io.clinicsync.VendorSpecs;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.emr.spi.Credentials;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrConnector;
import io.clinicsync.emr.spi.IncomingCall;
import io.clinicsync.sandbox.server.Faults;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
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

  /** Whether the vendor wants a token or a session before it gives data. */
  default boolean signsIn() {
    return false;
  }

  /** Part of the address of the calls that sign in; empty when there are none. */
  default Optional<String> signInPath() {
    return Optional.empty();
  }

  /**
   * Whether a call may change something for good. A question asked by POST does not, nor does a
   * hold that ends by itself, nor letting one go.
   *
   * @param url path and query
   * @param body empty when there is none
   */
  default boolean commits(String method, String url, String body) {
    return !method.equals("GET");
  }

  /**
   * What spoils answers inside the vendor, record by record; empty where nothing is asked over a
   * wire.
   */
  default Optional<Faults> faults() {
    return Optional.empty();
  }

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

    /** Does what a person does once at the vendor's own page, where a way needs that. */
    default void grant(EmrConnector connector, EmrAccount account) {}

    /**
     * Exports everything and hands it over, now and after every later change; only where nobody can
     * be called.
     */
    default void handOver(EmrConnector connector, EmrAccount account, InMemoryImports imports) {
      throw new IllegalStateException("This vendor is called");
    }

    /** Whether the vendor has lists of its staff and services; else they are names in records. */
    default boolean listsStaff() {
      return true;
    }

    /** Ends every token and session at once; the credentials still work. */
    default void endSessions() {}

    /** Most calls that reading all patients may take, when they fill this many pages. */
    default int mostCalls(int pages) {
      // One more where a page edge falls into a second that fills a page.
      return pages + 1;
    }

    /** What every appointment of this vendor points to. */
    default Set<RecordKind> named() {
      return Set.of(RecordKind.PRACTITIONER, RecordKind.TREATMENT, RecordKind.SITE);
    }

    /** Webhooks of this vendor about a change made now; empty when it has none. */
    default Optional<Hooks> hooks() {
      return Optional.empty();
    }

    /** What booking is tried with; empty when this vendor takes no bookings of ours. */
    default Optional<Diary> diary() {
      return Optional.empty();
    }

    /** Registers a patient whose every text is this one, as far as the vendor's formats allow. */
    String plant(Person person);
  }

  /** The vendor's diary as it truly stands. */
  interface Diary {

    /** Patients who can be booked, at least ten. */
    List<EmrRef> patients();

    /** All that stands there of a patient, cancelled entries included. */
    List<Entry> of(EmrRef patient);

    /** A class ahead in which seats are left; empty where there are no classes. */
    Optional<ClassAhead> classAhead();

    /** Archives a patient. */
    void archive(EmrRef patient);

    /** Ids of times that are held and not booked; empty where the vendor has no holds. */
    default List<String> holds() {
      return List.of();
    }

    /** What this vendor has no place for; the kit holds it to that. */
    default Set<Gap> gaps() {
      return Set.of();
    }

    /**
     * Whether the vendor refuses a taken time although the connector does not rely on that; it
     * reads the diary all the same.
     */
    default boolean refusesOverlaps() {
      return false;
    }
  }

  /** What a vendor may have no place for. */
  enum Gap {
    /** A note staff read with a booking. */
    BOOKING_NOTES,
    /** Anything to note before a booking is sent: its key and moment are enough to find it by. */
    NEEDS_NO_NOTE,
    BIRTH_DATES,
    /** Archived patients that count as removed. */
    ARCHIVED_PATIENTS,
    MERGED_PATIENTS,
    /** A search by anything but names. */
    SEARCH_BY_ADDRESS,
    /** An end that is not its treatment's; such a booking is refused. */
    ENDS_OF_THEIR_OWN,
    /** Somebody without an e-mail address of their own. */
    PATIENTS_WITHOUT_EMAIL,
    /** A search that shows archived patients, and merged ones as whom they became. */
    SEARCH_FOR_WHO_LEFT
  }

  /**
   * An entry of a diary.
   *
   * @param id in our spelling
   * @param text what staff read there
   */
  record Entry(String id, Instant startsAt, Instant endsAt, boolean cancelled, String text) {}

  /** A class that stands in the diary. */
  record ClassAhead(
      EmrRef practitioner,
      EmrRef treatment,
      EmrRef site,
      Instant startsAt,
      Instant endsAt,
      int seats,
      int seatsLeft) {}

  /** An invented person. */
  record Person(String first, String last, String email, String phone, String birthDate) {}

  /**
   * Webhooks as they reach us.
   *
   * @param record what the genuine ones are about
   * @param genuine one notice and the same notice delivered again
   * @param refused forged, unsigned, stale and another account's, by what is wrong with them
   */
  record Hooks(EmrRef record, List<IncomingCall> genuine, Map<String, IncomingCall> refused) {}
}
