package io.clinicsync.people;

import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.canonical.EmrId;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.Patient;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.clinics.ClinicSettings;
import io.clinicsync.ghl.GhlContact;
import io.clinicsync.ghl.GhlContactField;
import io.clinicsync.people.LinkLadder.Candidate;
import io.clinicsync.people.LinkLadder.Found;
import io.clinicsync.people.LinkLadder.Seeker;
import io.clinicsync.people.NameMatch.PersonName;
import io.clinicsync.tenancy.ClinicId;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Decides first matches and writes them down. The caller looked contacts up; who of our own
 * patients holds an address is known here. Every method joins the caller's transaction.
 */
@Component
public class Linker {

  private final Links links;
  private final AddressHolders holders;
  private final Clock clock;

  Linker(Links links, AddressHolders holders, Clock clock) {
    this.links = links;
    this.holders = holders;
    this.clock = clock;
  }

  /** A patient's addresses as contacts are searched by. {@code toString} shows none. */
  public record Addresses(@Nullable String email, @Nullable String phone) {

    /** What the EMR knows, in the CRM's spelling. */
    public static Addresses of(Patient patient, String country) {
      String email = patient.email();
      return new Addresses(
          email == null || !email.contains("@") ? null : email.strip().toLowerCase(Locale.ROOT),
          Phones.choose(patient.phones(), country).e164());
    }

    @Override
    public String toString() {
      return "Addresses";
    }
  }

  /**
   * Decides who a patient without a link is, and stores it: linked, in review, skipped, or about to
   * be created with the addresses it may hold.
   *
   * @param found contacts that share the patient's id field, e-mail or phone, as just looked up
   * @param patientIdField id of the custom field that carries our patient id; null before it exists
   * @param before the patient's link so far, if it ever had one
   * @return empty, with nothing stored, while the contact that may be the patient's is just being
   *     made for a patient of another connection: ask again once the CRM shows it
   */
  public Optional<Link> decide(
      ClinicId clinic,
      ConnectionId connection,
      Patient patient,
      Addresses addresses,
      ClinicSettings settings,
      Collection<GhlContact> found,
      @Nullable String patientIdField,
      @Nullable Link before) {
    EmrId id = patient.ref().id();
    Link standing = links.find(clinic, connection, id).orElse(null);
    if (standing != null && isSettled(standing)) {
      // A merge or a person decided since the caller looked [ID-1].
      return Optional.of(standing);
    }
    int recreated = before == null ? 0 : before.recreated();
    if (patient.removedAt() != null && patient.mergedInto() == null) {
      return Optional.of(
          save(clinic, connection, skipped(id, LinkDecision.Why.REMOVED, recreated)));
    }
    Map<String, Set<EmrRef>> taken =
        links.patientsOf(clinic, connection, found.stream().map(GhlContact::id).toList());
    addJustMade(clinic, connection, id, found, patientIdField, taken);
    List<Candidate> byId = new ArrayList<>();
    List<Candidate> byEmail = new ArrayList<>();
    List<Candidate> byPhone = new ArrayList<>();
    for (GhlContact contact : found) {
      Set<EmrRef> owners = taken.getOrDefault(contact.id(), Set.of());
      Candidate candidate = candidate(contact, owners);
      Candidate sharer =
          owners.stream().allMatch(patient.ref()::equals) ? candidate : held(candidate);
      if (patientIdField != null
          && id.value().equals(String.valueOf(contact.customFields().get(patientIdField)))
          // Ids of two EMR accounts may coincide: an id proves nothing about somebody of another
          // name.
          && sameName(patient, contact)) {
        byId.add(candidate);
      }
      if (sameEmail(contact, addresses.email())) {
        byEmail.add(sharer);
      }
      if (samePhone(contact, addresses.phone())) {
        byPhone.add(sharer);
      }
    }
    Seeker seeker = seeker(patient, addresses);
    holders.add(clinic, connection, seeker, byEmail, byPhone);
    LinkDecision decision =
        LinkLadder.decide(seeker, policy(settings), new Found(null, byId, byEmail, byPhone));
    if (waitsForAnother(decision)) {
      return Optional.empty();
    }
    Link link = link(id, decision, addresses, found, recreated);
    if (before != null
        && before.state() == Link.State.GONE
        && link.state() == Link.State.CREATING) {
      link = again(link, settings);
    }
    return Optional.of(save(clinic, connection, link));
  }

