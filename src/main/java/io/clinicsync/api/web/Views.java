package io.clinicsync.api.web;

import io.clinicsync.access.ApiKeys;
import io.clinicsync.access.IssuedKey;
import io.clinicsync.api.ErrorCatalogue;
import io.clinicsync.clinics.Clinic;
import io.clinicsync.clinics.ClinicSettings;
import io.clinicsync.clinics.Connection;
import io.clinicsync.sync.Syncs;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What the answers of this API look like. Instants are ISO 8601 in UTC; null means unknown or none.
 */
final class Views {

  private Views() {}

  /** A list of everything there is. */
  record Listing<T>(List<T> items) implements Json {}

  /** A page of a longer list. */
  record PageOf<T>(List<T> items, @Nullable String nextCursor) implements Json {}

  record ClinicView(
      UUID id, String name, String zone, String country, String currency, Instant createdAt)
      implements Json {
    static ClinicView of(Clinic clinic) {
      return new ClinicView(
          clinic.id().value(),
          clinic.name(),
          clinic.zone().getId(),
          clinic.country(),
          clinic.currency(),
          clinic.createdAt());
    }
  }

  record SettingsView(
      String household,
      boolean marketingWithoutConsent,
      String pack,
      List<String> approvedClasses,
      boolean recreateDeletedContacts,
      int reminderLeadMinutes,
      int lateCancelHours,
      int atRiskDays,
      int lapsedDays,
      int lostDays,
      @Nullable ApprovalView approval,
      boolean dayCounters)
      implements Json {
    static SettingsView of(ClinicSettings settings) {
      return new SettingsView(
          word(settings.household()),
          settings.marketingWithoutConsent(),
          word(settings.pack()),
          settings.approvedClasses().stream()
              .map(each -> each.toLowerCase(Locale.ROOT))
              .sorted()
              .toList(),
          settings.recreateDeletedContacts(),
          settings.reminderLeadMinutes(),
          settings.lateCancelHours(),
          settings.atRiskDays(),
          settings.lapsedDays(),
          settings.lostDays(),
          settings.approval() == null
              ? null
              : new ApprovalView(settings.approval().approver(), settings.approval().reason()),
          settings.dayCounters());
    }
  }

  /** Who released field classes, and why. */
  record ApprovalView(String approver, String reason) implements Json {}

  record EmrView(String id, String name, List<WayView> ways) implements Json {}

  record WayView(
      String id,
      String label,
      boolean needsSignedConsent,
      List<FieldView> credentials,
      LimitView limit)
      implements Json {}

  record FieldView(String name, String label, boolean secret, boolean required, String help)
      implements Json {}

  record LimitView(int calls, long perSeconds) implements Json {}

  /** What a stable code means [ER-3]. */
  record TroubleView(String code, String sentence, String who, String nextStep) implements Json {
    static TroubleView of(String code) {
      ErrorCatalogue.Entry entry = ErrorCatalogue.require(code);
      return new TroubleView(code, entry.sentence(), word(entry.who()), entry.nextStep());
    }
  }

  record ConnectionView(
      UUID id,
      String emr,
      String way,
      String name,
      String zone,
      String currency,
      String state,
      Instant stateSince,
      @Nullable TroubleView trouble,
      boolean firstLoadDone,
      List<FreshnessView> freshness,
      @Nullable Instant nextRunAt,
      Instant createdAt,
      List<String> advice)
      implements Json {
    static ConnectionView of(
        Connection connection,
        List<Syncs.Freshness> freshness,
        @Nullable Instant nextRun,
        List<String> advice) {
      String code = connection.stateCode();
      return new ConnectionView(
          connection.id().value(),
          connection.emr(),
          connection.way(),
          connection.name(),
          connection.zone().getId(),
          connection.currency(),
          word(connection.state()),
          connection.stateSince(),
          code == null ? null : TroubleView.of(code),
          !connection.quietUntilLoaded(),
          freshness.stream().map(FreshnessView::of).toList(),
          nextRun,
          connection.createdAt(),
          advice);
    }
  }

  record FreshnessView(
      String object, @Nullable Instant dataAsOf, String freshness, long expectedWithinSeconds)
      implements Json {
    static FreshnessView of(Syncs.Freshness found) {
      return new FreshnessView(
          word(found.kind()), found.asOf(), word(found.age()), found.yardstick().toSeconds());
    }
  }

  record RunView(
      UUID id,
      String lane,
      String state,
      @Nullable TroubleView trouble,
      Instant startedAt,
      @Nullable Instant finishedAt,
      @Nullable Instant nextRunAt,
      int pages,
      int read,
      int created,
      int updated,
      int unchanged,
      int removed,
      int rejected,
      Map<String, Map<String, Integer>> bySource,
      @Nullable Long readPerMinute,
      @Nullable Instant expectedEnd)
      implements Json {
    static RunView of(Syncs.Run run) {
      Map<String, Map<String, Integer>> bySource = new java.util.TreeMap<>();
      run.sources()
          .forEach((source, counts) -> bySource.put(source.toLowerCase(Locale.ROOT), counts));
      String code = run.code();
      return new RunView(
          run.id(),
          run.lane(),
          word(run.state()),
          code == null ? null : TroubleView.of(code),
          run.startedAt(),
          run.finishedAt(),
          run.nextRunAt(),
          run.pages(),
          run.read(),
          run.created(),
          run.updated(),
          run.unchanged(),
          run.removed(),
          run.rejected(),
          bySource,
          run.perMinute(),
          run.expectedEnd());
    }
  }

  record ReconciliationView(
      String object,
      Instant finishedAt,
      int emrCount,
      int ourCount,
      int repaired,
      int removed,
      int quarantined,
      int unexplained)
      implements Json {
    static ReconciliationView of(Syncs.Reconciliation found) {
      return new ReconciliationView(
          word(found.kind()),
          found.finishedAt(),
          found.emrCount(),
          found.ourCount(),
          found.repaired(),
          found.removed(),
          found.quarantined(),
          found.unexplained());
    }
  }

  record KeyView(
      UUID id,
      String name,
      @Nullable UUID connection,
      List<String> scopes,
      Instant createdAt,
      @Nullable Instant expiresAt,
      @Nullable Instant lastUsedAt,
      boolean live)
      implements Json {
    static KeyView of(ApiKeys.KeyView key) {
      var connection = key.connection();
      return new KeyView(
          key.id(),
          key.name(),
          connection == null ? null : connection.value(),
          key.scopes().stream().map(Views::word).sorted().toList(),
          key.createdAt(),
          key.expiresAt(),
          key.lastUsedAt(),
          key.live());
    }
  }

  /** A key as it is shown once. */
  record NewKeyView(UUID id, String name, String secret) implements Json {
    static NewKeyView of(IssuedKey key) {
      return new NewKeyView(key.id(), key.name(), key.secret());
    }

    @Override
    public String toString() {
      return "NewKeyView[" + id + "]";
    }
  }

  /** Something was asked for and will happen soon. */
  record Accepted(String detail) implements Json {}

  static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
