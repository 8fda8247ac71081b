package io.clinicsync.crm;

import io.clinicsync.clinics.Clinic;
import io.clinicsync.crm.PushQueue.Claimed;
import io.clinicsync.ghl.GhlAccount;
import io.clinicsync.ghl.GhlCustomFields;
import io.clinicsync.ghl.GhlException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Entries claimed together, and what became of each. */
final class Batch {

  private static final Logger log = LoggerFactory.getLogger(Batch.class);

  private final Clinic clinic;
  private final GhlAccount account;
  private final List<PushItem> items;
  private final Instant sendBefore;
  private final Clock clock;
  private final AtomicReference<Outcome.@Nullable Stop> stop;
  private final Set<Claimed> done = new LinkedHashSet<>();
  private final Map<Claimed, Outcome.Later> later = new LinkedHashMap<>();
  private CompletableFuture<Void> sending = CompletableFuture.completedFuture(null);

  /**
   * @param sendBefore when its claims are about to lapse, and its entries may soon be another
   *     node's
   * @param stop shared by the batches of one sub-account that are under way together
   */
  Batch(
      Clinic clinic,
      GhlAccount account,
      List<PushItem> items,
      Instant sendBefore,
      Clock clock,
      AtomicReference<Outcome.@Nullable Stop> stop) {
    this.clinic = clinic;
    this.account = account;
    this.items = List.copyOf(items);
    this.sendBefore = sendBefore;
    this.clock = clock;
    this.stop = stop;
  }

  Clinic clinic() {
    return clinic;
  }

  GhlAccount account() {
    return account;
  }

  List<PushItem> items() {
    return items;
  }

  /** Notes what became of an entry. */
  synchronized void take(PushItem item, Outcome outcome) {
    switch (outcome) {
      case Outcome.Done nothing -> done.add(item.claim());
      case Outcome.Later wait -> later.put(item.claim(), wait);
      case Outcome.Stop all -> stop.compareAndSet(null, all);
    }
  }

  /** The sub-account as a whole failed. */
  void stop(GhlException failed) {
    log.warn("pushes of clinic {} wait: {} {}", clinic.id(), failed.kind(), failed.getMessage());
    stop.compareAndSet(
        null, new Outcome.Stop(failed.retryAfter().orElse(Duration.ofSeconds(30)), code(failed)));
  }

  /**
   * One patient's trouble holds up nobody else. The message may quote values, so it is not logged.
   */
  Outcome.Later setAside(PushItem item, RuntimeException unexpected) {
    log.error(
        "patient {} of clinic {} is set aside after {}",
        item.id(),
        clinic.id(),
        unexpected.getClass().getName());
    return new Outcome.Later(Duration.ofSeconds(30), "internal_error");
  }

  /** Has these entries sent, side by side; returns at once. */
  void send(List<PushItem> ready, GhlCustomFields fields, ContactSender sender, Executor threads) {
    sending =
        CompletableFuture.allOf(
            ready.stream()
                .map(item -> CompletableFuture.runAsync(() -> send(item, fields, sender), threads))
                .toArray(CompletableFuture<?>[]::new));
  }

  private void send(PushItem item, GhlCustomFields fields, ContactSender sender) {
    if (stop.get() != null || clock.instant().isAfter(sendBefore)) {
      return;
    }
    Outcome outcome;
    try {
      outcome = sender.send(clinic, account, fields, item);
    } catch (RuntimeException unexpected) {
      outcome = setAside(item, unexpected);
    }
    take(item, outcome);
  }

  /** Waits for its entries to be sent; false when they are not after this time. */
  boolean isSentWithin(Duration time) {
    try {
      sending.get(time.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException notYet) {
      return false;
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while contacts were written", stopped);
    } catch (ExecutionException failed) {
      throw new IllegalStateException("A contact's outcome could not be noted", failed.getCause());
    }
  }

  /** Waits for its entries to be sent. */
  void awaitSent() {
    sending.join();
  }

  /** What became of its entries: worked off, for later, or stopped. Call when all are sent. */
  synchronized Settled settled() {
    Outcome.Stop stopped = stop.get();
    Outcome.Later rest =
        stopped == null
            ? new Outcome.Later(Duration.ZERO, "crm_slow")
            : new Outcome.Later(stopped.after(), stopped.code());
    Map<Claimed, Outcome.Later> put = new LinkedHashMap<>(later);
    for (PushItem item : items) {
      if (!done.contains(item.claim())) {
        put.putIfAbsent(item.claim(), rest);
      }
    }
    return new Settled(List.copyOf(done), put, stopped == null ? null : stopped.code());
  }

  /**
   * The end of a batch.
   *
   * @param stopped stable code of what stopped the sub-account; null when nothing did
   */
  record Settled(List<Claimed> done, Map<Claimed, Outcome.Later> later, @Nullable String stopped) {}

  /** The stable code of a CRM failure [ER-3]. */
  static String code(GhlException failed) {
    return switch (failed.kind()) {
      case UNAUTHORISED -> "ghl_unauthorised";
      case MISSING_SCOPE -> "ghl_missing_scope";
      case WRONG_LOCATION -> "ghl_wrong_location";
      case RATE_LIMITED -> "crm_rate_limited";
      case UNAVAILABLE -> "crm_unavailable";
      case NOT_FOUND, DUPLICATE, INVALID, OUTCOME_UNKNOWN, CONTRACT_BROKEN -> "crm_contract_broken";
    };
  }
}
