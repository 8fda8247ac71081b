package io.clinicsync.people;

import io.clinicsync.canonical.EmrId;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which contact a patient is. {@code toString} shows ids only.
 *
 * @param contactId set when linked
 * @param rule what proved it, or why there is no contact
 * @param candidates contacts a person is to choose from
 * @param email the native e-mail this patient's contact holds; null when another one holds it or
 *     there is none
 * @param phone the native phone (E.164) likewise
 * @param attemptAt when a contact was last being created; an answer may never have come
 * @param recreated how often a contact that vanished was made again
 */
public record Link(
    EmrId patient,
    State state,
    @Nullable String contactId,
    @Nullable String rule,
    List<String> candidates,
    @Nullable String email,
    @Nullable String phone,
    @Nullable Instant attemptAt,
    int recreated) {

  public Link {
    candidates = List.copyOf(candidates);
  }

  /** Where a link stands. */
  public enum State {
    LINKED,
    /** A create was or is under way; look before trying again [R12]. */
    CREATING,
    /** The contact vanished from the CRM: it is looked for anew [ID-6]. */
    GONE,
    /** No contact for this patient, for the reason in {@code rule}. */
    SKIPPED,
    /** A person must decide [ID-7]. */
    REVIEW
  }

  @Override
  public String toString() {
    return "Link[" + patient + ", " + state + ", " + contactId + "]";
  }
}
