package io.clinicsync.bridge;

import io.clinicsync.bridge.Calendars.Meaning;
import io.clinicsync.bridge.MirrorDiary.Found;
import io.clinicsync.bridge.MirrorPlan.Step;
import io.clinicsync.bridge.MirrorRows.Claim;
import io.clinicsync.bridge.MirrorRows.Key;
import io.clinicsync.bridge.MirrorSender.Sent;
import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.clinics.Connection;
import io.clinicsync.clinics.ConnectionState;
import io.clinicsync.clinics.Connections;
import io.clinicsync.clinics.GhlAccounts;
import io.clinicsync.ghl.GhlAccount;
import io.clinicsync.ghl.GhlException;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.Tenancy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Shows the EMR's diary in GoHighLevel's calendars: each taken time of a practitioner is a blocked
 * time of the calendar that stands for them, so that nobody is offered it there. What is shown
 * already costs no call [BK-8].
 */
@Component
public class Mirror {

  /** Nobody of the mapping's name is in the EMR, or more than one is. */
  static final String PRACTITIONER_UNKNOWN = "mirror_practitioner_unknown";

  /** GoHighLevel does not take a block. */
  static final String REFUSED = "mirror_refused";

  /** How long a wake that was lost can delay a change. */
  private static final Duration NEXT_LOOK = Duration.ofMinutes(5);

  /** While a block waits to be tried or looked for again. */
  private static final Duration SOON = Duration.ofMinutes(1);

  private static final int TRIES_UNTIL_TOLD = 10;

  private static final Logger log = LoggerFactory.getLogger(Mirror.class);

  private final MirrorRows rows;
  private final BlockRows blocks;
  private final MirrorDiary diary;
  private final MirrorSender sender;
  private final Calendars calendars;
  private final Connections connections;
  private final GhlAccounts accounts;
  private final Tenancy tenancy;
  private final Clock clock;

  Mirror(
      MirrorRows rows,
      BlockRows blocks,
      MirrorDiary diary,
      MirrorSender sender,
      Calendars calendars,
      Connections connections,
      GhlAccounts accounts,
      Tenancy tenancy,
      Clock clock) {
    this.rows = rows;
    this.blocks = blocks;
    this.diary = diary;
    this.sender = sender;
    this.calendars = calendars;
    this.connections = connections;
    this.accounts = accounts;
    this.tenancy = tenancy;
    this.clock = clock;
  }

  /**
   * Calendars of a connection that do not show what they should, for one reason.
   *
   * @param count how many calendars, or blocks that are refused one by one
   * @param calendars up to five of their ids
   */
  public record Trouble(
      ConnectionId connection,
      String code,
      Instant firstSeen,
      Instant lastSeen,
      int count,
      List<String> calendars) {}

  /** What has failed ten times in a row, and what only a person can mend. */
  public List<Trouble> troubles(ClinicId clinic) {
    return rows.troubles(clinic, TRIES_UNTIL_TOLD);
  }

  /** Compares each calendar of a clinic; one that fails holds up no other. */
  public void work(ClinicId clinic) {
    for (Key key : rows.of(clinic)) {
      boolean again = true;
      while (again) {
        again = rows.claim(key).map(this::worked).orElse(false);
      }
    }
  }

  /** Whether it is to be looked at once more. */
  private boolean worked(Claim claim) {
    try {
      return compared(claim);
    } catch (MirrorRows.Overtaken past) {
      return false;
    } catch (RuntimeException unexpected) {
      // The message may quote values.
      log.error("a calendar could not be compared: {}", unexpected.getClass().getName());
      rows.failed(claim, "internal_error", MirrorSender.pause(claim.tries()));
      return false;
    }
  }

  private static String code(GhlException.Kind kind) {
    return switch (kind) {
      case INVALID, NOT_FOUND, DUPLICATE -> REFUSED;
      case UNAUTHORISED,
          MISSING_SCOPE,
          WRONG_LOCATION,
          RATE_LIMITED,
          UNAVAILABLE,
          OUTCOME_UNKNOWN,
          CONTRACT_BROKEN ->
          "ghl_" + kind.name().toLowerCase(Locale.ROOT);
    };
  }

  private static Duration pause(Claim claim, GhlException away) {
    Duration growing = MirrorSender.pause(claim.tries());
    Duration asked = away.retryAfter().orElse(Duration.ZERO);
    Duration least = away.kind() == GhlException.Kind.OUTCOME_UNKNOWN ? SOON : asked;
    return least.compareTo(growing) > 0 ? least : growing;
  }

  private boolean compared(Claim claim) {
    ClinicId clinic = claim.key().clinic();
    Connection connection =
        connections
            .find(clinic, claim.key().connection())
            .filter(each -> each.state() != ConnectionState.REVOKED)
            .orElse(null);
    Meaning meaning =
        calendars
            .find(clinic, claim.key().connection(), claim.key().calendar())
            .filter(Meaning::mirror)
            .orElse(null);
    GhlAccount account = accounts.find(clinic).orElse(null);
    if (account == null) {
      // What we wrote cannot be reached; connecting again wakes us.
      return rows.finish(claim, meaning == null, NEXT_LOOK);
    }
    Optional<List<Step>> steps =
        tenancy.inClinic(clinic, () -> steps(claim, account, connection, meaning));
    if (steps.isEmpty()) {
      rows.failed(claim, PRACTITIONER_UNKNOWN, MirrorSender.pause(claim.tries()));
      return false;
    }
    ZoneId zone = connection == null ? ZoneOffset.UTC : connection.zone();
    Sent sent = sender.send(claim, account, zone, steps.get());
    GhlException away = sent.stopped();
    if (away != null) {
      log.info("a calendar waits for GoHighLevel: {}", away.kind());
      // Slow is not broken: what got on begins to count anew.
      Claim counted = sent.done() == 0 ? claim : claim.afresh();
      rows.failed(counted, code(away.kind()), pause(counted, away));
      return false;
    }
    return rows.finish(claim, meaning == null, blocks.anyWaits(claim) ? SOON : NEXT_LOOK);
  }

  /**
   * Empty when it is not known whose diary is meant: then everything stays as it is. A connection
   * whose credentials were removed tells nothing any more, so nothing of it is shown.
   */
  private Optional<List<Step>> steps(
      Claim claim, GhlAccount account, @Nullable Connection connection, @Nullable Meaning meaning) {
    Instant now = clock.instant();
    List<Block> written = blocks.of(claim, account.locationId());
    if (connection == null || meaning == null) {
      return Optional.of(MirrorPlan.steps(Map.of(), written, now));
    }
    return switch (diary.times(connection, account.locationId(), meaning, now)) {
      case Found.Times(Map<String, Span> taken) ->
          Optional.of(MirrorPlan.steps(taken, written, now));
      case Found.NotRead() -> Optional.of(List.of());
      case Found.NobodyMeant() -> Optional.empty();
    };
  }
}
