package io.clinicsync.crm;

import io.clinicsync.canonical.EmrId;
import io.clinicsync.canonical.Patient;
import io.clinicsync.crm.PushQueue.Claimed;
import io.clinicsync.insights.Facts;
import io.clinicsync.people.Link;
import io.clinicsync.people.Linker.Addresses;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One patient on its way to its contact. {@code toString} shows ids only.
 *
 * @param link null when the patient was never looked for
 * @param pushed null before the first write
 */
record PushItem(
    Claimed claim,
    String emr,
    Patient patient,
    Facts facts,
    Addresses addresses,
    @Nullable Link link,
    Pushes.@Nullable Pushed pushed) {

  EmrId id() {
    return claim.patient();
  }

  PushItem with(@Nullable Link other) {
    return new PushItem(claim, emr, patient, facts, addresses, other, pushed);
  }

  Optional<Link> linked() {
    Link current = link;
    return current != null && current.state() == Link.State.LINKED
        ? Optional.of(current)
        : Optional.empty();
  }

  @Override
  public String toString() {
    return "PushItem[" + claim + "]";
  }
}
