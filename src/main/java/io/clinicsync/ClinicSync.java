package io.clinicsync;

import io.clinicsync.sandbox.SandboxApplication;
import java.util.Arrays;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.core.env.AbstractEnvironment;

/**
 * The application. Without a profile it is production; {@code local} is what spring-boot:run
 * starts.
 */
@SpringBootApplication
@ConfigurationPropertiesScan
public class ClinicSync {

  public static void main(String[] args) {
    if (wantsSandboxAlone(args)) {
      SandboxApplication.run(args);
    } else {
      SpringApplication.run(ClinicSync.class, args);
    }
  }

  /**
   * With profile {@code sandbox} the process is the simulated vendors and nothing else: no
   * database, no scheduler.
   */
  private static boolean wantsSandboxAlone(String[] args) {
    String name = AbstractEnvironment.ACTIVE_PROFILES_PROPERTY_NAME;
    return Arrays.asList(args).contains("--" + name + "=sandbox")
        || "sandbox".equals(System.getProperty(name))
        || "sandbox".equals(System.getenv("SPRING_PROFILES_ACTIVE"));
  }
}
