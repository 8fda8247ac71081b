package io.clinicsync.emr.spi;

import java.net.URI;
import java.util.List;

/**
 * One EMR. Stateless: the account is always an argument. Called by {@code sync} and {@code
 * booking}, from many threads at once. Every method may throw {@link EmrException}.
 */
public interface EmrConnector {

  /** Who this is and how clinics connect to it; constant. */
  EmrDescriptor descriptor();

  /**
   * Where an account with these credentials lives, for example by the shard at the end of an API
   * key. Always one of the way's known hosts.
   *
   * @throws EmrException CREDENTIALS_REJECTED, with advice, when the credentials name no known
   *     place
   */
  URI base(AccessWay way, Credentials credentials);

  /** Tries the credentials with one cheap call. Failures are answers here, not exceptions. */
  ConnectionCheck check(EmrAccount account);

  /**
   * What this account can do: the only declaration; what is absent is not supported [BK-10]. Each
   * type at most once.
   */
  List<Capability> capabilities(EmrAccount account);
}
