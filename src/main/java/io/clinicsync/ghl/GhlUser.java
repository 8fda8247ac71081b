package io.clinicsync.ghl;

import org.jspecify.annotations.Nullable;

/** A user of a sub-account. {@code toString} shows the id only. */
public record GhlUser(String id, @Nullable String name, @Nullable String email) {

  @Override
  public String toString() {
    return "GhlUser[" + id + "]";
  }
}
