package io.clinicsync.sync;

import io.clinicsync.TestDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.MapPropertySource;

/** Gives an application context a server of its own, reached through a proxy that can be cut. */
public class OwnDatabase implements ApplicationContextInitializer<ConfigurableApplicationContext> {

  @Override
  public void initialize(ConfigurableApplicationContext context) {
    try {
      OwnServer server = OwnServer.start();
      CuttingProxy proxy = CuttingProxy.to(server.port());
      TestDatabase database =
          TestDatabase.Server.embedded(server.port()).database().through(proxy.port());
      context
          .getEnvironment()
          .getPropertySources()
          .addFirst(new MapPropertySource("test-database", database.settings()));
      context.getBeanFactory().registerSingleton("testDatabase", database);
      context.getBeanFactory().registerSingleton("ownServer", server);
      context.getBeanFactory().registerSingleton("cuttingProxy", proxy);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
