package io.clinicsync.sandbox.server;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Collection;

/**
 * One simulated EMR with its accounts. Classes that implement it under {@code
 * io.clinicsync.sandbox} are found by themselves; they need a public constructor that takes a
 * {@link SimulatorKit}.
 */
public interface EmrSimulator extends Simulator {

  /** The connector's id; also the first part of the simulator's path. */
  String id();

  /** As people write it. */
  String title();

  /** Where a typical clinic of this EMR is. */
  Home home();

  /**
   * Opens an account with a world of its own. One of this name is returned as it is when the
   * sandbox keeps its state, else replaced.
   */
  SimulatedClinic open(Opening wanted);

  /** Every account. */
  Collection<? extends SimulatedClinic> clinics();

  /** Makes a journalled call again, with the ids and at the moment it was first made. */
  void replay(JsonNode call);

  /** Forgets every account. */
  void reset();

  /**
   * Where a typical clinic is.
   *
   * @param country ISO 3166 alpha-2
   * @param currency ISO 4217
   */
  record Home(ZoneId zone, String country, String currency) {}

  /**
   * What an account is made from.
   *
   * @param size number of patients
   * @param now what the world is placed around
   */
  record Opening(String name, long seed, int size, ZoneId zone, Instant now) {}
}
