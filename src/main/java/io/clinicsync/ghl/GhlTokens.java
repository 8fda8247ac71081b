package io.clinicsync.ghl;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Where the tokens of the sub-accounts live. Implemented by {@code clinics} on the database, so
 * that all nodes see one truth. The renewal itself is done by this module and uses these steps
 * [R23, R24]; each of them is one short transaction.
 */
public interface GhlTokens {

  /**
   * The token as stored now; asked before each call, never kept [R25].
   *
   * @throws GhlException UNAUTHORISED when the clinic has none
   */
  GhlToken read(GhlAccount account);

  /**
   * Takes the right to renew this version, for all nodes.
   *
   * @param hold after this time the right lapses, so that a crashed holder blocks nobody
   * @return false when somebody else holds it or the version has changed
   */
  boolean lease(GhlAccount account, long version, Duration hold);

  /** Gives the right back; does nothing when it has lapsed. */
  void release(GhlAccount account, long version);

  /**
   * Stores a new pair if the version is still the expected one, raises the version and clears
   * refusals. Must be durable before it returns: the pair is used only afterwards.
   *
   * @return what is stored now: the new pair, or what another one stored in the meantime
   */
  GhlToken store(GhlAccount account, long expectedVersion, GhlGrant grant);

  /**
   * Notes that renewing this version was refused. With {@code reconnect} only the clinic can help
   * from now on.
   */
  void refused(GhlAccount account, long version, Instant at, boolean reconnect);

  /**
   * Access token of the agency that installed the app for this sub-account, to mint a new token
   * where there is no refresh token; empty when there is none.
   */
  Optional<Agency> agency(GhlAccount account);

  /** An agency's access token; {@code toString} shows no secret. */
  record Agency(String companyId, String accessToken) {
    @Override
    public String toString() {
      return "Agency[" + companyId + "]";
    }
  }
}
