package io.clinicsync.api.web;

import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.clinics.Connection;
import io.clinicsync.clinics.Connections;
import io.clinicsync.compat.NativePayloads;
import io.clinicsync.tenancy.KeyScope;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** A patient in the shape of its EMR's documented webhook payload. */
@RestController
@RequestMapping({"/api/v1/clinics/{clinicId}", "/api/v1"})
@Tag(name = "Patients")
class PayloadController {

  private static final String WHAT =
      "Exactly the keys, nesting and types of the documented webhook payload of this EMR. Keys whose class the clinic has not"
          + " approved are null.";

  private final NativePayloads payloads;
  private final Connections connections;

  PayloadController(NativePayloads payloads, Connections connections) {
    this.payloads = payloads;
    this.connections = connections;
  }

  @GetMapping("/connections/{connectionId}/patients/{patientId}/payload")
  @Needs(KeyScope.READ)
  @Operation(summary = "Get a patient's payload", description = WHAT)
  ResponseEntity<JsonNode> ofConnection(Reach reach, @PathVariable String patientId) {
    return answer(reach.connection(), patientId);
  }

  @GetMapping("/patients/{patientId}/payload")
  @Needs(KeyScope.READ)
  @Operation(
      summary = "Get a patient's payload",
      description = WHAT + " For keys bound to a connection, and clinics that have only one.")
  ResponseEntity<JsonNode> ofOnlyConnection(Reach reach, @PathVariable String patientId) {
    ConnectionId bound = reach.caller().connection();
    List<Connection> candidates =
        connections.of(reach.clinic()).stream()
            .filter(each -> bound == null || each.id().equals(bound))
            .toList();
    if (candidates.size() > 1) {
      throw Refusal.CONFLICT
          .because("The clinic has several connections, and patient ids are each one's own.")
          .next("Name the connection: /connections/{connectionId}/patients/{patientId}/payload.");
    }
    return answer(candidates.stream().findFirst().orElseThrow(Refusal::notFound), patientId);
  }

  /** Written as it is: the keys are the EMR's and not ours to rename. */
  private ResponseEntity<JsonNode> answer(Connection connection, String patientId) {
    JsonNode payload =
        payloads.of(connection, PatientController.emrId(patientId)).orElseThrow(Refusal::notFound);
    return ResponseEntity.ok().contentType(MediaType.APPLICATION_JSON).body(payload);
  }
}
