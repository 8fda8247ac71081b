package io.clinicsync.sandbox.server;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * A small HTTP/1.1 server on plain sockets with keep-alive, one virtual thread per connection.
 * Plain, because the faults (cut bodies, wrong lengths, resets) are exactly what a proper server
 * library refuses to do.
 */
public final class HttpListener implements AutoCloseable {

  private static final Map<Integer, String> REASONS =
      Map.ofEntries(
          Map.entry(200, "OK"),
          Map.entry(201, "Created"),
          Map.entry(204, "No Content"),
          Map.entry(303, "See Other"),
          Map.entry(400, "Bad Request"),
          Map.entry(401, "Unauthorized"),
          Map.entry(403, "Forbidden"),
          Map.entry(404, "Not Found"),
          Map.entry(422, "Unprocessable Entity"),
          Map.entry(429, "Too Many Requests"),
          Map.entry(500, "Internal Server Error"),
          Map.entry(503, "Service Unavailable"));

  private final ServerSocket server;
  private final Function<Request, Reply> handler;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  /**
   * Binds and starts to accept.
   *
   * @param port 0 picks a free one
   */
  public HttpListener(InetAddress address, int port, Function<Request, Reply> handler)
      throws IOException {
    this.handler = handler;
    this.server = new ServerSocket();
    server.setReuseAddress(true);
    server.bind(new InetSocketAddress(address, port), 512);
    Thread.ofPlatform().name("sandbox-accept").daemon(false).start(this::accept);
  }

  public int port() {
    return server.getLocalPort();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        open.add(socket);
        Thread.ofVirtual().name("sandbox-connection").start(() -> serve(socket));
      } catch (IOException closed) {
        if (server.isClosed()) {
          return;
        }
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      socket.setTcpNoDelay(true);
      OutputStream out = new BufferedOutputStream(socket.getOutputStream(), 64 * 1024);
      RequestReader reader =
          new RequestReader(new BufferedInputStream(socket.getInputStream(), 16 * 1024), out);
      boolean goOn = true;
      while (goOn) {
        Request request = reader.next();
        if (request == null) {
          return;
        }
        Reply reply = handler.apply(request);
        boolean stay = !"close".equalsIgnoreCase(request.header("connection"));
        goOn = write(socket, out, reply, request.method().equals("HEAD"), stay) && stay;
      }
    } catch (IOException | InterruptedException | NumberFormatException gone) {
      // The client left, sent rubbish, or the server is closing: this connection is over, nothing
      // to tell anyone.
    } finally {
      open.remove(socket);
    }
  }

  private static boolean write(
      Socket socket, OutputStream out, Reply reply, boolean head, boolean stay)
      throws IOException, InterruptedException {
    byte[] body = reply.answer().body();
    switch (reply.way()) {
      case NOTHING -> {
        return false;
      }
      case WHOLE -> {
        head(out, reply.answer(), body.length, stay);
        if (!head) {
          out.write(body);
        }
        out.flush();
        return true;
      }
      case CUT -> {
        head(out, reply.answer(), body.length, stay);
        out.write(body, 0, (int) Math.min(reply.amount(), Math.max(0, body.length - 1)));
        out.flush();
        return false;
      }
      case WRONG_LENGTH -> {
        head(out, reply.answer(), body.length + reply.amount(), stay);
        out.write(body);
        out.flush();
        return false;
      }
      case DRIP -> {
        head(out, reply.answer(), body.length, stay);
        out.flush();
        for (byte b : body) {
          Thread.sleep(reply.amount());
          out.write(b);
          out.flush();
        }
        return true;
      }
      case RESET -> {
        head(out, reply.answer(), body.length, stay);
        out.write(body, 0, body.length / 2);
        out.flush();
        socket.setSoLinger(true, 0);
        return false;
      }
    }
    throw new IllegalStateException("no such way");
  }

  private static void head(OutputStream out, Answer answer, long length, boolean stay)
      throws IOException {
    StringBuilder head = new StringBuilder(256);
    head.append("HTTP/1.1 ").append(answer.status()).append(' ');
    head.append(REASONS.getOrDefault(answer.status(), "Status")).append("\r\n");
    answer
        .headers()
        .forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
    if (answer.status() != 204) {
      head.append("Content-Length: ").append(length).append("\r\n");
    }
    if (!stay) {
      head.append("Connection: close\r\n");
    }
    out.write(head.append("\r\n").toString().getBytes(StandardCharsets.UTF_8));
  }

  /** Stops accepting and cuts every open connection. */
  @Override
  public void close() {
    try {
      server.close();
      for (Socket socket : open) {
        socket.close();
      }
    } catch (IOException alreadyGone) {
      // Closing is all we wanted.
    }
  }
}
