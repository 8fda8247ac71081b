package io.clinicsync.emr.practicebetter;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.Hashes;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.emr.spi.Cursor;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrSession;
import io.clinicsync.emr.spi.EmrSessions;
import io.clinicsync.emr.wire.Entry;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The practice's places. No address lists them: they are known from the sessions that took place
 * there, by name only. Each page of sessions that is read teaches the new ones; the first look goes
 * over the newest two thousand sessions. Kept with the account, without anything of a patient.
 */
final class PracticeBetterPlaces {

  /** Where sessions by phone or video are, and those that name no place. */
  static final String NOWHERE = "no-location";

  private static final String SESSION = "places";
  private static final int FIRST_PAGES = 20;
  private static final int MOST = 200;
  private static final int LONGEST_NAME = 200;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final PracticeBetterApi api;
  private final EmrSessions sessions;

  PracticeBetterPlaces(PracticeBetterApi api, EmrSessions sessions) {
    this.api = api;
    this.sessions = sessions;
  }

  /** Where a session is. */
  static EmrRef site(Entry session) {
    String name = name(session);
    return EmrRef.of(RecordKind.SITE, name == null ? NOWHERE : id(name));
  }

  private static @Nullable String name(Entry session) {
    JsonNode name = session.json().path("location").path("name");
    String text = name.isTextual() ? name.asText().strip() : "";
    return text.isEmpty() || text.length() > LONGEST_NAME ? null : text;
  }

  /** A place's id is made of its name, whatever its case. */
  private static String id(String name) {
    byte[] hash = Hashes.sha256(name.toLowerCase(Locale.ROOT));
    return "place-" + HexFormat.of().formatHex(hash, 0, 8);
  }

  /** Names by id of what is known. */
  Map<String, String> known(EmrAccount account) {
    EmrSession kept = sessions.find(account, SESSION).orElse(null);
    if (kept != null) {
      return read(kept);
    }
    Map<String, String> met = new TreeMap<>();
    Cursor cursor = null;
    for (int i = 0; i == 0 || (cursor != null && i < FIRST_PAGES); i++) {
      PracticeBetterApi.Listed page =
          api.list(
              account,
              PracticeBetterSessions.LIST,
              PracticeBetterSessions.PATH,
              new PracticeBetterQuery(),
              PracticeBetterApi.PER_PAGE,
              cursor);
      met.putAll(names(page.entries()));
      cursor = page.next();
    }
    // Kept only now, so that a look cut short begins anew.
    return read(keep(account, met));
  }

  /** Keeps the places of these sessions that were not known, once there was a first look. */
  void learn(EmrAccount account, List<Entry> entries) {
    Map<String, String> met = names(entries);
    EmrSession kept = sessions.find(account, SESSION).orElse(null);
    if (kept != null && !read(kept).keySet().containsAll(met.keySet())) {
      keep(account, met);
    }
  }

  private EmrSession keep(EmrAccount account, Map<String, String> met) {
    return sessions.alone(
        account,
        SESSION,
        holder -> {
          Map<String, String> all =
              new TreeMap<>(holder.current().map(PracticeBetterPlaces::read).orElse(Map.of()));
          met.forEach(
              (id, name) -> {
                if (all.size() < MOST) {
                  all.putIfAbsent(id, name);
                }
              });
          ObjectNode value = JSON.createObjectNode();
          all.forEach(value::put);
          return holder.keep(value.toString(), null);
        });
  }

  private static Map<String, String> names(List<Entry> entries) {
    Map<String, String> names = new TreeMap<>();
    for (Entry entry : entries) {
      String name = name(entry);
      if (name != null) {
        names.putIfAbsent(id(name), name);
      }
    }
    return names;
  }

  private static Map<String, String> read(EmrSession kept) {
    Map<String, String> names = new TreeMap<>();
    try {
      JSON.readTree(kept.value())
          .properties()
          .forEach(each -> names.put(each.getKey(), each.getValue().asText()));
    } catch (JsonProcessingException notOurs) {
      names.clear();
    }
    return names;
  }
}
