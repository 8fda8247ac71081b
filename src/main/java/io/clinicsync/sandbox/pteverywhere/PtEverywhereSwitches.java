package io.clinicsync.sandbox.pteverywhere;

/** How one simulated clinic behaves where PtEverywhere's behaviour is not known. */
final class PtEverywhereSwitches {

  /** Where the token stands in the answer; a dot goes one level down. */
  volatile String tokenKey = "access_token";

  /** A wrong password is told with status 200. */
  volatile boolean errorAs200;

  /** How many calls a token is good for; 0 for any number. */
  volatile int callsPerToken;

  /** Lists come without totals. */
  volatile boolean noPaging;

  /** A page behind the last is the last one again. */
  volatile boolean repeatLast;

  /** What a list's entries stand under; empty for a bare list. */
  volatile String listKey = "docs";

  /** Reports take their dates as those of UTC. */
  volatile boolean utcDates;

  /** The assumed write routes exist. */
  volatile boolean writes;

  /** 1 passphrase, 2 ECB, 3 CBC with the vector in front. */
  volatile int webhookMode = 2;
}
