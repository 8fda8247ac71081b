package io.clinicsync;

import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.MapPropertySource;

/** Gives an application context under test a database of its own. */
public class FreshDatabase
    implements ApplicationContextInitializer<ConfigurableApplicationContext> {

  @Override
  public void initialize(ConfigurableApplicationContext context) {
    TestDatabase database = TestDatabase.create();
    context
        .getEnvironment()
        .getPropertySources()
        .addFirst(new MapPropertySource("test-database", database.settings()));
    context.getBeanFactory().registerSingleton("testDatabase", database);
  }
}
