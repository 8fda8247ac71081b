package io.clinicsync.emr.spi;

import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.canonical.TimeRange;
import java.net.URI;
import java.util.List;

/**
 * Understands the vendor's webhooks. A webhook is a hint: it says what to read again, and what is
 * read decides [R8]. Called by {@code sync} before anything is stored; makes no remote call.
 */
public non-sealed interface ChangeListener extends Capability {

  /** The events a vendor must be given addresses of their own for; empty when one address does. */
  List<String> events();

  /** Whether {@link #register} works; otherwise a person enters the address at the vendor. */
  default boolean registersItself() {
    return false;
  }

  /**
   * Tells the vendor our address and keeps in the account's sessions what verifying its calls
   * takes; addresses of ours registered before, which share all but the last part of the path, are
   * taken back once the new one stands. The vendor may try the address out before this returns.
   *
   * @throws EmrException as the vendor refuses or fails
   */
  default void register(EmrAccount account, URI address) {
    throw new EmrException(
        EmrException.Kind.REQUEST_REJECTED, "This EMR takes no address from an application");
  }

  /**
   * Whether an address registered at a vendor is one of ours for the same EMR: the same but for its
   * unguessable last part.
   */
  static boolean sameBut(URI ours, String registered) {
    String prefix = ours.toString().substring(0, ours.toString().lastIndexOf('/') + 1);
    return registered.startsWith(prefix) && registered.indexOf('/', prefix.length()) < 0;
  }

  /** Verifies a call over its raw bytes and says what it means. Never throws on what it holds. */
  Heard hear(EmrAccount account, IncomingCall call);

  /** What a call turned out to be. */
  sealed interface Heard {

    /**
     * A genuine notice.
     *
     * @param id the vendor's id of the notice, or a hash of its content where it has none; the same
     *     for a repeated delivery [R38]
     */
    record Changed(String id, List<ReRead> what) implements Heard {
      public Changed {
        what = List.copyOf(what);
      }
    }

    /** The vendor tries the address out; it gets this answer with status 200. */
    record Handshake(String contentType, String body) implements Heard {}

    /** Not from the vendor, too old, or not readable: 401, no effect. */
    record Refused(String reason) implements Heard {}
  }

  /** What to read again. */
  sealed interface ReRead {

    /** One record; if the EMR has no such record any more, it is removed. */
    record One(EmrRef ref) implements ReRead {}

    /** All records of a kind that start in a span, usually a day. */
    record Span(RecordKind kind, TimeRange range) implements ReRead {}
  }
}
