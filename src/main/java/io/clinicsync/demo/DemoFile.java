package io.clinicsync.demo;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * The closing block as a file, for scripts and for the next start. Everything in it belongs to the
 * simulated demo.
 *
 * @param worldNow the moment the simulated clinics were placed around; a later start puts them
 *     there again
 */
record DemoFile(
    String address,
    String organisationKey,
    Instant worldNow,
    Sandbox sandbox,
    List<DemoConnection> connections) {

  /** Where the simulated vendors are. */
  record Sandbox(String index, String ghlBase, String ghlToken) {}

  /** One demo connection with all it takes to call either side of it. */
  record DemoConnection(
      String name,
      String emr,
      String clinicId,
      String ghlLocationId,
      @JsonProperty("ghlToken") String ghlToken,
      String connectionId,
      String apiKey,
      String emrBase,
      Map<String, String> emrCredentials) {}
}