  private static boolean waitsForAnother(LinkDecision decision) {
    return switch (decision) {
      case LinkDecision.LinkTo link -> AddressHolders.isBeingCreated(link.contactId());
      case LinkDecision.Review review ->
          review.contactIds().stream().anyMatch(AddressHolders::isBeingCreated);
      case LinkDecision.CreateContact create -> false;
      case LinkDecision.Skip skip -> false;
    };
  }

  /**
   * A contact a user deleted is made again at most once, and only where the clinic wants that; else
   * a person decides.
   */
  private static Link again(Link create, ClinicSettings settings) {
    if (settings.recreateDeletedContacts() && create.recreated() == 0) {
      return new Link(
          create.patient(),
          create.state(),
          null,
          "RECREATED",
          List.of(),
          create.email(),
          create.phone(),
          create.attemptAt(),
          1);
    }
    return new Link(
        create.patient(),
        Link.State.REVIEW,
        null,
        "CONTACT_GONE",
        List.of(),
        null,
        null,
        null,
        create.recreated());
  }

  /**
   * Makes the survivor of a merge the owner of the loser's contact, unless it has one [ID-6]; says
   * whether it moved.
   */
  public boolean moveToSurvivor(
      ClinicId clinic, ConnectionId connection, Link loser, EmrId survivor) {
    boolean moves = survivorTakesOver(clinic, connection, survivor);
    links.save(
        clinic,
        connection,
        skipped(loser.patient(), LinkDecision.Why.MERGED, loser.recreated()),
        null);
    if (moves) {
      links.save(
          clinic,
          connection,
          new Link(
              survivor,
              Link.State.LINKED,
              loser.contactId(),
              "EMR_MERGE",
              List.of(),
              loser.email(),
              loser.phone(),
              null,
              0),
          null);
    }
    return moves;
  }

  /**
   * Whether a merge's survivor takes the loser's contact over: it has none, and no person decided
   * about it.
   */
  public boolean survivorTakesOver(ClinicId clinic, ConnectionId connection, EmrId survivor) {
    Link standing = links.find(clinic, connection, survivor).orElse(null);
    return standing == null
        || switch (standing.state()) {
          case LINKED, CREATING -> false;
          case SKIPPED -> !isByPerson(standing);
          case REVIEW, GONE -> true;
        };
  }

  /**
   * A contact may show in the CRM before its link is written down: it carries the id of the patient
   * it was made for, and is that one's.
   */
  private void addJustMade(
      ClinicId clinic,
      ConnectionId connection,
      EmrId self,
      Collection<GhlContact> found,
      @Nullable String patientIdField,
      Map<String, Set<EmrRef>> taken) {
    Map<String, EmrId> madeFor = new HashMap<>();
    for (GhlContact contact : found) {
      Object carried = patientIdField == null ? null : contact.customFields().get(patientIdField);
      if (carried != null && !carried.toString().equals(self.value())) {
        madeFor.put(contact.id(), new EmrId(carried.toString()));
      }
    }
    madeFor.keySet().removeAll(taken.keySet());
    if (madeFor.isEmpty()) {
      return;
    }
    Map<EmrId, Link> others = links.find(clinic, connection, Set.copyOf(madeFor.values()));
    madeFor.forEach(
        (contact, patient) -> {
          Link other = others.get(patient);
          boolean its =
              other != null
                  && (other.state() == Link.State.CREATING || contact.equals(other.contactId()));
          if (its) {
            taken.put(contact, Set.of(new EmrRef(RecordKind.PATIENT, patient)));
          }
        });
  }

  /**
   * The contact of another of our patients is never this one's, whatever it is called: it only
   * holds the address. So it is the same whether that contact is just being made, shows already, or
   * was made long ago, and in which order a first load meets the two.
   */
  private static Candidate held(Candidate candidate) {
    return new Candidate(
        candidate.contactId(), new PersonName(null, null, null), null, candidate.patients());
  }

  private static boolean isSettled(Link link) {
    return link.state() == Link.State.LINKED
        || (link.state() == Link.State.SKIPPED && isByPerson(link));
  }

