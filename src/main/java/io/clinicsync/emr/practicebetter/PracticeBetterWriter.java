package io.clinicsync.emr.practicebetter;

import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.emr.spi.EmrException.Kind;
import io.clinicsync.emr.wire.Entry;
import io.clinicsync.emr.wire.VendorWire;
import io.clinicsync.emr.wire.WireCall;
import io.clinicsync.http.HttpAnswer;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Sends changes of clients and sessions, each once. */
final class PracticeBetterWriter {

  /** What a clash of sessions is answered with. */
  static final Map<Integer, Kind> TAKEN = Map.of(409, Kind.SLOT_TAKEN);

  private final PracticeBetterApi api;

  PracticeBetterWriter(PracticeBetterApi api) {
    this.api = api;
  }

  /**
   * Sends a change.
   *
   * @param meaning what some refusing statuses mean here
   * @return what was answered; empty for an answer without content, as 202 often is
   * @throws EmrException OUTCOME_UNKNOWN when it may have been done; otherwise it was not
   */
  Optional<Entry> send(
      EmrAccount account,
      String operation,
      String method,
      String path,
      JsonNode body,
      Map<Integer, Kind> meaning) {
    HttpAnswer answer = api.change(account, operation, method, path, body);
    int status = answer.status();
    if (!answer.isSuccess()) {
      Kind known = meaning.get(status);
      if (known != null) {
        throw new EmrException(known, operation + " was answered with status " + status);
      }
      if (status < 400 || status == 408 || status >= 500) {
        throw unknown(operation, null);
      }
      WireCall call =
          new WireCall(
              operation, method, PracticeBetterHosts.at(account, path), Map.of(), null, false);
      throw PracticeBetterApi.refused(call, status);
    }
    if (answer.body().length == 0) {
      return Optional.empty();
    }
    try {
      return Optional.of(VendorWire.parse(answer, operation).entry());
    } catch (EmrException unreadable) {
      throw unknown(operation, unreadable);
    }
  }

  /** A change that may have been done. */
  static EmrException unknown(String operation, @Nullable Exception cause) {
    return new EmrException(
        Kind.OUTCOME_UNKNOWN,
        operation + " was sent, and what became of it is not known",
        null,
        cause);
  }

  static EmrException rejected(String sentence) {
    return new EmrException(Kind.REQUEST_REJECTED, sentence);
  }
}
