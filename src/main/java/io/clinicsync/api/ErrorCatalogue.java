package io.clinicsync.api;

import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.ghl.GhlException;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Every code an operator can meet: one plain sentence, who can fix it, and the next step [ER-3].
 * The one place for them.
 */
public final class ErrorCatalogue {

  private static final Map<String, Entry> ENTRIES = new LinkedHashMap<>();

  /** Who can fix it. */
  public enum Who {
    CLINIC,
    AGENCY,
    US,
    EMR,
    CRM,
    /** It mends itself. */
    NOBODY
  }

  /** What a code means. */
  public record Entry(String code, String sentence, Who who, String nextStep) {}

  static {
    for (EmrException.Kind kind : EmrException.Kind.values()) {
      add(entry(kind));
    }
    for (GhlException.Kind kind : GhlException.Kind.values()) {
      add(entry(kind));
    }
    add(
        new Entry(
            "ghl_reconnect",
            "GoHighLevel does not accept the clinic's connection any more, so nothing is written to it.",
            Who.CLINIC,
            "Connect GoHighLevel again with a fresh token or through its sign-in page; work goes on from where it stopped."));
    add(
        new Entry(
            "ghl_uninstalled",
            "Our app was taken out of the clinic's GoHighLevel sub-account, so nothing is written to it.",
            Who.CLINIC,
            "Connect GoHighLevel again through its sign-in page, or by a token; everything is kept and goes on from there."));
    add(
        new Entry(
            "removal_brake",
            "The EMR suddenly lacks an unusual share of its records, so nothing was removed and the connection was paused.",
            Who.CLINIC,
            "Look in the EMR whether the records are truly gone; then resume the connection, which compares again."));
    add(
        new Entry(
            "credentials_removed",
            "The connection's credentials were removed, so nothing is read or booked.",
            Who.CLINIC,
            "Give new credentials to connect again, or leave it as it is."));
    add(
        new Entry(
            "sign_in_needed",
            "Somebody of the clinic must sign in at the EMR's own page before anything can be read.",
            Who.CLINIC,
            "POST to the connection's sign-in address, open the address it answers, and allow the access there."));
    add(
        new Entry(
            "booking_stuck",
            "A booking, move or cancellation could not be settled for ten minutes; it is looked at again every few seconds.",
            Who.CLINIC,
            "Look at the appointment in the EMR: GET …/bookings/{id} names it and says how far it got."));
    add(
        new Entry(
            "mirror_practitioner_unknown",
            "A calendar should show a practitioner's taken times, but nobody, or more than one, has the name it is mapped to.",
            Who.CLINIC,
            "Map the calendar again with the practitioner's id; what it shows stays as it is until then."));
    add(
        new Entry(
            "mirror_refused",
            "GoHighLevel refuses to block taken times in a calendar, so it may offer them.",
            Who.CLINIC,
            "Look whether the calendar is still there in the sub-account; else map another one, or take mirror out of the mapping."));
    add(
        new Entry(
            "calendar_emptied",
            "Many appointments of a mapped calendar are gone from GoHighLevel at once; none of them was cancelled in the EMR.",
            Who.CLINIC,
            "Look whether the named calendar is as it should be in the sub-account. What is truly off, cancel in the EMR; this ends once at most five of them, or a fifth of the calendar's, are left, and when the calendar is looked at no more: without its mapping, its connection's booking, or its sub-account."));
    add(
        new Entry(
            "refusal_untold",
            "The EMR refused an appointment of GoHighLevel, and GoHighLevel did not take word of it for ten minutes.",
            Who.CLINIC,
            "Nothing while GoHighLevel is away, for it is told again every quarter of an hour. Else cancel or move the named appointment there; this ends with either, or once its time has passed."));
    add(
        new Entry(
            "sub_account_left",
            "An appointment of GoHighLevel was not carried to its end before the clinic left its sub-account; the EMR keeps what it has.",
            Who.CLINIC,
            "Look at the named appointment in that sub-account and set it right in the EMR. It goes on by itself if that sub-account is connected again; this ends then, or once its time has passed."));
    add(
        new Entry(
            "internal_error",
            "A run failed for a reason of ours; it is tried again by itself.",
            Who.US,
            "If it stays for more than an hour, ask us and name the connection."));
    add(
        new Entry(
            "database_unavailable",
            "Our database was away, full or overloaded during a run; nothing is lost.",
            Who.US,
            "Nothing; the run comes again by itself within half a minute of the database's return."));
    add(
        new Entry(
            "process_died",
            "A run ended with its server; the next one goes on from its last page.",
            Who.NOBODY,
            "Nothing; the next run closes this by itself."));
    crm(
        "crm_rate_limited",
        "GoHighLevel asks us to slow down; contacts wait and nothing is lost.",
        Who.NOBODY,
        "Nothing; writing goes on when it allows it.");
    crm(
        "crm_slow",
        "GoHighLevel answers slowly, so some contacts wait a moment longer; nothing is lost.",
        Who.NOBODY,
        "Nothing; writing goes on by itself.");
    crm(
        "crm_unavailable",
        "GoHighLevel does not answer at the moment; contacts wait and nothing is lost.",
        Who.CRM,
        "Nothing; it is tried again by itself.");
    crm(
        "crm_contract_broken",
        "GoHighLevel answers in a way we do not know, so these contacts wait.",
        Who.US,
        "Ask us; nothing is lost.");
    crm(
        "crm_outcome_unknown",
        "GoHighLevel did not confirm a write; we look before trying again.",
        Who.NOBODY,
        "Nothing; it is settled by looking.");
    crm(
        "crm_contact_being_made",
        "The same person's contact is just being made for another connection.",
        Who.NOBODY,
        "Nothing; it is linked within a minute or two.");
    crm(
        "crm_not_found",
        "GoHighLevel does not know something a write needs; it is tried again.",
        Who.CRM,
        "If it stays, check that nobody deletes fields or tags of ours in the sub-account.");
    crm(
        "crm_contact_gone",
        "The contact was deleted or merged in GoHighLevel; it is looked for anew.",
        Who.NOBODY,
        "Nothing; it is linked again or brought to the review queue.");
    crm(
        "crm_duplicate",
        "The sub-account refuses a second contact with this e-mail or phone.",
        Who.CLINIC,
        "Decide the pair in the review queue, or allow duplicates in the sub-account.");
    crm(
        "crm_other_contact",
        "GoHighLevel wrote to another contact than the linked one, so we stopped there.",
        Who.CLINIC,
        "Look at both contacts in the sub-account and merge or correct them.");
    crm(
        "crm_value_refused",
        "GoHighLevel refused a value of the contact; after six attempts it waits until the patient changes.",
        Who.CLINIC,
        "Correct the value in the EMR, often an e-mail, phone or date with a typing mistake; the contact is then written by itself.");
    crm(
        "crm_value_not_applied",
        "GoHighLevel accepted a value and did not store it.",
        Who.CLINIC,
        "Check the field in the sub-account: it may have been deleted or changed its type.");
    ImportErrors.ALL.forEach(ErrorCatalogue::add);
    add(
        new Entry(
            "record_quarantined",
            "An entry of the EMR could not be understood and was set apart; everything else goes on.",
            Who.US,
            "Look the entry up in the EMR and correct what is named; it is read again with its next change and with the nightly comparison."));
    add(
        new Entry(
            "facts_failed",
            "The facts of some patients could not be computed, so their contacts stay as they are; everybody else's go on.",
            Who.US,
            "Ask us and name the connection; they are computed again with their next change and with our next version."));
    add(
        new Entry(
            "review_waiting",
            "Patients and contacts may belong together, but it is not sure enough to link them without a person.",
            Who.CLINIC,
            "Decide them in the review queue: link, split or ignore."));
  }

