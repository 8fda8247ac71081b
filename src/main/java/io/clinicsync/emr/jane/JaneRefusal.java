package io.clinicsync.emr.jane;

import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.emr.spi.EmrException.Kind;
import io.clinicsync.emr.wire.VendorWire;
import io.clinicsync.emr.wire.WireCall;
import io.clinicsync.http.HttpAnswer;
import java.util.List;

/** What an answer to a write means that is no success. */
final class JaneRefusal {

  private static final List<String> TIMES = List.of("start_at", "end_at");

  private JaneRefusal() {}

  static EmrException of(WireCall call, HttpAnswer answer) {
    int status = answer.status();
    boolean away = status >= 300 && status < 400;
    boolean turnedAway =
        status == 401
            || (away && answer.header("Location").map(JaneVisit::isSignInPage).orElse(false));
    if (turnedAway) {
      // The session ended under our hands; who asks again is signed in anew.
      return new EmrException(
          Kind.UNAVAILABLE, call.operation() + " found itself signed out; nothing was done");
    }
    if (answer.isSuccess() || away || status == 408) {
      return call.repeatable() ? VendorWire.broken(call.operation()) : unknown(call.operation());
    }
    if (status == 422 && namesTime(answer)) {
      return new EmrException(Kind.SLOT_TAKEN, "Jane does not take this time");
    }
    return VendorWire.refused(call, status);
  }

  /** Sent, and nothing tells what came of it. */
  static EmrException unknown(String operation) {
    return new EmrException(Kind.OUTCOME_UNKNOWN, operation + " was sent and has no usable answer");
  }

  /** Refusals come in several shapes; only the one that names its field tells what is refused. */
  private static boolean namesTime(HttpAnswer answer) {
    try {
      JsonNode errors = VendorWire.parse(answer, "jane.web.refusal").json().path("errors");
      return TIMES.stream().anyMatch(errors::has);
    } catch (EmrException notJson) {
      return false;
    }
  }
}
