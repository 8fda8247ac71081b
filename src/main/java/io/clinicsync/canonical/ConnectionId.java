package io.clinicsync.canonical;

import java.util.UUID;

/** Names one connection: one EMR account of one clinic. */
public record ConnectionId(UUID value) {

  @Override
  public String toString() {
    return value.toString();
  }
}
