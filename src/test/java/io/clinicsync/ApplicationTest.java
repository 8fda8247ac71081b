package io.clinicsync;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.test.context.ContextConfiguration;

/** The whole application on a database of its own; the scheduler does not start by itself. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@SpringBootTest(
    webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
    properties = {
      "spring.quartz.auto-startup=false",
      "clinicsync.http.sandbox-hosts=localhost",
      // Our own quotas run compressed, as those of the tests' simulators do.
      "clinicsync.quota-factor=1000"
    })
@ContextConfiguration(initializers = FreshDatabase.class)
public @interface ApplicationTest {}
