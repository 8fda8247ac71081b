package io.clinicsync;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/**
 * The application. Without a profile it is production; {@code local} is what spring-boot:run
 * starts.
 */
@SpringBootApplication
@ConfigurationPropertiesScan
public class ClinicSync {

  public static void main(String[] args) {
    SpringApplication.run(ClinicSync.class, args);
  }
}
