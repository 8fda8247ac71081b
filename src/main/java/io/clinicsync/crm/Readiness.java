package io.clinicsync.crm;

import io.clinicsync.clinics.Clinic;
import io.clinicsync.clinics.Clinics;
import io.clinicsync.clinics.Connection;
import io.clinicsync.clinics.Connections;
import io.clinicsync.clinics.GhlAccounts;
import io.clinicsync.ghl.GhlAccount;
import io.clinicsync.ghl.GhlApi;
import io.clinicsync.ghl.GhlException;
import io.clinicsync.ghl.GhlLocation;
import io.clinicsync.records.Cause;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.Tenancy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Checks whether a clinic's sub-account is ready for us, as a checklist, and repairs what can be
 * repaired [CF-3].
 */
@Component
public class Readiness {

  private final Clinics clinics;
  private final Connections connections;
  private final GhlAccounts accounts;
  private final GhlApi ghl;
  private final ClinicFields clinicFields;
  private final FieldKeeper fieldKeeper;
  private final PushQueue queue;
  private final Tenancy tenancy;

  Readiness(
      Clinics clinics,
      Connections connections,
      GhlAccounts accounts,
      GhlApi ghl,
      ClinicFields clinicFields,
      FieldKeeper fieldKeeper,
      PushQueue queue,
      Tenancy tenancy) {
    this.clinics = clinics;
    this.connections = connections;
    this.accounts = accounts;
    this.ghl = ghl;
    this.clinicFields = clinicFields;
    this.fieldKeeper = fieldKeeper;
    this.queue = queue;
    this.tenancy = tenancy;
  }

  /** What came of one check. */
  public enum Verdict {
    OK,
    /** Works, but somebody should look at it. */
    ADVICE,
    /** Does not work as it is. */
    FAILS
  }

  /**
   * One line of the checklist.
   *
   * @param name stable: {@code account, fields, duplicates, zone, country, tags, calendars,
   *     workflows, users}
   * @param finding one plain sentence
   * @param nextStep what to do; null when nothing is to be done
   * @param repairable whether {@link #repair} mends it
   */
  public record Check(
      String name,
      Verdict verdict,
      String finding,
      @Nullable String nextStep,
      boolean repairable) {}

  /**
   * Looks at the live sub-account; empty when the clinic has none. Some calls to the vendor;
   * changes nothing.
   */
  public Optional<List<Check>> check(ClinicId id) {
    GhlAccount account = accounts.find(id).map(found -> found.urgent(true)).orElse(null);
    if (account == null) {
      return Optional.empty();
    }
    Clinic clinic = clinics.require(id);
    List<Check> checks = new ArrayList<>();
    GhlLocation location;
    try {
      location = ghl.location(account);
    } catch (GhlException failed) {
      checks.add(scope("account", "the sub-account", failed));
      return Optional.of(checks);
    }
    checks.add(new Check("account", Verdict.OK, "The token reaches the sub-account.", null, false));
    checks.add(look("fields", "custom fields", () -> fields(clinic, account)));
    checks.add(duplicates(location));
    checks.add(
        same(
            "zone",
            "zone",
            location.zone() == null ? null : location.zone().getId(),
            clinic.zone().getId()));
    checks.add(same("country", "country", location.country(), clinic.country()));
    checks.add(look("tags", "tags", () -> readable("tags", "Tags", ghl.tags(account).size())));
    checks.add(
        look(
            "calendars",
            "calendars",
            () -> readable("calendars", "Calendars", ghl.calendars(account).size())));
    checks.add(
        look(
            "workflows",
            "workflows",
            () -> readable("workflows", "Workflows", ghl.workflows(account).size())));
    String company = location.companyId();
    if (company != null) {
      checks.add(
          look(
              "users",
              "users",
              () -> readable("users", "Users", ghl.users(account, company).size())));
    }
    return Optional.of(List.copyOf(checks));
  }

