package io.clinicsync.people;

import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.canonical.EmrId;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.Tenancy;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;

/** Cases a person decides [ID-7]. A decision is final for the link and noted with who took it. */
@Component
public class Reviews {

  private final Tenancy tenancy;
  private final Links links;
  private final ApplicationEventPublisher events;

  Reviews(Tenancy tenancy, Links links, ApplicationEventPublisher events) {
    this.tenancy = tenancy;
    this.links = links;
    this.events = events;
  }

  /** What a person may decide. */
  public enum Choice {
    /** This contact is the patient. */
    LINK,
    /** Somebody else: make a contact without the shared addresses. */
    SPLIT,
    /** No contact for this patient. */
    IGNORE
  }

  /** The open cases, oldest first. */
  public List<Links.InReview> open(ClinicId clinic, int limit) {
    return tenancy.inClinic(clinic, () -> links.inReview(clinic, limit));
  }

  /**
   * Decides a case.
   *
   * @param contactId with LINK: one of the case's candidates
   * @return the link as it stands now; empty when there is no such open case, or the contact is not
   *     among its candidates
   */
  public Optional<Link> decide(
      ClinicId clinic,
      ConnectionId connection,
      EmrId patient,
      Choice choice,
      @Nullable String contactId,
      UUID by) {
    return tenancy.inClinic(
        clinic,
        () -> {
          Link open = links.find(clinic, connection, patient).orElse(null);
          if (open == null || open.state() != Link.State.REVIEW) {
            return Optional.<Link>empty();
          }
          if (choice == Choice.LINK
              && (contactId == null || !open.candidates().contains(contactId))) {
            return Optional.<Link>empty();
          }
          Link decided =
              switch (choice) {
                case LINK ->
                    new Link(
                        patient,
                        Link.State.LINKED,
                        contactId,
                        "PERSON",
                        List.of(),
                        null,
                        null,
                        null,
                        0);
                case SPLIT ->
                    new Link(
                        patient,
                        Link.State.CREATING,
                        null,
                        "PERSON_SPLIT",
                        List.of(),
                        null,
                        null,
                        null,
                        0);
                case IGNORE ->
                    new Link(
                        patient,
                        Link.State.SKIPPED,
                        null,
                        "PERSON_IGNORED",
                        List.of(),
                        null,
                        null,
                        null,
                        0);
              };
          links.save(clinic, connection, decided, by);
          events.publishEvent(new LinkDecided(clinic, connection, patient));
          return Optional.of(decided);
        });
  }
}
