package io.clinicsync.ghl;

import io.clinicsync.http.HttpAnswer;
import io.clinicsync.http.HttpCall;
import io.clinicsync.http.HttpFailure;
import io.clinicsync.http.OutboundHttp;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** The wire without permits, breakers and retries, keeping the calls it sent. */
final class DirectHttp implements OutboundHttp {

  final List<HttpCall> calls = new CopyOnWriteArrayList<>();
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @Override
  public HttpAnswer send(HttpCall call) {
    calls.add(call);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(call.uri())
            .timeout(call.deadline())
            .method(
                call.method(),
                call.body() == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofByteArray(call.body()));
    call.headers().forEach(request::header);
    try {
      HttpResponse<byte[]> response =
          client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
      HttpAnswer answer =
          new HttpAnswer(
              response.statusCode(),
              response.headers(),
              response.body(),
              Instant.parse("2026-03-10T01:00:00Z"));
      if (answer.status() == 429) {
        Duration wait = call.waitAsked().apply(answer).orElse(Duration.ofSeconds(1));
        throw new HttpFailure(HttpFailure.Kind.SLOW_DOWN, call.operation(), wait, null);
      }
      return answer;
    } catch (ConnectException refused) {
      throw new HttpFailure(HttpFailure.Kind.NOT_SENT, call.operation(), null, refused);
    } catch (IOException cut) {
      throw new HttpFailure(HttpFailure.Kind.NO_ANSWER, call.operation(), null, cut);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new HttpFailure(HttpFailure.Kind.NO_ANSWER, call.operation(), null, interrupted);
    }
  }
}
