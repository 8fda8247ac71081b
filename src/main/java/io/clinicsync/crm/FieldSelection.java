package io.clinicsync.crm;

import java.util.HashSet;
import java.util.Set;

/**
 * Which fields a clinic wants.
 *
 * @param added fields wanted beyond the pack, by key
 * @param removed fields of the pack not wanted, by key
 * @param approved classes that may leave; those beyond {@link FieldClass#DEFAULT} have a named
 *     approver [PR-1]
 */
public record FieldSelection(
    FieldPack pack, Set<String> added, Set<String> removed, Set<FieldClass> approved) {

  public FieldSelection {
    added = Set.copyOf(added);
    removed = Set.copyOf(removed);
    approved = Set.copyOf(approved);
  }

  /** A pack as it comes, without classes that need an approver. */
  public static FieldSelection of(FieldPack pack) {
    return new FieldSelection(pack, Set.of(), Set.of(), FieldClass.DEFAULT);
  }

  /** The same less these fields. */
  FieldSelection without(Set<String> keys) {
    if (keys.isEmpty()) {
      return this;
    }
    Set<String> fewer = new HashSet<>(removed);
    fewer.addAll(keys);
    return new FieldSelection(pack, added, fewer, approved);
  }

  /** Whether this field is written; an unapproved class never is, whoever asked for it. */
  public boolean holds(FieldMap.Entry entry) {
    return approved.contains(entry.sensitivity())
        && !removed.contains(entry.to())
        && (added.contains(entry.to()) || pack.holds(entry.pack()));
  }
}
