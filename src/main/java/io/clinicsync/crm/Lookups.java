package io.clinicsync.crm;

import io.clinicsync.ghl.GhlAccount;
import io.clinicsync.ghl.GhlApi;
import io.clinicsync.ghl.GhlContact;
import io.clinicsync.people.Linker.Addresses;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Finds the contacts that may be our patients, several patients per call. */
@Component
class Lookups {

  /** Three conditions each; more would make one search unwieldy for the vendor. */
  private static final int PATIENTS_PER_CALL = 10;

  private static final int AT_ONCE = 6;

  private final GhlApi ghl;

  Lookups(GhlApi ghl) {
    this.ghl = ghl;
  }

  /**
   * For each group of these patients, every contact that shares an id field, e-mail or phone with
   * one of them.
   */
  Map<PushQueue.Claimed, List<GhlContact>> find(
      GhlAccount account, List<PushItem> seekers, @Nullable String patientIdField) {
    Map<PushQueue.Claimed, List<GhlContact>> found = new ConcurrentHashMap<>();
    try (ExecutorService threads =
        Executors.newFixedThreadPool(AT_ONCE, Thread.ofVirtual().name("look-up-", 0).factory())) {
      List<CompletableFuture<Void>> running = new ArrayList<>();
      for (int from = 0; from < seekers.size(); from += PATIENTS_PER_CALL) {
        List<PushItem> group =
            seekers.subList(from, Math.min(seekers.size(), from + PATIENTS_PER_CALL));
        running.add(
            CompletableFuture.runAsync(() -> find(account, group, patientIdField, found), threads));
      }
      running.forEach(CompletableFuture::join);
    } catch (CompletionException failed) {
      if (failed.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw failed;
    }
    return found;
  }

  private void find(
      GhlAccount account,
      List<PushItem> group,
      @Nullable String patientIdField,
      Map<PushQueue.Claimed, List<GhlContact>> found) {
    Set<Map.Entry<String, String>> anyOf = new LinkedHashSet<>();
    group.forEach(item -> conditions(item, patientIdField, anyOf));
    List<GhlContact> contacts =
        anyOf.isEmpty() ? List.of() : ghl.findAny(account, new ArrayList<>(anyOf));
    // Whom a contact fits is decided by comparing values, so each patient of the group may see
    // them all.
    group.forEach(item -> found.put(item.claim(), contacts));
  }

  private static void conditions(
      PushItem item, @Nullable String patientIdField, Set<Map.Entry<String, String>> anyOf) {
    if (patientIdField != null) {
      anyOf.add(Map.entry("customFields." + patientIdField, item.id().value()));
    }
    Addresses addresses = item.addresses();
    String email = addresses.email();
    if (email != null) {
      anyOf.add(Map.entry("email", email));
    }
    String phone = addresses.phone();
    if (phone != null) {
      anyOf.add(Map.entry("phone", phone));
    }
  }
}
