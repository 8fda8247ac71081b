package io.clinicsync.http;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.zip.GZIPInputStream;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

/** One attempt on the wire: deadline to the last body byte, byte cap, least rate, no redirects. */
final class Wire implements AutoCloseable {

  static {
    // The JDK repeats a GET on its own when a connection dies before the first byte; retries are
    // ours alone [R17].
    if (System.getProperty("jdk.httpclient.redirects.retrylimit") == null) {
      System.setProperty("jdk.httpclient.redirects.retrylimit", "1");
    }
    if (System.getProperty("jdk.httpclient.keepalive.timeout") == null) {
      System.setProperty("jdk.httpclient.keepalive.timeout", "20");
    }
  }

  private final HttpClient client;
  private final HttpSettings settings;
  private final InstantSource clock;

  Wire(HttpSettings settings, InstantSource clock) {
    this.settings = settings;
    this.clock = clock;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(settings.connectTimeout())
            .executor(Executors.newVirtualThreadPerTaskExecutor())
            .build();
  }

  HttpAnswer exchange(HttpCall call, Duration deadline) {
    CappedBody body = new CappedBody(call.maxBytes());
    CompletableFuture<HttpResponse<byte[]>> exchange =
        client.sendAsync(request(call), answer -> body);
    try {
      HttpResponse<byte[]> response = await(call, exchange, body, deadline);
      byte[] decoded = decode(call, response);
      return new HttpAnswer(response.statusCode(), response.headers(), decoded, clock.instant());
    } catch (ExecutionException failed) {
      throw failure(call, body, failed.getCause());
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw noAnswer(call, "interrupted", stopped);
    } finally {
      if (!exchange.isDone()) {
        body.cancel();
        exchange.cancel(true);
      }
    }
  }

  private HttpResponse<byte[]> await(
      HttpCall call,
      CompletableFuture<HttpResponse<byte[]>> exchange,
      CappedBody body,
      Duration deadline)
      throws ExecutionException, InterruptedException {
    long end = System.nanoTime() + deadline.toNanos();
    boolean bodyBegan = false;
    long before = 0;
    while (true) {
      long left = end - System.nanoTime();
      if (left <= 0) {
        throw noAnswer(call, "deadline of " + deadline.toMillis() + " ms is over", null);
      }
      try {
        return exchange.get(Math.min(left, settings.slice().toNanos()), TimeUnit.NANOSECONDS);
      } catch (TimeoutException notYet) {
        long now = body.received();
        if (bodyBegan && now - before < settings.leastPerSlice() && !exchange.isDone()) {
          throw noAnswer(call, "body comes too slowly", notYet);
        }
        bodyBegan = body.started();
        before = now;
      }
    }
  }

  private static HttpRequest request(HttpCall call) {
    byte[] content = call.body();
    HttpRequest.Builder builder =
        HttpRequest.newBuilder(call.uri())
            .method(
                call.method(),
                content == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofByteArray(content));
    call.headers().forEach(builder::setHeader);
    builder.setHeader("Accept-Encoding", "gzip");
    return builder.build();
  }

  private static byte[] decode(HttpCall call, HttpResponse<byte[]> response) {
    String encoding =
        response
            .headers()
            .firstValue("Content-Encoding")
            .map(value -> value.strip().toLowerCase(Locale.ROOT))
            .orElse("");
    byte[] raw = response.body();
    if (encoding.isEmpty() || encoding.equals("identity") || raw.length == 0) {
      return raw;
    }
    if (!encoding.equals("gzip") && !encoding.equals("x-gzip")) {
      throw unusable(call, "unknown content encoding", null);
    }
    try (InputStream inflated = new GZIPInputStream(new ByteArrayInputStream(raw))) {
      int cap = (int) Math.min(Integer.MAX_VALUE - 16L, call.maxBytes());
      byte[] decoded = inflated.readNBytes(cap);
      if (inflated.read() >= 0) {
        throw unusable(call, "decoded body is above " + call.maxBytes() + " bytes", null);
      }
      return decoded;
    } catch (IOException damaged) {
      throw unusable(call, "compressed body is damaged", damaged);
    }
  }

  private static HttpFailure failure(HttpCall call, CappedBody body, @Nullable Throwable cause) {
    if (body.tooLarge()) {
      return unusable(call, "body is above " + call.maxBytes() + " bytes", null);
    }
    for (Throwable each = cause; each != null; each = each.getCause()) {
      if (each instanceof ConnectException
          || each instanceof HttpConnectTimeoutException
          || each instanceof UnresolvedAddressException
          || each instanceof SSLHandshakeException) {
        return new HttpFailure(
            HttpFailure.Kind.NOT_SENT, call.operation() + ": no connection", null, plain(each));
      }
    }
    return noAnswer(call, "connection broke before the answer was complete", cause);
  }

  private static HttpFailure noAnswer(HttpCall call, String why, @Nullable Throwable cause) {
    return new HttpFailure(
        HttpFailure.Kind.NO_ANSWER, call.operation() + ": " + why, null, plain(cause));
  }

  private static HttpFailure unusable(HttpCall call, String why, @Nullable Throwable cause) {
    return new HttpFailure(
        HttpFailure.Kind.UNUSABLE, call.operation() + ": " + why, null, plain(cause));
  }

  /**
   * The JDK quotes header lines and addresses in some messages, so only the type of a cause is kept
   * [R45].
   */
  private static @Nullable Throwable plain(@Nullable Throwable cause) {
    if (cause == null) {
      return null;
    }
    IOException plain = new IOException(cause.getClass().getSimpleName());
    plain.setStackTrace(cause.getStackTrace());
    return plain;
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
