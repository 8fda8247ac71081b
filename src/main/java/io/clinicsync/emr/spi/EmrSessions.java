package io.clinicsync.emr.spi;

import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Sessions of accounts, shared by all nodes. Implemented by {@code clinics}, used by connectors; a
 * test keeps them in memory. Sessions end with the credentials they were made from, all but {@link
 * #LISTENING}, which ends with the connection.
 */
public interface EmrSessions {

  /**
   * What a connector agreed with the EMR about calling us, such as the secret calls are signed
   * with.
   */
  String LISTENING = "webhooks";

  /** The session as it stands; empty when there is none. Holds nothing while the caller goes on. */
  Optional<EmrSession> find(EmrAccount account, String name);

  /**
   * Works alone on a session: over all nodes at most one caller per account and name is inside, the
   * others wait. No database connection is held meanwhile, so remote calls are allowed; a holder
   * that dies is overtaken after 45 seconds, and what it still tries to keep is refused.
   *
   * @param name which of the account's sessions, for example {@code token}
   * @throws EmrException UNAVAILABLE when the others did not finish within a minute
   */
  <T extends @Nullable Object> T alone(EmrAccount account, String name, Function<Holder, T> work);

  /**
   * A session that is not {@code stale}: the one another caller made meanwhile, or what {@code
   * renewal} makes alone.
   *
   * @param stale the session the caller found unusable; null when it found none
   */
  default EmrSession renewed(
      EmrAccount account,
      String name,
      @Nullable EmrSession stale,
      Function<Holder, EmrSession> renewal) {
    return alone(
        account,
        name,
        holder -> {
          EmrSession current = holder.current().orElse(null);
          if (current != null && (stale == null || current.version() != stale.version())) {
            return current;
          }
          return renewal.apply(holder);
        });
  }

  /** The one who works on a session right now. Valid only inside {@link #alone}. */
  interface Holder {

    /** The session as it was last kept. */
    Optional<EmrSession> current();

    /**
     * Keeps a value at once, before its first use [R23].
     *
     * @throws EmrException UNAVAILABLE when another caller has overtaken this one
     */
    EmrSession keep(String value, @Nullable Instant expiresAt);

    /** Forgets the session. */
    void drop();
  }
}
