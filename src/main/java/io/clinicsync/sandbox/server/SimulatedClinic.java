package io.clinicsync.sandbox.server;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Map;
import java.util.function.Supplier;

/** One account of a simulated EMR. */
public interface SimulatedClinic {

  String name();

  ZoneId zone();

  /** What a clinic types in to connect, by access way; a simulator's, so no secret at all. */
  Map<String, Map<String, String>> credentials();

  /** Everything as it truly stands, in the vendor's own words, by resource. */
  String truth();

  /**
   * What staff do in the vendor's own screens, by a command such as {@code
   * {"edit":"updatePatient","id":…,"members":{…}}}; called inside {@link #exclusively}.
   *
   * @return {@code {"id":…}} or {@code {"ids":[…]}}
   * @throws IllegalArgumentException when there is no such edit or record
   */
  String edit(JsonNode command);

  /** Does several things to this account with nobody in between. */
  <T> T exclusively(Supplier<T> work);

  /** When the running call began, by the vendor's clock; only within {@link #exclusively}. */
  Instant moment();

  /** The last id given out; a replayed change gets the same ones again. */
  long lastId();

  /** Goes on after this id. */
  void lastId(long id);
}
