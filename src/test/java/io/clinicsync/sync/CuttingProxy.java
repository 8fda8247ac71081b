package io.clinicsync.sync;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Stands between application and PostgreSQL: it can be switched off, and it can cut a session right
 * at its COMMIT, before the server hears of it or after the server has done it.
 *
 * @see <a href="https://www.postgresql.org/docs/18/protocol-message-formats.html">Messages</a>
 */
final class CuttingProxy {

  /** Where a session is cut. */
  enum Cut {
    /** COMMIT never arrives. */
    BEFORE,
    /** The server commits; nobody hears of it. */
    AFTER
  }

  /** The driver prepares COMMIT once per session and then only names what it prepared. */
  private static final Pattern PREPARED = Pattern.compile("(\\w*)\\x00COMMIT\\x00");

  private static final String COMMIT = "\0COMMIT\0";

  private final int target;
  private final ServerSocket listener;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger commitsLeft = new AtomicInteger();
  private final AtomicInteger cuts = new AtomicInteger();
  private volatile @Nullable Cut cut;
  private volatile boolean off;

  private CuttingProxy(int target, ServerSocket listener) {
    this.target = target;
    this.listener = listener;
  }

  static CuttingProxy to(int port) {
    try {
      CuttingProxy proxy =
          new CuttingProxy(port, new ServerSocket(0, 100, InetAddress.getLoopbackAddress()));
      Thread.ofVirtual().start(proxy::accept);
      return proxy;
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  int port() {
    return listener.getLocalPort();
  }

  /** Cuts the session that sends the n-th COMMIT from now. */
  void cutAtCommit(int number, Cut where) {
    cut = where;
    commitsLeft.set(number);
  }

  /** How many sessions were cut at their COMMIT so far. */
  int cuts() {
    return cuts.get();
  }

  /** Nobody gets through any more, and whoever was through is cut off. */
  void switchOff() {
    off = true;
    open.forEach(CuttingProxy::close);
  }

  void switchOn() {
    off = false;
    commitsLeft.set(0);
  }

  private void accept() {
    while (true) {
      try {
        Socket client = listener.accept();
        if (off) {
          close(client);
          continue;
        }
        Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
        client.setTcpNoDelay(true);
        server.setTcpNoDelay(true);
        open.add(client);
        open.add(server);
        Session session = new Session(client, server);
        Thread.ofVirtual().start(session::toServer);
        Thread.ofVirtual().start(session::toClient);
      } catch (IOException refused) {
        // The server is down; the client finds its connection closed.
      }
    }
  }

  private final class Session {

    private final Socket client;
    private final Socket server;
    private String prepared = "";
    private volatile boolean deaf;

    Session(Socket client, Socket server) {
      this.client = client;
      this.server = server;
    }

    void toServer() {
      byte[] buffer = new byte[65_536];
      try {
        InputStream in = client.getInputStream();
        OutputStream out = server.getOutputStream();
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
          if (commits(new String(buffer, 0, read, StandardCharsets.ISO_8859_1))
              && commitsLeft.get() > 0
              && commitsLeft.decrementAndGet() == 0) {
            cuts.incrementAndGet();
            if (cut == Cut.BEFORE) {
              return;
            }
            deaf = true;
          }
          out.write(buffer, 0, read);
          out.flush();
        }
      } catch (IOException gone) {
        // The other side is closed below.
      } finally {
        if (!deaf) {
          end();
        }
      }
    }

    void toClient() {
      byte[] buffer = new byte[65_536];
      try {
        InputStream in = server.getInputStream();
        OutputStream out = client.getOutputStream();
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
          if (deaf) {
            return; // what the server answers to COMMIT, once it is done
          }
          out.write(buffer, 0, read);
          out.flush();
        }
      } catch (IOException gone) {
        // The other side is closed below.
      } finally {
        end();
      }
    }

    private boolean commits(String sent) {
      // The pattern alone would try every character of a long text anew.
      if (sent.contains(COMMIT)) {
        Matcher found = PREPARED.matcher(sent);
        if (found.find()) {
          prepared = found.group(1);
          return true;
        }
      }
      // Bind: the end of the portal's empty name, then the statement's.
      return !prepared.isEmpty() && sent.contains("\0" + prepared + "\0");
    }

    private void end() {
      close(client);
      close(server);
      open.remove(client);
      open.remove(server);
    }
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException gone) {
      throw new UncheckedIOException(gone);
    }
  }
}
