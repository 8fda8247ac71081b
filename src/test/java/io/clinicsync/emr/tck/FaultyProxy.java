package io.clinicsync.emr.tck;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import com.github.tomakehurst.wiremock.extension.ResponseTransformerV2;
import com.github.tomakehurst.wiremock.http.Fault;
import com.github.tomakehurst.wiremock.http.HttpHeader;
import com.github.tomakehurst.wiremock.http.HttpHeaders;
import com.github.tomakehurst.wiremock.http.Response;
import com.github.tomakehurst.wiremock.stubbing.ServeEvent;
import com.github.tomakehurst.wiremock.verification.LoggedRequest;
import java.net.URI;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Stands between connector and simulator, keeps the journal and spoils answers. Faults are made by
 * a response transformer, since WireMock ignores a fault on a proxied response without a word.
 */
public final class FaultyProxy implements AutoCloseable {

  private final WireMockServer server;
  private final InstantSource clock;
  private final Commits commits;
  private final List<Passed> journal = new CopyOnWriteArrayList<>();
  private volatile UnaryOperator<Response> fault = UnaryOperator.identity();
  private volatile boolean onlyWrites;

  /**
   * One call as it passed.
   *
   * @param at vendor time
   * @param spoiled whether the connector got something else than the vendor's answer
   */
  public record Passed(
      Instant at,
      String method,
      String url,
      Map<String, String> requestHeaders,
      String requestBody,
      int status,
      Map<String, String> headers,
      @Nullable String body,
      boolean spoiled) {}

  /** Whether a call may change something for good. */
  interface Commits {

    boolean test(String method, String url, String body);
  }

  /**
   * A proxy.
   *
   * @param commits whether a call can change something for good
   */
  FaultyProxy(URI target, InstantSource clock, Commits commits) {
    this.clock = clock;
    this.commits = commits;
    server =
        new WireMockServer(
            WireMockConfiguration.options()
                .dynamicPort()
                .bindAddress("localhost")
                .maxRequestJournalEntries(1)
                .containerThreads(12)
                .preserveUserAgentProxyHeader(true)
                .extensions(new Spoiling()));
    server.start();
    server.stubFor(any(anyUrl()).willReturn(aResponse().proxiedFrom(target.toString())));
  }

  URI address() {
    return URI.create("http://localhost:" + server.port());
  }

  /** Calls so far, in order. */
  public List<Passed> journal() {
    return journal;
  }

  /** Forgets the journal and lets answers pass unspoiled again. */
  public void clear() {
    journal.clear();
    fault = UnaryOperator.identity();
    onlyWrites = false;
  }

  /** From now on only answers to writes are spoiled. */
  public FaultyProxy onWrites() {
    onlyWrites = true;
    return this;
  }

  /** Calls so far that can change something for good. */
  public List<Passed> writes() {
    return journal.stream()
        .filter(call -> commits.test(call.method(), call.url(), call.requestBody()))
        .toList();
  }

  /** Every answer from now on gets this status, headers and body instead. */
  public void answer(int status, String contentType, String body, HttpHeader... headers) {
    HttpHeader[] all = new HttpHeader[headers.length + 1];
    System.arraycopy(headers, 0, all, 0, headers.length);
    all[headers.length] = new HttpHeader("Content-Type", contentType);
    fault =
        response ->
            Response.response().status(status).headers(new HttpHeaders(all)).body(body).build();
  }

  /** The vendor does its work, then the connection breaks before anything of the answer comes. */
  public void loseAnswers() {
    fault =
        response ->
            Response.Builder.like(response).but().fault(Fault.CONNECTION_RESET_BY_PEER).build();
  }

  /** The answer begins well and breaks off. */
  public void cutAnswers() {
    fault =
        response ->
            Response.Builder.like(response).but().fault(Fault.MALFORMED_RESPONSE_CHUNK).build();
  }

  /** Cuts the JSON, although its length is right. */
  public void truncateAnswers() {
    fault =
        response -> {
          String body = response.getBodyAsString();
          return Response.response()
              .status(response.getStatus())
              .body(body.substring(0, body.length() / 2))
              .build();
        };
  }

  /** Adds a member nobody has heard of to every object. */
  public void addUnknownMembers() {
    fault =
        response ->
            Response.response()
                .status(response.getStatus())
                .headers(new HttpHeaders(response.getHeaders().getHeader("Date")))
                .body(
                    response
                        .getBodyAsString()
                        .replace("{", "{\"brand_new\":[1,null],")
                        .replace(",}", "}"))
                .build();
  }

  @Override
  public void close() {
    server.stop();
  }

  private final class Spoiling implements ResponseTransformerV2 {

    @Override
    public String getName() {
      return "spoiling";
    }

    @Override
    public boolean applyGlobally() {
      return true;
    }

    @Override
    public Response transform(Response response, ServeEvent event) {
      LoggedRequest request = event.getRequest();
      boolean passes =
          onlyWrites
              && !commits.test(
                  request.getMethod().getName(), request.getUrl(), request.getBodyAsString());
      Response given = passes ? response : fault.apply(response);
      journal.add(
          new Passed(
              clock.instant(),
              request.getMethod().getName(),
              request.getUrl(),
              flat(request.getHeaders()),
              request.getBodyAsString(),
              given.getStatus(),
              flat(given.getHeaders()),
              given.getBodyAsString(),
              given != response));
      return given;
    }

    private Map<String, String> flat(@Nullable HttpHeaders headers) {
      Map<String, String> flat = new LinkedHashMap<>();
      if (headers != null) {
        headers.all().forEach(header -> flat.put(header.key(), header.firstValue()));
      }
      return flat;
    }
  }
}
