package io.clinicsync.emr.spi;

import java.util.List;

/**
 * Describes an EMR.
 *
 * @param id the package name, for example {@code cliniko}; also names the field map
 * @param name as people write it
 * @param ways how a clinic can connect, most recommended first; never empty
 */
public record EmrDescriptor(String id, String name, List<AccessWay> ways) {

  public EmrDescriptor {
    ways = List.copyOf(ways);
  }

  /** The way with this id. */
  public AccessWay way(String wayId) {
    return ways.stream()
        .filter(way -> way.id().equals(wayId))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("No access way " + wayId + " in " + id));
  }
}
