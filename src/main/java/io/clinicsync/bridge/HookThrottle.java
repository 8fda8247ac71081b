package io.clinicsync.bridge;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.clinicsync.tenancy.ClinicId;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * How many calls without a key of one clinic are looked into per minute and node, so that a
 * stranger cannot use up what its GoHighLevel lets us ask.
 */
@Component
class HookThrottle {

  private final int mostPerMinute;
  private final Cache<ClinicId, AtomicInteger> counted =
      Caffeine.newBuilder().maximumSize(100_000).expireAfterWrite(Duration.ofMinutes(1)).build();

  HookThrottle(@Value("${clinicsync.hooks.most-per-minute:120}") int mostPerMinute) {
    this.mostPerMinute = mostPerMinute;
  }

  boolean admits(ClinicId clinic) {
    return counted.get(clinic, key -> new AtomicInteger()).incrementAndGet() <= mostPerMinute;
  }
}
