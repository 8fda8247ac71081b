package io.clinicsync.people;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What becomes of a patient that looks for its contact. */
public sealed interface LinkDecision {

  /** This contact is the patient. */
  record LinkTo(String contactId, Rule rule) implements LinkDecision {}

  /**
   * Nobody fits: make a contact. {@code toString} shows no address.
   *
   * @param email may become the native e-mail; null when the patient has none or somebody else
   *     holds it
   * @param phone may become the native phone (E.164); null likewise
   */
  record CreateContact(@Nullable String email, @Nullable String phone) implements LinkDecision {
    @Override
    public String toString() {
      return "CreateContact[email=" + (email != null) + ", phone=" + (phone != null) + "]";
    }
  }

  /**
   * A person must decide [ID-7].
   *
   * @param contactIds the contacts to show beside the patient, in a stable order
   */
  record Review(Reason reason, List<String> contactIds) implements LinkDecision {
    public Review {
      contactIds = List.copyOf(contactIds);
    }
  }

  /**
   * No contact for this patient.
   *
   * @param contactId the household's contact, where there is one
   */
  record Skip(Why why, @Nullable String contactId) implements LinkDecision {}

  /** The rule that matched, strongest first [ID-2]. */
  enum Rule {
    STORED_LINK,
    PATIENT_ID_FIELD,
    EMAIL_AND_NAME,
    PHONE_AND_NAME
  }

  /** Why a person must decide. */
  enum Reason {
    /** Several contacts carry our id of this patient. */
    SEVERAL_CARRY_OUR_ID,
    /** Several contacts fit by address and name. */
    SEVERAL_FIT,
    /** Everything fits but the dates of birth. */
    BIRTH_DATES_DIFFER,
    /**
     * The contact that fits belongs to another patient already: perhaps one person twice in the
     * EMR.
     */
    CONTACT_TAKEN,
    /** Same address, nearly the same name. */
    SIMILAR_NAME
  }

  /** Why there is no contact. */
  enum Why {
    TEST_PATIENT,
    STAFF,
    DECEASED,
    /** Archived or deleted in the EMR before it ever had a contact. */
    REMOVED,
    /** Merged into another patient, who has the link. */
    MERGED,
    /** The guardian's contact lists this patient. */
    LISTED_WITH_GUARDIAN,
    /** The guardian has no contact yet. */
    WAITS_FOR_GUARDIAN,
    /** Somebody of the household has the one contact. */
    HOUSEHOLD_HAS_CONTACT,
    /** No name and no address. */
    NOTHING_KNOWN
  }
}
