package io.clinicsync.http;

/**
 * The only way out to a vendor. Blocks the calling (virtual) thread; holds no database connection.
 */
public interface OutboundHttp {

  /**
   * Sends a call: known host, permit, breaker, bulkhead, then the wire; reads are retried within
   * the retry budget.
   *
   * @return any complete answer, also 4xx and 5xx
   * @throws HttpFailure when there is none, or on 429
   */
  HttpAnswer send(HttpCall call);
}
