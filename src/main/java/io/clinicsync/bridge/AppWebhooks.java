package io.clinicsync.bridge;

import io.clinicsync.bridge.AppEvent.Kind;
import io.clinicsync.canonical.Hashes;
import io.clinicsync.ghl.GhlSettings;
import io.clinicsync.ghl.GhlSignatures;
import io.clinicsync.ghl.GhlSignatures.Verdict;
import io.clinicsync.tenancy.ClinicId;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;

/**
 * Takes the signed webhooks of our marketplace app: verified first, then kept, then acknowledged;
 * acting on them comes after [R37, R38].
 */
@Component
public class AppWebhooks {

  private static final Logger log = LoggerFactory.getLogger(AppWebhooks.class);

  /** GoHighLevel tries six times, about ten minutes apart. */
  private static final Duration OLDEST = Duration.ofHours(2);

  private static final String GHL_ID = "[A-Za-z0-9_-]{1,64}";

  private final GhlSignatures signatures;
  private final String appId;
  private final HookAddresses addresses;
  private final AppEventRows rows;
  private final ApplicationEventPublisher events;
  private final MeterRegistry meters;
  private final Clock clock;

  AppWebhooks(
      GhlSignatures signatures,
      GhlSettings settings,
      HookAddresses addresses,
      AppEventRows rows,
      ApplicationEventPublisher events,
      MeterRegistry meters,
      Clock clock) {
    this.signatures = signatures;
    this.appId = settings.app().appId();
    this.addresses = addresses;
    this.rows = rows;
    this.events = events;
    this.meters = meters;
    this.clock = clock;
  }

  /** What became of a webhook. */
  public enum Reception {
    KEPT,
    /** It was kept before. */
    KNOWN,
    /** Genuine, but not for us, or of no use to us. */
    IGNORED,
    /** No signature that counts. */
    UNSIGNED,
    /** The signature fits no key. */
    FORGED,
    /** Told too long ago, and nothing of it waits. */
    STALE,
    /** It could not be kept; GoHighLevel is to send it again. */
    NOT_KEPT
  }

  /** An app webhook was kept. */
  record AppEventKept(ClinicId clinic) {}

  /**
   * Takes a webhook. When this answers {@code KEPT}, it is durable. Nothing of its content is
   * logged.
   *
   * @param body as it came
   * @param signatures the values of {@code X-GHL-Signature}
   * @param legacy the values of {@code X-WH-Signature}
   */
  public Reception take(byte[] body, List<String> signatures, List<String> legacy) {
    Reception reception = received(body, signatures, legacy);
    meters
        .counter("clinicsync.ghl.webhooks", "outcome", reception.name().toLowerCase(Locale.ROOT))
        .increment();
    if (reception == Reception.UNSIGNED
        || reception == Reception.FORGED
        || reception == Reception.STALE) {
      log.warn("an app webhook was refused: {}", reception);
    }
    return reception;
  }

  private Reception received(byte[] body, List<String> sent, List<String> legacy) {
    Verdict verdict = signatures.judge(body, sent, legacy);
    if (verdict != Verdict.GENUINE) {
      return verdict == Verdict.UNSIGNED ? Reception.UNSIGNED : Reception.FORGED;
    }
    HookBody told;
    try {
      told = HookBody.of(body);
    } catch (HookBody.Unreadable ofTheVendor) {
      return Reception.IGNORED;
    }
    Kind kind = kind(text(told, "type"));
    String location = id(text(told, "locationId"));
    if (kind == null || location == null || !isOurs(told, kind)) {
      return Reception.IGNORED;
    }
    try {
      return keep(told, kind, location, body);
    } catch (RuntimeException notKept) {
      // Type only: messages may quote values.
      log.error("an app webhook could not be kept: {}", notKept.getClass().getName());
      return Reception.NOT_KEPT;
    }
  }

  private Reception keep(HookBody told, Kind kind, String location, byte[] body) {
    ClinicId clinic = addresses.clinic(location).orElse(null);
    AppEvent event = clinic == null ? null : event(clinic, told, kind, location, body);
    if (event == null) {
      return Reception.IGNORED;
    }
    Instant toldAt = event.toldAt();
    if (toldAt != null && Duration.between(toldAt, clock.instant()).abs().compareTo(OLDEST) > 0) {
      return rows.waits(event.clinic(), event.id()) ? Reception.KNOWN : Reception.STALE;
    }
    if (!rows.add(event)) {
      return Reception.KNOWN;
    }
    events.publishEvent(new AppEventKept(event.clinic()));
    return Reception.KEPT;
  }

  /** Null when it does not say what it speaks of. */
  private static @Nullable AppEvent event(
      ClinicId clinic, HookBody told, Kind kind, String location, byte[] body) {
    String subject =
        switch (kind) {
          case APPOINTMENT ->
              id(told.text("appointment.id", "data.appointment.id", "data.id", "id"));
          case CONTACT_GONE ->
              id(told.text("id", "data.id", "contact.id", "data.contact.id", "contactId"));
          case INSTALLED, UNINSTALLED -> null;
        };
    if (subject == null && (kind == Kind.APPOINTMENT || kind == Kind.CONTACT_GONE)) {
      return null;
    }
    String calendar =
        id(
            told.text(
                "appointment.calendarId",
                "data.appointment.calendarId",
                "data.calendarId",
                "calendarId"));
    String webhook =
        text(told, "webhookId")
            .filter(id -> id.matches("[A-Za-z0-9_-]{1,100}"))
            .orElseGet(() -> "sha256-" + HexFormat.of().formatHex(Hashes.sha256(body)));
    return new AppEvent(
        clinic,
        webhook,
        kind,
        location,
        subject,
        kind == Kind.APPOINTMENT ? calendar : null,
        text(told, "timestamp").map(AppWebhooks::instant).orElse(null),
        0);
  }

  /** At the root, or in the wrapper that some of the vendor's samples show. */
  private static Optional<String> text(HookBody told, String name) {
    return told.text(name, "data." + name);
  }

  private static @Nullable String id(Optional<String> text) {
    return text.filter(found -> found.matches(GHL_ID)).orElse(null);
  }

  private static @Nullable Kind kind(Optional<String> type) {
    return switch (type.orElse("")) {
      case "AppointmentCreate", "AppointmentUpdate", "AppointmentDelete" -> Kind.APPOINTMENT;
      case "ContactDelete", "ContactMerge" -> Kind.CONTACT_GONE;
      case "INSTALL" -> Kind.INSTALLED;
      case "UNINSTALL" -> Kind.UNINSTALLED;
      default -> null;
    };
  }

  /**
   * One key signs for every app of the marketplace: anybody's app could name our address as its
   * own. Whether the app is gone is believed only where it is surely ours.
   */
  private boolean isOurs(HookBody told, Kind kind) {
    String app = text(told, "appId").orElse("");
    if (kind == Kind.UNINSTALLED) {
      return !appId.isEmpty() && app.equals(appId);
    }
    return appId.isEmpty() || app.isEmpty() || app.equals(appId);
  }

  private static @Nullable Instant instant(String text) {
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException unreadable) {
      return null;
    }
  }
}
