package io.clinicsync.crm;

import io.clinicsync.canonical.Hashes;
import io.clinicsync.insights.FactPath;
import io.clinicsync.insights.FactValue;
import io.clinicsync.insights.Facts;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a patient's contact should hold, by field key: facts seen through the field map, the
 * clinic's selection and the addresses the contact may hold. {@code toString} shows no value.
 */
public final class ContactProjection {

  private static final String OWN_EMAIL = "emr_email";
  private static final String OWN_PHONE = "emr_phone";

  private final SortedMap<String, Object> values = new TreeMap<>();
  private final SortedMap<String, Object> travelling = new TreeMap<>();
  private final SortedSet<String> clearable = new TreeSet<>();
  private final SortedMap<String, FieldForm> stamps = new TreeMap<>();
  private final FieldRenderer renderer;

  private ContactProjection(FieldRenderer renderer) {
    this.renderer = renderer;
  }

  /**
   * Which native addresses the contact may have [ID-4].
   *
   * @param email false when another contact holds the patient's e-mail
   * @param phone false when another contact holds the patient's phone
   */
  public record Holds(boolean email, boolean phone) {
    /** Nobody else holds them. */
    public static final Holds BOTH = new Holds(true, true);
  }

  /**
   * Projects.
   *
   * @param locale how the clinic writes dates
   * @param country the clinic's country, ISO 3166 alpha-2
   */
  public static ContactProjection of(
      Facts facts,
      FieldMap map,
      FieldSelection selection,
      Holds holds,
      Locale locale,
      String country) {
    FieldRenderer renderer = new FieldRenderer(locale, country);
    ContactProjection result = new ContactProjection(renderer);
    boolean emailElsewhere =
        !result.addAddress(facts, map, selection, renderer, "email", holds.email());
    boolean phoneElsewhere =
        !result.addAddress(facts, map, selection, renderer, "phone", holds.phone());
    for (FieldMap.Entry entry : map.entries()) {
      boolean standsIn =
          entry.to().equals(OWN_EMAIL) && emailElsewhere
              || entry.to().equals(OWN_PHONE) && phoneElsewhere;
      boolean isAddress = entry.to().equals("email") || entry.to().equals("phone");
      boolean allowed =
          selection.approved().contains(entry.sensitivity())
              && !selection.removed().contains(entry.to());
      if (!isAddress && (selection.holds(entry) || standsIn && allowed)) {
        result.add(facts, entry, renderer);
      }
    }
    return result;
  }

  /** The values, by field key; texts and numbers. What travels along is not among them. */
  public SortedMap<String, Object> values() {
    return Collections.unmodifiableSortedMap(values);
  }

  /** Equal for equal desired contacts, on every machine; what travels along is left out. */
  public String hash() {
    MessageDigest digest = Hashes.sha256();
    values.forEach(
        (key, value) -> {
          add(digest, key);
          add(digest, value.getClass().getSimpleName());
          add(digest, value.toString());
        });
    return HexFormat.of().formatHex(digest.digest());
  }

  /**
   * What to write so that the contact becomes as desired: changed values, and an empty text for
   * values that we wrote and that are known to be gone. Empty when nothing changed; otherwise what
   * travels along comes too.
   *
   * @param pushed what we last wrote, by field key; empty before the first write
   * @param now stamped as the moment of change
   * @param zone the clinic's, for stamps that are a date
   */
  public SortedMap<String, Object> changeFrom(Map<String, ?> pushed, Instant now, ZoneId zone) {
    SortedMap<String, Object> change = new TreeMap<>();
    values.forEach(
        (key, value) -> {
          if (!value.equals(pushed.get(key))) {
            change.put(key, value);
          }
        });
    for (String key : clearable) {
      Object before = pushed.get(key);
      if (!values.containsKey(key) && before != null && !before.equals("")) {
        change.put(key, "");
      }
    }
    if (!change.isEmpty()) {
      change.putAll(travelling);
      FactValue.Moment stamped = new FactValue.Moment(now, zone);
      stamps.forEach(
          (key, form) -> renderer.render(stamped, form).ifPresent(value -> change.put(key, value)));
    }
    return change;
  }

  @Override
  public String toString() {
    return "ContactProjection" + values.keySet();
  }

  /**
   * Adds a native address where it may be; false when the patient has one that could not go there.
   */
  private boolean addAddress(
      Facts facts,
      FieldMap map,
      FieldSelection selection,
      FieldRenderer renderer,
      String key,
      boolean held) {
    Optional<FieldMap.Entry> entry = map.find(key).filter(selection::holds);
    if (entry.isEmpty()) {
      return true;
    }
    Optional<FactValue> fact = facts.find(entry.get().from());
    Optional<Object> value = fact.flatMap(known -> renderer.render(known, entry.get().form()));
    if (held && value.isPresent()) {
      values.put(key, value.get());
      return true;
    }
    return fact.isEmpty();
  }

  private void add(Facts facts, FieldMap.Entry entry, FieldRenderer renderer) {
    if (entry.from().equals(FactPath.CONTACT_CHANGED_AT.path())) {
      stamps.put(entry.to(), entry.form());
      return;
    }
    if (entry.clears()) {
      clearable.add(entry.to());
    }
    facts
        .find(entry.from())
        .flatMap(value -> renderer.render(value, entry.form()))
        .ifPresent(
            value ->
                (FactPath.travelsAlong(entry.from()) ? travelling : values).put(entry.to(), value));
  }

  private static void add(MessageDigest digest, String part) {
    byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
    digest.update((bytes.length + ":").getBytes(StandardCharsets.UTF_8));
    digest.update(bytes);
  }
}
