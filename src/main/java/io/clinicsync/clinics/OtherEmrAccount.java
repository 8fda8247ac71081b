package io.clinicsync.clinics;

import io.clinicsync.canonical.ConnectionId;
import java.io.Serial;

/** Working credentials of another EMR account than the one whose records we hold. */
public final class OtherEmrAccount extends RuntimeException {

  @Serial private static final long serialVersionUID = 1L;

  OtherEmrAccount(ConnectionId connection) {
    super("The credentials open another account than connection " + connection + " holds");
  }
}
