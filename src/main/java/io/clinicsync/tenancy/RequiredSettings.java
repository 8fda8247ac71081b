package io.clinicsync.tenancy;

import java.io.Serial;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.env.Environment;

/**
 * Looks before anything starts whether the settings are there that production cannot do without.
 */
final class RequiredSettings implements BeanFactoryPostProcessor {

  private static final Map<String, String> REQUIRED = new LinkedHashMap<>();

  static {
    REQUIRED.put(
        "clinicsync.database.url",
        "CLINICSYNC_DATABASE_URL, for example jdbc:postgresql://db:5432/clinicsync");
    REQUIRED.put(
        "clinicsync.database.owner.user",
        "CLINICSYNC_DATABASE_OWNER_USER, the role that runs migrations");
    REQUIRED.put("clinicsync.database.owner.password", "CLINICSYNC_DATABASE_OWNER_PASSWORD");
    REQUIRED.put(
        "clinicsync.database.app.user", "CLINICSYNC_DATABASE_APP_USER, the role that serves");
    REQUIRED.put("clinicsync.database.app.password", "CLINICSYNC_DATABASE_APP_PASSWORD");
    REQUIRED.put(
        "clinicsync.database.system.user",
        "CLINICSYNC_DATABASE_SYSTEM_USER, the role of cross-tenant sweeps");
    REQUIRED.put("clinicsync.database.system.password", "CLINICSYNC_DATABASE_SYSTEM_PASSWORD");
    REQUIRED.put(
        "clinicsync.vault.master-keys",
        "CLINICSYNC_VAULT_MASTER_KEYS, as id:base64 of 32 random bytes or id:KMS URI; the first is used, all can decrypt");
  }

  @Override
  public void postProcessBeanFactory(ConfigurableListableBeanFactory beans) {
    Environment environment = beans.getBean(Environment.class);
    List<String> missing =
        REQUIRED.entrySet().stream()
            .filter(setting -> environment.getProperty(setting.getKey(), "").isBlank())
            .map(Map.Entry::getValue)
            .toList();
    if (!missing.isEmpty()) {
      throw new SettingsMissing(missing);
    }
  }

  /** Carries the list of what is missing. */
  static final class SettingsMissing extends IllegalStateException {
    @Serial private static final long serialVersionUID = 1L;

    private final transient List<String> missing;

    SettingsMissing(List<String> missing) {
      super("Settings are missing: " + missing);
      this.missing = missing;
    }
  }

  /** Says it in plain words instead of a stack trace. */
  static final class Analyzer extends AbstractFailureAnalyzer<SettingsMissing> {
    @Override
    protected FailureAnalysis analyze(Throwable root, SettingsMissing cause) {
      return new FailureAnalysis(
          "ClinicSync runs in production mode and these settings are missing:\n\n  - "
              + String.join("\n  - ", cause.missing),
          "Set them in the environment; docs/operations.md explains each."
              + " To try the product without any setting run ./mvnw spring-boot:run instead.",
          cause);
    }
  }
}