  private static boolean isByPerson(Link link) {
    return String.valueOf(link.rule()).startsWith("PERSON");
  }

  /** Whether the contact carries the patient's name. */
  public static boolean sameName(Patient patient, GhlContact contact) {
    Patient.Name name = patient.name();
    return NameMatch.compare(
            new PersonName(name.first(), name.last(), name.preferredFirst()),
            new PersonName(
                contact.find(GhlContactField.FIRST_NAME).orElse(null),
                contact.find(GhlContactField.LAST_NAME).orElse(null),
                null))
        == NameMatch.Nearness.EQUAL;
  }

  private Link link(
      EmrId id,
      LinkDecision decision,
      Addresses addresses,
      Collection<GhlContact> found,
      int recreated) {
    return switch (decision) {
      case LinkDecision.LinkTo(String contactId, LinkDecision.Rule rule) -> {
        GhlContact contact =
            found.stream().filter(each -> each.id().equals(contactId)).findFirst().orElse(null);
        boolean holdsEmail =
            contact == null
                || mayHold(
                    contact.find(GhlContactField.EMAIL), sameEmail(contact, addresses.email()));
        boolean holdsPhone =
            contact == null
                || mayHold(
                    contact.find(GhlContactField.PHONE), samePhone(contact, addresses.phone()));
        yield new Link(
            id,
            Link.State.LINKED,
            contactId,
            rule.name(),
            List.of(),
            holdsEmail ? addresses.email() : null,
            holdsPhone ? addresses.phone() : null,
            null,
            recreated);
      }
      case LinkDecision.CreateContact(@Nullable String email, @Nullable String phone) ->
          new Link(
              id,
              Link.State.CREATING,
              null,
              "CREATED",
              List.of(),
              email,
              phone,
              clock.instant(),
              recreated);
      case LinkDecision.Review(LinkDecision.Reason reason, List<String> contacts) ->
          new Link(
              id, Link.State.REVIEW, null, reason.name(), contacts, null, null, null, recreated);
      case LinkDecision.Skip(LinkDecision.Why why, @Nullable String contactId) ->
          skipped(id, why, recreated);
    };
  }

  /**
   * A contact may take our address when it has none, or has it already; another one stays a
   * person's choice.
   */
  private static boolean mayHold(Optional<String> present, boolean same) {
    return present.isEmpty() || same;
  }

  private static Link skipped(EmrId id, LinkDecision.Why why, int recreated) {
    return new Link(
        id, Link.State.SKIPPED, null, why.name(), List.of(), null, null, null, recreated);
  }

  private Link save(ClinicId clinic, ConnectionId connection, Link link) {
    return links.save(clinic, connection, link, null);
  }

  private static Seeker seeker(Patient patient, Addresses addresses) {
    Patient.Name name = patient.name();
    return new Seeker(
        patient.ref(),
        new PersonName(name.first(), name.last(), name.preferredFirst()),
        patient.birthDate(),
        addresses.email(),
        addresses.phone(),
        patient.standing(),
        patient.mergedInto() != null,
        null,
        null);
  }

  private static Candidate candidate(GhlContact contact, Set<EmrRef> patients) {
    return new Candidate(
        contact.id(),
        new PersonName(
            contact.find(GhlContactField.FIRST_NAME).orElse(null),
            contact.find(GhlContactField.LAST_NAME).orElse(null),
            null),
        contact.birthDate().orElse(null),
        patients);
  }

  private static boolean sameEmail(GhlContact contact, @Nullable String email) {
    return email != null
        && contact.find(GhlContactField.EMAIL).filter(email::equalsIgnoreCase).isPresent();
  }

  private static boolean samePhone(GhlContact contact, @Nullable String phone) {
    return phone != null
        && contact
            .find(GhlContactField.PHONE)
            .filter(held -> digits(held).equals(digits(phone)))
            .isPresent();
  }

  private static String digits(String phone) {
    return phone.replaceAll("\\D", "");
  }

  private static HouseholdPolicy policy(ClinicSettings settings) {
    return switch (settings.household()) {
      case SEPARATE -> HouseholdPolicy.SEPARATE;
      case GUARDIAN -> HouseholdPolicy.GUARDIAN;
      case PRIMARY_ONLY -> HouseholdPolicy.PRIMARY_ONLY;
    };
  }
}