  private ErrorCatalogue() {}

  private static void crm(String code, String sentence, Who who, String nextStep) {
    add(new Entry(code, sentence, who, nextStep));
  }

  /** The entry of a code; empty when there is none. */
  public static Optional<Entry> find(String code) {
    return Optional.ofNullable(ENTRIES.get(code));
  }

  /**
   * The entry of a code that must be known.
   *
   * @throws IllegalArgumentException when it is not: a programming error
   */
  public static Entry require(String code) {
    return find(code)
        .orElseThrow(() -> new IllegalArgumentException("No catalogue entry for the code " + code));
  }

  /** All entries. */
  public static Collection<Entry> all() {
    return Collections.unmodifiableCollection(ENTRIES.values());
  }

  /** The code of an EMR failure. */
  public static String code(EmrException.Kind kind) {
    return "emr_" + kind.name().toLowerCase(Locale.ROOT);
  }

  /** The code of a GoHighLevel failure. */
  public static String code(GhlException.Kind kind) {
    return "ghl_" + kind.name().toLowerCase(Locale.ROOT);
  }

  private static void add(Entry entry) {
    if (ENTRIES.put(entry.code(), entry) != null) {
      throw new IllegalStateException("The code " + entry.code() + " is in the catalogue twice");
    }
  }

