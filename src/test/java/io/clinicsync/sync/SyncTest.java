package io.clinicsync.sync;

import io.clinicsync.ApplicationTest;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.ContextCustomizerFactories;
import org.springframework.test.context.TestPropertySource;

/**
 * The whole application against simulated vendors, on virtual time: waiting for a permit moves the
 * clock on instead of sleeping. Classes of one bed share a context, so they take turns.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ApplicationTest
@Import(SyncTestSetup.class)
@ResourceLock(providers = Beds.class)
@ContextCustomizerFactories(Beds.class)
@TestPropertySource(
    properties = {
      "clinicsync.quota-factor=1",
      "clinicsync.http.retry-after=1ms",
      "clinicsync.http.slice=1s",
      "clinicsync.database.pool-size=8"
    })
public @interface SyncTest {

  /** A class that takes minutes has a bed of its own. */
  String bed() default "shared";
}
