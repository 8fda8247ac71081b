package io.clinicsync.bridge;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.clinicsync.tenancy.ClinicId;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * How many calls without a key that GoHighLevel does not confirm are looked into per minute, clinic
 * and node, so that a stranger cannot use up what its GoHighLevel lets us ask. What is confirmed
 * does not count.
 */
@Component
class HookThrottle {

  private final int mostPerMinute;
  private final Cache<ClinicId, AtomicInteger> counted =
      Caffeine.newBuilder().maximumSize(100_000).expireAfterWrite(Duration.ofMinutes(1)).build();

  HookThrottle(@Value("${clinicsync.hooks.most-per-minute:30}") int mostPerMinute) {
    this.mostPerMinute = mostPerMinute;
  }

  boolean admits(ClinicId clinic) {
    AtomicInteger count = counted.getIfPresent(clinic);
    return count == null || count.get() < mostPerMinute;
  }

  /** A call that was not confirmed. */
  void count(ClinicId clinic) {
    counted.get(clinic, key -> new AtomicInteger()).incrementAndGet();
  }
}
