package io.clinicsync.crm;

import io.clinicsync.canonical.EmrId;
import io.clinicsync.canonical.Patient;
import io.clinicsync.crm.PushQueue.Claimed;
import io.clinicsync.insights.Facts;
import io.clinicsync.people.Link;
import io.clinicsync.people.Linker.Addresses;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One patient on its way to its contact. {@code toString} shows ids only.
 *
 * @param link null when the patient was never looked for
 * @param pushed null before the first write
 * @param shared what other connections feed into the same contact
 */
record PushItem(
    Claimed claim,
    String emr,
    Patient patient,
    Facts facts,
    Addresses addresses,
    @Nullable Link link,
    Pushes.@Nullable Pushed pushed,
    Shared shared) {

  /**
   * What sharing a contact with patients of other connections means.
   *
   * @param notOurs fields an older connection owns
   * @param standsElsewhere the person is a standing patient of another connection
   */
  record Shared(Set<String> notOurs, boolean standsElsewhere) {

    /** The contact is this patient's alone. */
    static final Shared NOT = new Shared(Set.of(), false);
  }

  EmrId id() {
    return claim.patient();
  }

  PushItem with(@Nullable Link other) {
    return new PushItem(claim, emr, patient, facts, addresses, other, pushed, shared);
  }

  PushItem shared(Facts combined, Shared how) {
    return new PushItem(claim, emr, patient, combined, addresses, link, pushed, how);
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
