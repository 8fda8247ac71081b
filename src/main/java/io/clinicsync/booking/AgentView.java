package io.clinicsync.booking;

import io.clinicsync.canonical.Catalogue;
import io.clinicsync.canonical.EmrRef;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What voice and chat agents see of a catalogue: treatments the clinic keeps from them are not
 * there at all, so that none is offered, found by its name, or named as a close one [BK-4].
 */
final class AgentView {

  private AgentView() {}

  static Catalogue of(Catalogue catalogue, Map<String, BookingPolicy> policies) {
    Set<EmrRef> hidden =
        catalogue.treatments().stream()
            .map(Catalogue.Treatment::ref)
            .filter(each -> !Policies.of(policies, each.id().value()).aiVisible())
            .collect(Collectors.toSet());
    return hidden.isEmpty()
        ? catalogue
        : new Catalogue(
            catalogue.practitioners(),
            catalogue.treatments().stream().filter(each -> !hidden.contains(each.ref())).toList(),
            catalogue.sites(),
            catalogue.rooms(),
            catalogue.offerings().stream()
                .filter(each -> !hidden.contains(each.treatment()))
                .toList());
  }
}
