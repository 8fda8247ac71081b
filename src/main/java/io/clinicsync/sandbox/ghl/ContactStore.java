package io.clinicsync.sandbox.ghl;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A location's contacts: the live ones, and the search index that lags behind them. Guarded by the
 * location's lock.
 */
final class ContactStore {

  private final Clock clock;
  private final Map<String, Contact> live = new LinkedHashMap<>();
  private final Map<String, Set<String>> liveKeys = new HashMap<>();
  private final Map<String, Contact> indexed = new LinkedHashMap<>();
  private final Map<String, Set<String>> indexedKeys = new HashMap<>();
  private final ArrayDeque<Pending> pending = new ArrayDeque<>();
  private Duration lag = Duration.ofSeconds(3);

  private record Pending(Instant at, String id, @Nullable Contact version) {}

  ContactStore(Clock clock) {
    this.clock = clock;
  }

  void lag(Duration newLag) {
    this.lag = newLag;
  }

  void put(Contact contact) {
    Contact before = live.put(contact.id(), contact);
    if (before != null) {
      unindex(liveKeys, before);
    }
    index(liveKeys, contact);
    pending.add(new Pending(clock.instant().plus(lag), contact.id(), contact));
  }

  void remove(Contact contact) {
    live.remove(contact.id());
    unindex(liveKeys, contact);
    pending.add(new Pending(clock.instant().plus(lag), contact.id(), null));
  }

  @Nullable Contact get(String id) {
    return live.get(id);
  }

  Collection<Contact> all() {
    return live.values();
  }

  /** Live contacts with this e-mail, oldest first. */
  List<Contact> byEmail(String email) {
    return byKey(live, liveKeys, "email:" + email.toLowerCase(java.util.Locale.ROOT));
  }

  List<Contact> byPhone(String phone) {
    return byKey(live, liveKeys, "phone:" + phone);
  }

  /** What search knows by now. */
  Collection<Contact> searched() {
    catchUp();
    return indexed.values();
  }

  /** What search knows by now under one exact value; null when that field has no index. */
  @Nullable List<Contact> searched(String field, String value) {
    catchUp();
    if (field.equals("id")) {
      Contact one = indexed.get(value);
      return one == null ? List.of() : List.of(one);
    }
    if (field.equals("email")) {
      return byKey(indexed, indexedKeys, "email:" + value.toLowerCase(java.util.Locale.ROOT));
    }
    if (field.equals("phone") || field.startsWith("customFields.")) {
      return byKey(indexed, indexedKeys, field + ":" + value);
    }
    return null;
  }

  private void catchUp() {
    Instant now = clock.instant();
    for (Pending next = pending.peek();
        next != null && !next.at().isAfter(now);
        next = pending.peek()) {
      pending.remove();
      Contact before =
          next.version() == null
              ? indexed.remove(next.id())
              : indexed.put(next.id(), next.version());
      if (before != null) {
        unindex(indexedKeys, before);
      }
      if (next.version() != null) {
        index(indexedKeys, next.version());
      }
    }
  }

  private static List<Contact> byKey(
      Map<String, Contact> contacts, Map<String, Set<String>> keys, String key) {
    return keys.getOrDefault(key, Set.of()).stream()
        .map(contacts::get)
        .filter(java.util.Objects::nonNull)
        .map(c -> (Contact) c)
        .toList();
  }

  private static void index(Map<String, Set<String>> keys, Contact contact) {
    for (String key : keys(contact)) {
      keys.computeIfAbsent(key, k -> new LinkedHashSet<>(2)).add(contact.id());
    }
  }

  private static void unindex(Map<String, Set<String>> keys, Contact contact) {
    for (String key : keys(contact)) {
      Set<String> ids = keys.get(key);
      if (ids != null && ids.remove(contact.id()) && ids.isEmpty()) {
        keys.remove(key);
      }
    }
  }

  private static List<String> keys(Contact contact) {
    List<String> keys = new java.util.ArrayList<>();
    String email = contact.emailKey();
    if (email != null) {
      keys.add("email:" + email);
    }
    String phone = contact.text("phone");
    if (phone != null) {
      keys.add("phone:" + phone);
    }
    contact
        .custom()
        .forEach(
            (field, value) -> {
              // Long or shared texts would make the index larger than the contacts.
              if (value.toString().length() <= 64 && !(value instanceof Boolean)) {
                keys.add("customFields." + field + ":" + value);
              }
            });
    return keys;
  }
}
