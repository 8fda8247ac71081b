package io.clinicsync.http;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A server that writes exactly the bytes a test wants, wrong ones above all. */
final class RawServer implements AutoCloseable {

  /** Answers one request on the open connection; returning false closes it. */
  @FunctionalInterface
  interface Script {
    boolean answer(Connection connection) throws IOException, InterruptedException;
  }

  private final ServerSocket socket;
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private volatile Script script;

  RawServer(Script script) {
    this.script = script;
    try {
      socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    Thread.ofVirtual().start(this::accept);
  }

  void script(Script next) {
    script = next;
  }

  URI uri(String path) {
    return URI.create("http://localhost:" + socket.getLocalPort() + path);
  }

  /** Heads of the requests received so far. */
  List<String> requests() {
    return requests;
  }

  private void accept() {
    while (!socket.isClosed()) {
      try {
        Socket connection = socket.accept();
        Thread.ofVirtual().start(() -> serve(connection));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void serve(Socket accepted) {
    try (accepted) {
      Connection connection = new Connection(accepted);
      String head = connection.readHead();
      while (!head.isEmpty()) {
        requests.add(head);
        if (!script.answer(connection)) {
          return;
        }
        head = connection.readHead();
      }
    } catch (IOException | InterruptedException gone) {
      // The client went away, which several tests want.
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  /** The server's end of one connection. */
  static final class Connection {

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    Connection(Socket socket) throws IOException {
      this.socket = socket;
      socket.setTcpNoDelay(true);
      this.in = new BufferedInputStream(socket.getInputStream());
      this.out = socket.getOutputStream();
    }

    String readHead() throws IOException {
      StringBuilder head = new StringBuilder();
      int each = in.read();
      while (each >= 0) {
        head.append((char) each);
        if (head.length() > 3 && head.substring(head.length() - 4).equals("\r\n\r\n")) {
          return head.toString();
        }
        each = in.read();
      }
      return "";
    }

    Connection write(String text) throws IOException {
      return write(text.getBytes(StandardCharsets.UTF_8));
    }

    Connection write(byte[] bytes) throws IOException {
      out.write(bytes);
      out.flush();
      return this;
    }

    boolean answer(int status, String headers, String body) throws IOException {
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      write(
          "HTTP/1.1 "
              + status
              + " X\r\n"
              + headers
              + "Content-Length: "
              + bytes.length
              + "\r\n\r\n");
      write(bytes);
      return true;
    }

    /** Closes so that the other end sees a reset. */
    boolean reset() throws IOException {
      socket.setSoLinger(true, 0);
      socket.close();
      return false;
    }

    /** Sends one byte at a time until the other end is gone, which it then reports. */
    boolean drip(CountDownLatch clientGone, long pauseMillis) throws InterruptedException {
      CountDownLatch never = new CountDownLatch(1);
      try {
        while (!never.await(pauseMillis, TimeUnit.MILLISECONDS)) {
          write("x");
        }
      } catch (IOException gone) {
        clientGone.countDown();
      }
      return false;
    }
  }
}
