package io.clinicsync.api.web;

import io.clinicsync.api.web.Views.EmrView;
import io.clinicsync.api.web.Views.FieldView;
import io.clinicsync.api.web.Views.LimitView;
import io.clinicsync.api.web.Views.Listing;
import io.clinicsync.api.web.Views.WayView;
import io.clinicsync.emr.Connectors;
import io.clinicsync.emr.spi.EmrDescriptor;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** What can be connected. */
@RestController
@RequestMapping("/api/v1/emrs")
@Tag(name = "Connections")
class EmrController {

  private final Connectors connectors;

  EmrController(Connectors connectors) {
    this.connectors = connectors;
  }

  @GetMapping
  @Needs({})
  @Operation(
      summary = "List EMRs",
      description =
          "Every EMR that can be connected, its ways in and the credential fields of each.")
  Listing<EmrView> list() {
    return new Listing<>(
        connectors.all().stream().map(connector -> view(connector.descriptor())).toList());
  }

  private static EmrView view(EmrDescriptor emr) {
    return new EmrView(
        emr.id(),
        emr.name(),
        emr.ways().stream()
            .map(
                way ->
                    new WayView(
                        way.id(),
                        way.label(),
                        way.needsSignedConsent(),
                        way.credentials().stream()
                            .map(
                                field ->
                                    new FieldView(
                                        field.name(),
                                        field.label(),
                                        field.secret(),
                                        field.required(),
                                        field.help()))
                            .toList(),
                        new LimitView(way.limit().calls(), way.limit().per().toSeconds())))
            .toList());
  }
}
