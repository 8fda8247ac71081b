package io.clinicsync.emr.halaxy;

import io.clinicsync.canonical.EmrRef;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.emr.wire.Entry;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Practitioners at clinics: what appointments and invoices point to instead of a person and a
 * place.
 */
final class HalaxyRoles {

  static final String TYPE = "PractitionerRole";

  private static final Role NOBODY = new Role("", null, null, false);

  private final Map<String, Role> roles = new HashMap<>();

  /** One person at one clinic. */
  record Role(String id, @Nullable String practitioner, @Nullable String clinic, boolean active) {}

  HalaxyRoles(Collection<Entry> entries) {
    for (Entry each : entries) {
      String id = HalaxyMapper.id(each);
      if (id != null && each.json().path("resourceType").asText().equals(TYPE)) {
        roles.put(id, role(id, each));
      }
    }
  }

  private static Role role(String id, Entry entry) {
    return new Role(
        id,
        HalaxyReference.id(entry, "practitioner", "Practitioner"),
        HalaxyReference.id(entry, "organization", "Organization"),
        !Boolean.FALSE.equals(entry.flag("active")));
  }

  /**
   * @see <a href="https://developers.halaxy.com/reference/practitioner-role">GET
   *     /PractitionerRole</a>
   */
  static HalaxyRoles all(HalaxyApi api, EmrAccount account) {
    return new HalaxyRoles(api.all(account, TYPE, new HalaxyQuery()));
  }

  /** What came along with a page, and all there are where something did not. */
  static HalaxyRoles along(
      HalaxyApi api, EmrAccount account, List<Entry> included, Collection<String> named) {
    HalaxyRoles along = new HalaxyRoles(included);
    return along.roles.keySet().containsAll(named) ? along : all(api, account);
  }

  /** Only this one, as far as there is one. */
  static HalaxyRoles one(HalaxyApi api, EmrAccount account, @Nullable String id) {
    Optional<Entry> entry = id == null ? Optional.empty() : api.find(account, TYPE, id);
    return new HalaxyRoles(entry.stream().toList());
  }

  /**
   * The role of a person at a clinic.
   *
   * @throws EmrException NOT_FOUND when they do not work there
   */
  static String of(HalaxyApi api, EmrAccount account, EmrRef practitioner, EmrRef site) {
    String person = practitioner.id().value();
    String clinic = site.id().value();
    return all(api, account).values().stream()
        .filter(Role::active)
        .filter(each -> person.equals(each.practitioner()) && clinic.equals(each.clinic()))
        .map(Role::id)
        .sorted()
        .findFirst()
        .orElseThrow(
            () ->
                new EmrException(
                    EmrException.Kind.NOT_FOUND, "The practitioner does not work at this clinic"));
  }

  Role of(@Nullable String id) {
    return roles.getOrDefault(id == null ? "" : id, NOBODY);
  }

  Collection<Role> values() {
    return roles.values();
  }
}
