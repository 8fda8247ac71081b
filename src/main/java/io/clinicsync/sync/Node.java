package io.clinicsync.sync;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** Names this process among those sharing the database, for people reading leases. */
final class Node {

  static final String NAME = name();

  private Node() {}

  private static String name() {
    try {
      return InetAddress.getLocalHost().getHostName() + "/" + ProcessHandle.current().pid();
    } catch (UnknownHostException nameless) {
      return "node/" + ProcessHandle.current().pid();
    }
  }
}
