package io.clinicsync.api.web;

import io.clinicsync.api.web.Views.Accepted;
import io.clinicsync.api.web.Views.Listing;
import io.clinicsync.api.web.Views.ReconciliationView;
import io.clinicsync.api.web.Views.RunView;
import io.clinicsync.clinics.Connection;
import io.clinicsync.clinics.ConnectionState;
import io.clinicsync.sync.PatientSyncs;
import io.clinicsync.sync.Syncs;
import io.clinicsync.tenancy.KeyScope;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.util.UUID;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Runs of a connection: what they did, and asking for one. */
@RestController
@RequestMapping({
  "/api/v1/clinics/{clinicId}/connections/{connectionId}",
  "/api/v1/connections/{connectionId}"
})
@Tag(name = "Syncs")
class SyncController {

  private final Syncs syncs;
  private final PatientSyncs patients;

  SyncController(Syncs syncs, PatientSyncs patients) {
    this.syncs = syncs;
    this.patients = patients;
  }

  /** What re-reading one patient came to. */
  record PatientSyncView(int read, int created, int updated, int removed) implements Json {}

  @PostMapping("/sync")
  @ResponseStatus(HttpStatus.ACCEPTED)
  @Needs(KeyScope.MANAGE)
  @Operation(
      summary = "Sync now",
      description = "Starts a run as soon as a server is free; one under way is not disturbed.")
  Accepted sync(Reach reach) {
    mustRun(reach.connection());
    syncs.soon(reach.clinic(), reach.connection().id());
    return new Accepted("A run starts within seconds; GET …/runs shows it.");
  }

  @PostMapping("/sweep")
  @ResponseStatus(HttpStatus.ACCEPTED)
  @Needs(KeyScope.MANAGE)
  @Operation(
      summary = "Compare now",
      description = "Compares everything with the EMR, as every night, and repairs what differs.")
  Accepted sweep(Reach reach) {
    mustRun(reach.connection());
    if (reach.connection().quietUntilLoaded()) {
      throw Refusal.CONFLICT.because(
          "The first load is not complete yet, so there is nothing to compare.");
    }
    syncs.sweepSoon(reach.clinic(), reach.connection().id());
    return new Accepted(
        "A comparison starts within seconds; GET …/reconciliations shows its result.");
  }

  @PostMapping("/patients/{patientId}/sync")
  @Needs(KeyScope.MANAGE)
  @Operation(
      summary = "Sync one patient",
      description = "Reads the patient and the latest 20 appointments we know of again, at once.")
  PatientSyncView patient(Reach reach, @PathVariable String patientId) {
    mustRun(reach.connection());
    PatientSyncs.Result result =
        patients
            .sync(reach.connection(), PatientController.emrId(patientId))
            .orElseThrow(Refusal::notFound);
    return new PatientSyncView(result.read(), result.created(), result.updated(), result.removed());
  }

  @GetMapping("/runs")
  @Needs({KeyScope.MANAGE, KeyScope.READ})
  @Operation(
      summary = "List runs",
      description = "Latest first, with counts, rate and a guess at the end of one under way.")
  Listing<RunView> runs(
      Reach reach, @RequestParam(defaultValue = "20") @Min(1) @Max(200) int limit) {
    return new Listing<>(
        syncs.runs(reach.clinic(), reach.connection().id(), limit).stream()
            .map(RunView::of)
            .toList());
  }

  @GetMapping("/runs/{runId}")
  @Needs({KeyScope.MANAGE, KeyScope.READ})
  @Operation(summary = "Get a run", description = "Counts by kind of record, and what went wrong.")
  RunView run(Reach reach, @PathVariable UUID runId) {
    return syncs
        .run(reach.clinic(), reach.connection().id(), runId)
        .map(RunView::of)
        .orElseThrow(Refusal::notFound);
  }

  @GetMapping("/reconciliations")
  @Needs({KeyScope.MANAGE, KeyScope.READ})
  @Operation(
      summary = "List comparisons",
      description =
          "The latest comparison of each kind of record: both counts and every gap with its reason.")
  Listing<ReconciliationView> reconciliations(Reach reach) {
    return new Listing<>(
        syncs.reconciliations(reach.clinic(), reach.connection().id()).stream()
            .map(ReconciliationView::of)
            .toList());
  }

  static void mustRun(Connection connection) {
    if (connection.paused()) {
      throw Refusal.CONFLICT.because("The connection is paused.").next("Resume it first.");
    }
    if (connection.state() == ConnectionState.REVOKED) {
      throw Refusal.CONFLICT
          .because("The connection has no credentials.")
          .next("Give it new credentials first.");
    }
  }
}
