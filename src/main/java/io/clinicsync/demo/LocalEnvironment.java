package io.clinicsync.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.env.EnvironmentPostProcessor;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/**
 * Under profile {@code local}: starts the embedded database and lends the settings production must
 * be given.
 */
final class LocalEnvironment implements EnvironmentPostProcessor, Ordered {

  @Override
  public void postProcessEnvironment(
      ConfigurableEnvironment environment, SpringApplication application) {
    if (!environment.matchesProfiles("local")) {
      return;
    }
    Path folder =
        Path.of(
            environment.getProperty(
                "clinicsync.data", environment.getProperty("CLINICSYNC_DATA", "data")));
    Map<String, Object> settings = new HashMap<>();
    if (environment.getProperty("clinicsync.database.url", "").isBlank()) {
      LocalDatabase database = LocalDatabase.start(folder.toAbsolutePath());
      // Not at once: connections close first, in the context's own shutdown hook.
      application.addListeners(new LocalDatabaseStop(database));
      settings.put("clinicsync.database.url", database.url());
      for (String role : new String[] {"owner", "app", "system"}) {
        settings.put("clinicsync.database." + role + ".user", "clinicsync_" + role);
        settings.put("clinicsync.database." + role + ".password", LocalDatabase.PASSWORD);
      }
    }
    if (environment.getProperty("clinicsync.vault.master-keys", "").isBlank()) {
      settings.put("clinicsync.vault.master-keys", masterKey(folder));
    }
    settings.put("clinicsync.data", folder.toString());
    settings.put("clinicsync.demo.data", folder.toString());
    // First, because the empty default in application.yaml would hide the address.
    environment.getPropertySources().addFirst(new MapPropertySource("local", settings));
  }

  /** One random master key per data folder, made at the first start. */
  private static String masterKey(Path folder) {
    try {
      Path file = folder.resolve("master.key");
      if (!Files.exists(file)) {
        byte[] raw = new byte[32];
        new SecureRandom().nextBytes(raw);
        Files.createDirectories(folder);
        Files.writeString(
            file, "local:" + Base64.getEncoder().encodeToString(raw), StandardCharsets.UTF_8);
      }
      return Files.readString(file, StandardCharsets.UTF_8).strip();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  @Override
  public int getOrder() {
    return Ordered.LOWEST_PRECEDENCE;
  }
}
