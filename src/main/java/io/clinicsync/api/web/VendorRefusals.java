package io.clinicsync.api.web;

import io.clinicsync.api.ErrorCatalogue;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.ghl.GhlException;
import java.util.List;

/** What a caller is told when an EMR or GoHighLevel fails while somebody waits. */
final class VendorRefusals {

  private VendorRefusals() {}

  static RequestRefused of(EmrException failed) {
    int status =
        switch (failed.kind()) {
          case CREDENTIALS_REJECTED, PERMISSION_MISSING, PERSON_NEEDED, REQUEST_REJECTED -> 422;
          case NOT_FOUND -> 404;
          case SLOT_TAKEN -> 409;
          case CONTRACT_BROKEN, OUTCOME_UNKNOWN -> 502;
          case RATE_LIMITED, UNAVAILABLE -> 503;
        };
    ErrorCatalogue.Entry entry = ErrorCatalogue.require(ErrorCatalogue.code(failed.kind()));
    return new RequestRefused(
        status,
        entry.code(),
        entry.sentence(),
        entry.nextStep(),
        List.of(),
        failed.retryAfter().orElse(null));
  }

  static RequestRefused of(GhlException failed) {
    int status =
        switch (failed.kind()) {
          case UNAUTHORISED, MISSING_SCOPE, WRONG_LOCATION, INVALID -> 422;
          case NOT_FOUND -> 404;
          case DUPLICATE -> 409;
          case CONTRACT_BROKEN, OUTCOME_UNKNOWN -> 502;
          case RATE_LIMITED, UNAVAILABLE -> 503;
        };
    ErrorCatalogue.Entry entry = ErrorCatalogue.require(ErrorCatalogue.code(failed.kind()));
    return new RequestRefused(
        status,
        entry.code(),
        entry.sentence(),
        entry.nextStep(),
        List.of(),
        failed.retryAfter().orElse(null));
  }

  /**
   * Credentials that a check found wanting: nothing is stored, and the connector says what to do.
   */
  static RequestRefused checkFailed(EmrException.Kind kind, String advice) {
    RequestRefused general = of(new EmrException(kind, advice));
    return new RequestRefused(
        general.status() == 404 ? 422 : general.status(),
        general.code(),
        ErrorCatalogue.require(general.code()).sentence(),
        advice,
        List.of());
  }
}
