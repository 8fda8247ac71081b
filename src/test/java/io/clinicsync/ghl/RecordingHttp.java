package io.clinicsync.ghl;

import io.clinicsync.http.HttpAnswer;
import io.clinicsync.http.HttpCall;
import io.clinicsync.http.OutboundHttp;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps what went out and came back. */
final class RecordingHttp implements OutboundHttp {

  final List<Exchange> exchanges = new CopyOnWriteArrayList<>();
  private final OutboundHttp http;

  RecordingHttp(OutboundHttp http) {
    this.http = http;
  }

  @Override
  public HttpAnswer send(HttpCall call) {
    HttpAnswer answer = http.send(call);
    exchanges.add(new Exchange(call, answer));
    return answer;
  }

  /** A call with its answer. */
  record Exchange(HttpCall call, HttpAnswer answer) {}
}
