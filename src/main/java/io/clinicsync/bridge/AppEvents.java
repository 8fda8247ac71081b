package io.clinicsync.bridge;

import io.clinicsync.bridge.AppAppointments.Heard;
import io.clinicsync.clinics.GhlAccounts;
import io.clinicsync.ghl.GhlAccount;
import io.clinicsync.ghl.GhlApi;
import io.clinicsync.ghl.GhlException;
import io.clinicsync.people.ContactVanished;
import io.clinicsync.people.Links;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.Tenancy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;

/**
 * Acts on app webhooks: what they name is read again from GoHighLevel, as it stands now, so that
 * order and repetition of deliveries do not matter [R8].
 */
@Component
class AppEvents {

  private static final Logger log = LoggerFactory.getLogger(AppEvents.class);

  private static final String PATH = "/ghl/webhooks";

  /** About nine hours. */
  private static final int MOST_ATTEMPTS = 60;

  /** How long GoHighLevel's search may not show what was just written. */
  private static final Duration INDEX_LAG = Duration.ofSeconds(60);

  private static final Duration FIRST_WAIT = Duration.ofSeconds(15);
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(10);

  private final AppEventRows rows;
  private final AppAppointments appointments;
  private final GhlAccounts accounts;
  private final GhlApi ghl;
  private final Links links;
  private final Tenancy tenancy;
  private final ApplicationEventPublisher events;

  AppEvents(
      AppEventRows rows,
      AppAppointments appointments,
      GhlAccounts accounts,
      GhlApi ghl,
      Links links,
      Tenancy tenancy,
      ApplicationEventPublisher events) {
    this.rows = rows;
    this.appointments = appointments;
    this.accounts = accounts;
    this.ghl = ghl;
    this.links = links;
    this.tenancy = tenancy;
    this.events = events;
  }

  /** Works off what waits for this clinic; one that fails holds up no other. */
  void work(ClinicId clinic) {
    for (Optional<AppEvent> next = rows.claim(clinic);
        next.isPresent();
        next = rows.claim(clinic)) {
      act(next.get());
    }
    rows.prune(clinic);
  }

  private void act(AppEvent event) {
    try {
      String code = code(event);
      if (code == null) {
        rows.later(event, INDEX_LAG, "index_lag");
      } else {
        rows.done(event, code);
      }
    } catch (GhlException away) {
      log.info("an app webhook waits for GoHighLevel: {}", away.kind());
      again(
          event,
          away.retryAfter().orElse(Duration.ZERO),
          "ghl_" + away.kind().name().toLowerCase(Locale.ROOT));
    } catch (RuntimeException unexpected) {
      // The message may quote values.
      log.error("an app webhook could not be acted on: {}", unexpected.getClass().getName());
      again(event, Duration.ZERO, "internal_error");
    }
  }

  private void again(AppEvent event, Duration asked, String code) {
    if (event.attempts() >= MOST_ATTEMPTS) {
      rows.givenUp(event, code);
      return;
    }
    Duration growing = FIRST_WAIT.multipliedBy(1L << Math.min(event.attempts() - 1, 8));
    Duration wait = growing.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : growing;
    rows.later(event, asked.compareTo(wait) > 0 ? asked : wait, code);
  }

  /** What acting on it came to; null when it is too early for that. */
  private @Nullable String code(AppEvent event) {
    return switch (event.kind()) {
      case APPOINTMENT ->
          appointments.bring(
              new Heard(
                  event.clinic(),
                  event.location(),
                  Objects.requireNonNull(event.subject()),
                  event.calendar(),
                  PATH,
                  true));
      case CONTACT_GONE -> contact(event);
      // A grant comes by the sign-in page; nothing hangs on being told.
      case INSTALLED -> "noted";
      case UNINSTALLED -> uninstalled(event);
    };
  }

  private @Nullable String contact(AppEvent event) {
    ClinicId clinic = event.clinic();
    String id = Objects.requireNonNull(event.subject());
    if (tenancy.inClinic(clinic, () -> links.sharing(clinic, List.of(id))).isEmpty()) {
      return "not_linked";
    }
    GhlAccount account = accounts.find(clinic).orElse(null);
    if (account == null) {
      return "not_connected";
    }
    if (ghl.contact(account, id).isPresent()) {
      return "still_there";
    }
    if (event.attempts() == 1) {
      return null; // the contact that survived a merge may not be found yet
    }
    tenancy.inClinic(
        clinic,
        () -> {
          List<Links.Share> patients = links.vanished(clinic, id);
          if (!patients.isEmpty()) {
            events.publishEvent(new ContactVanished(clinic, patients));
          }
        });
    return "looked_for_anew";
  }

  private String uninstalled(AppEvent event) {
    Instant at = event.toldAt();
    return at != null && accounts.uninstalled(event.clinic(), event.location(), at)
        ? "disconnected"
        : "nothing_to_do";
  }
}
