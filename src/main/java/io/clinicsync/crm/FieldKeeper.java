package io.clinicsync.crm;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.clinicsync.ghl.GhlAccount;
import io.clinicsync.ghl.GhlApi;
import io.clinicsync.ghl.GhlCustomField;
import io.clinicsync.ghl.GhlCustomFields;
import io.clinicsync.ghl.GhlException;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.Tenancy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Keeps the field pack installed: finds fields by key, creates what is missing, and remembers the
 * ids [CF-1]. Depends on no folder and no snapshot.
 */
@Component
class FieldKeeper {

  private static final Logger log = LoggerFactory.getLogger(FieldKeeper.class);
  private static final Duration TRUSTED_FOR = Duration.ofHours(24);

  private final GhlApi ghl;
  private final Tenancy tenancy;
  private final JdbcClient jdbc;
  private final Clock clock;

  /** Who installs on this node: the first contacts wait for the fields instead of for a retry. */
  private final Cache<ClinicId, Lock> installing = Caffeine.newBuilder().weakValues().build();

  FieldKeeper(GhlApi ghl, Tenancy tenancy, JdbcClient jdbc, Clock clock) {
    this.ghl = ghl;
    this.tenancy = tenancy;
    this.jdbc = jdbc;
    this.clock = clock;
  }

  /**
   * A field that is not as the map wants it.
   *
   * @param problem {@code missing} or {@code wrong_type}
   */
  record Deviation(FieldMap.Entry entry, String problem) {}

  /**
   * The sub-account's fields; read from there when what we remember is old or lacks one of the
   * wanted.
   */
  GhlCustomFields ensure(ClinicId clinic, GhlAccount account, Collection<FieldMap.Entry> wanted) {
    GhlCustomFields known = remembered(clinic, account);
    if (holdsAll(known, wanted)) {
      return known;
    }
    Lock lock = installing.get(clinic, each -> new ReentrantLock());
    lock.lock();
    try {
      // Whoever waited here finds what the other one installed.
      GhlCustomFields meanwhile = remembered(clinic, account);
      return holdsAll(meanwhile, wanted) ? meanwhile : repair(clinic, account, wanted);
    } finally {
      lock.unlock();
    }
  }

  private static boolean holdsAll(GhlCustomFields known, Collection<FieldMap.Entry> wanted) {
    return wanted.stream().allMatch(entry -> known.byKey(entry.to()).isPresent());
  }

  /**
   * Looks at the sub-account itself, creates what is missing and remembers what is there. One at a
   * time per clinic over all nodes: two installers would give each field a twin.
   *
   * @throws GhlException UNAVAILABLE while another installer is at work
   */
  GhlCustomFields repair(ClinicId clinic, GhlAccount account, Collection<FieldMap.Entry> wanted) {
    if (!lease(clinic)) {
      throw new GhlException(
          GhlException.Kind.UNAVAILABLE,
          "The fields are being installed right now",
          Duration.ofSeconds(2),
          null);
    }
    try {
      return install(clinic, account, wanted);
    } finally {
      release(clinic);
    }
  }

  private boolean lease(ClinicId clinic) {
    return tenancy.inClinic(
        clinic,
        () ->
            jdbc.sql(
                        """
                        INSERT INTO crm_installs AS i (tenant_id, until) VALUES (?, clock_timestamp() + interval '3 minutes')
                        ON CONFLICT (tenant_id) DO UPDATE SET until = excluded.until WHERE i.until < clock_timestamp()
                        """)
                    .param(clinic.value())
                    .update()
                == 1);
  }

  private void release(ClinicId clinic) {
    tenancy.inClinic(
        clinic,
        () ->
            jdbc.sql("DELETE FROM crm_installs WHERE tenant_id = ?")
                .param(clinic.value())
                .update());
  }

  private GhlCustomFields install(
      ClinicId clinic, GhlAccount account, Collection<FieldMap.Entry> wanted) {
    GhlCustomFields present = ghl.customFields(account);
    List<GhlCustomField> all = new ArrayList<>(present.all());
    for (Deviation deviation : deviations(present, wanted)) {
      if (deviation.problem().equals("missing")) {
        all.add(create(account, deviation.entry()));
      } else {
        log.warn(
            "field {} of sub-account {} has another type than the field map wants",
            deviation.entry().to(),
            account.locationId());
      }
    }
    GhlCustomFields repaired = new GhlCustomFields(all);
    remember(clinic, account, repaired);
    return repaired;
  }

  /** What is not as the map wants it. */
  static List<Deviation> deviations(GhlCustomFields present, Collection<FieldMap.Entry> wanted) {
    List<Deviation> found = new ArrayList<>();
    for (FieldMap.Entry entry : wanted) {
      present
          .byKey(entry.to())
          .ifPresentOrElse(
              field -> {
                if (!field.dataType().equals(entry.form().dataType())) {
                  found.add(new Deviation(entry, "wrong_type"));
                }
              },
              () -> found.add(new Deviation(entry, "missing")));
    }
    return found;
  }

  /**
   * The key follows from the name a field is created with, and stays when it gets its readable
   * name.
   */
  private GhlCustomField create(GhlAccount account, FieldMap.Entry entry) {
    GhlCustomField created = ghl.createField(account, entry.to(), entry.form().dataType());
    if (!created.key().equals(GhlCustomField.withoutPrefix(entry.to()))) {
      throw new GhlException(
          GhlException.Kind.CONTRACT_BROKEN,
          "A field was created under another key than asked for: " + entry.to());
    }
    return ghl.renameField(account, created.id(), entry.label());
  }

  private GhlCustomFields remembered(ClinicId clinic, GhlAccount account) {
    Instant since = clock.instant().minus(TRUSTED_FOR);
    return tenancy.inClinic(
        clinic,
        () ->
            new GhlCustomFields(
                jdbc.sql(
                        "SELECT key, field_id, name, data_type FROM crm_fields WHERE tenant_id = ? AND location_id = ? AND checked_at > ?")
                    .params(clinic.value(), account.locationId(), since.atOffset(ZoneOffset.UTC))
                    .query(
                        (row, number) ->
                            new GhlCustomField(
                                row.getString("field_id"),
                                row.getString("name"),
                                row.getString("key"),
                                row.getString("data_type"),
                                List.of(),
                                null))
                    .list()));
  }

  private void remember(ClinicId clinic, GhlAccount account, GhlCustomFields fields) {
    OffsetDateTime now = clock.instant().atOffset(ZoneOffset.UTC);
    List<GhlCustomField> all = fields.all();
    tenancy.inClinic(
        clinic,
        () -> {
          jdbc.sql("DELETE FROM crm_fields WHERE tenant_id = ?").param(clinic.value()).update();
          jdbc.sql(
                  """
                  INSERT INTO crm_fields (tenant_id, location_id, key, field_id, name, data_type, checked_at)
                  SELECT :tenant, :location, k, f, n, t, :now
                  FROM unnest(:keys::text[], :ids::text[], :names::text[], :types::text[]) AS x (k, f, n, t)
                  ON CONFLICT DO NOTHING
                  """)
              .param("tenant", clinic.value())
              .param("location", account.locationId())
              .param("now", now)
              .param("keys", all.stream().map(GhlCustomField::key).toArray(String[]::new))
              .param("ids", all.stream().map(GhlCustomField::id).toArray(String[]::new))
              .param("names", all.stream().map(GhlCustomField::name).toArray(String[]::new))
              .param("types", all.stream().map(GhlCustomField::dataType).toArray(String[]::new))
              .update();
        });
  }
}