  /**
   * Creates the missing fields and has every contact compared again, quietly; empty when the clinic
   * has no sub-account.
   */
  public Optional<List<Check>> repair(ClinicId id) {
    GhlAccount account = accounts.find(id).orElse(null);
    if (account == null) {
      return Optional.empty();
    }
    Clinic clinic = clinics.require(id);
    fieldKeeper.repair(id, account, clinicFields.custom(clinic, emrs(id)));
    tenancy.inClinic(id, () -> queue.addAll(id, Cause.MAPPING));
    return check(id);
  }

  private Check fields(Clinic clinic, GhlAccount account) {
    List<FieldKeeper.Deviation> deviations =
        FieldKeeper.deviations(
            ghl.customFields(account), clinicFields.custom(clinic, emrs(clinic.id())));
    List<String> missing =
        deviations.stream()
            .filter(each -> each.problem().equals("missing"))
            .map(each -> each.entry().to())
            .toList();
    List<String> wrong =
        deviations.stream()
            .filter(each -> !each.problem().equals("missing"))
            .map(each -> each.entry().to())
            .toList();
    if (!wrong.isEmpty()) {
      return new Check(
          "fields",
          Verdict.FAILS,
          "These fields have another type than we write: " + String.join(", ", wrong) + ".",
          "Rename or delete them in the sub-account; GoHighLevel cannot change a field's type. Then repair.",
          !missing.isEmpty());
    }
    return missing.isEmpty()
        ? new Check(
            "fields", Verdict.OK, "Every field of the pack is there with its type.", null, false)
        : new Check(
            "fields",
            Verdict.FAILS,
            missing.size() + " fields are missing: " + String.join(", ", missing) + ".",
            "Repair creates them.",
            true);
  }

  private static Check duplicates(GhlLocation location) {
    return Boolean.FALSE.equals(location.allowsDuplicates())
        ? new Check(
            "duplicates",
            Verdict.ADVICE,
            "The sub-account refuses contacts that share an e-mail or phone, so of a family only one contact holds it.",
            "Nothing is lost: the others keep the address in our own fields. Allow duplicate contacts to give everybody theirs.",
            false)
        : new Check(
            "duplicates", Verdict.OK, "Families may share an e-mail or phone.", null, false);
  }

  private static Check same(String name, String what, @Nullable String theirs, String ours) {
    return theirs == null || theirs.equals(ours)
        ? new Check(name, Verdict.OK, "The " + what + " fits the clinic's.", null, false)
        : new Check(
            name,
            Verdict.ADVICE,
            "The sub-account's "
                + what
                + " is "
                + theirs
                + ", the clinic's is "
                + ours
                + "; we follow the clinic.",
            "Set both alike, or your workflows and our values will disagree.",
            false);
  }

  private static Check readable(String name, String what, int count) {
    return new Check(name, Verdict.OK, what + " can be read (" + count + ").", null, false);
  }

  private static Check look(String name, String what, Supplier<Check> check) {
    try {
      return check.get();
    } catch (GhlException failed) {
      return scope(name, what, failed);
    }
  }

  private static Check scope(String name, String what, GhlException failed) {
    return switch (failed.kind()) {
      case UNAUTHORISED, WRONG_LOCATION ->
          new Check(
              name,
              Verdict.FAILS,
              "The token does not reach " + what + ".",
              "Connect GoHighLevel again.",
              false);
      case MISSING_SCOPE ->
          new Check(
              name,
              Verdict.FAILS,
              "The token lacks the right to read " + what + ".",
              "Add the scope to the token in GoHighLevel.",
              false);
      case RATE_LIMITED,
          UNAVAILABLE,
          NOT_FOUND,
          DUPLICATE,
          INVALID,
          OUTCOME_UNKNOWN,
          CONTRACT_BROKEN ->
          new Check(
              name,
              Verdict.ADVICE,
              "GoHighLevel did not show " + what + " just now.",
              "Check again in a minute.",
              false);
    };
  }

  private Set<String> emrs(ClinicId id) {
    return connections.of(id).stream().map(Connection::emr).collect(Collectors.toSet());
  }
}