  private static Entry entry(EmrException.Kind kind) {
    String code = code(kind);
    return switch (kind) {
      case CREDENTIALS_REJECTED ->
          new Entry(
              code,
              "The EMR does not accept the credentials.",
              Who.CLINIC,
              "Make a new key in the EMR and replace the connection's credentials with it; work goes on from where it stopped.");
      case PERMISSION_MISSING ->
          new Entry(
              code,
              "The credentials work, but lack a right this needs.",
              Who.CLINIC,
              "Give the EMR user behind the key the missing right, or use a key of a user who has it.");
      case PERSON_NEEDED ->
          new Entry(
              code,
              "The EMR waits for a person: to confirm the sign-in, or to hand over the first export.",
              Who.CLINIC,
              "Sign in to the EMR once as this user and confirm what it asks; where exports are read, hand the first one over.");
      case RATE_LIMITED ->
          new Entry(
              code,
              "The EMR asks us to slow down; nothing is lost.",
              Who.NOBODY,
              "Nothing; work goes on when the EMR allows it.");
      case UNAVAILABLE ->
          new Entry(
              code,
              "The EMR does not answer at the moment; nothing is lost.",
              Who.EMR,
              "Nothing; it is tried again by itself. The EMR's status page says more.");
      case NOT_FOUND ->
          new Entry(
              code,
              "The EMR has no such record any more.",
              Who.NOBODY,
              "Nothing; our copy follows with the next run.");
      case SLOT_TAKEN ->
          new Entry(code, "Somebody else took this time.", Who.NOBODY, "Choose another time.");
      case REQUEST_REJECTED ->
          new Entry(
              code,
              "The EMR refused a request of ours.",
              Who.US,
              "Ask us and name the connection and the time.");
      case CONTRACT_BROKEN ->
          new Entry(
              code,
              "The EMR answers in a way we do not know, so this part is stopped rather than misread.",
              Who.US,
              "Ask us; nothing is lost, and reading goes on once we understand the answer.");
      case OUTCOME_UNKNOWN ->
          new Entry(
              code,
              "The EMR did not confirm what was sent; we find out by looking.",
              Who.US,
              "Wait two minutes, then look at the record again.");
    };
  }

  private static Entry entry(GhlException.Kind kind) {
    String code = code(kind);
    return switch (kind) {
      case UNAUTHORISED ->
          new Entry(
              code,
              "GoHighLevel does not accept the token.",
              Who.CLINIC,
              "Make a new private integration token in the sub-account's settings and set it here.");
      case MISSING_SCOPE ->
          new Entry(
              code,
              "The token works, but was not given a right this needs.",
              Who.CLINIC,
              "Add the scopes docs/api.md lists to the private integration, then set its token again.");
      case WRONG_LOCATION ->
          new Entry(
              code,
              "The token belongs to another sub-account.",
              Who.CLINIC,
              "Make the token in the sub-account whose location id was given, or correct the id.");
      case NOT_FOUND ->
          new Entry(
              code,
              "GoHighLevel has no such entry any more.",
              Who.CRM,
              "Nothing; it is found or made again with the next run.");
      case DUPLICATE ->
          new Entry(
              code,
              "The sub-account refuses a second contact with this e-mail or phone.",
              Who.CLINIC,
              "Decide the pair in the review queue, or allow duplicates in the sub-account.");
      case INVALID ->
          new Entry(
              code,
              "GoHighLevel refused a value.",
              Who.US,
              "Correct the value in the EMR where it is a typing mistake; else ask us.");
      case RATE_LIMITED ->
          new Entry(
              code,
              "GoHighLevel asks us to slow down; nothing is lost.",
              Who.NOBODY,
              "Nothing; writing goes on when it allows it.");
      case UNAVAILABLE ->
          new Entry(
              code,
              "GoHighLevel does not answer at the moment; nothing is lost.",
              Who.CRM,
              "Nothing; it is tried again by itself.");
      case OUTCOME_UNKNOWN ->
          new Entry(
              code,
              "GoHighLevel did not confirm what was sent; we look before trying again.",
              Who.US,
              "Nothing; it is settled by looking.");
      case CONTRACT_BROKEN ->
          new Entry(
              code,
              "GoHighLevel answers in a way we do not know.",
              Who.US,
              "Ask us; nothing is lost.");
    };
  }
}
