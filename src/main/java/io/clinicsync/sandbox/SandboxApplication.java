package io.clinicsync.sandbox;

import io.clinicsync.sandbox.server.EmrSimulator;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.ZoneId;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;

/** Profile {@code sandbox}: only the simulated vendors, as their own process. */
@Configuration(proxyBeanMethods = false)
@Profile("sandbox")
public class SandboxApplication {

  /** Starts the sandbox alone; it runs until the process ends. */
  public static void run(String[] args) {
    SpringApplication sandbox = new SpringApplication(SandboxApplication.class);
    sandbox.setWebApplicationType(WebApplicationType.NONE);
    sandbox.setKeepAlive(true);
    sandbox.run(args);
  }

  /**
   * Starts the sandbox with one Cliniko account and one GHL location, both called {@code demo}.
   *
   * @param bind the address to listen on; loopback unless set, since nothing here is protected
   * @param data folder that keeps every change over restarts; empty keeps nothing
   */
  @Bean(destroyMethod = "close")
  SandboxServer sandboxServer(
      @Value("${CLINICSYNC_SANDBOX_PORT:8090}") int port,
      @Value("${clinicsync.sandbox.bind:127.0.0.1}") String bind,
      @Value("${clinicsync.sandbox.quota-factor:1.0}") double quotaFactor,
      @Value("${clinicsync.sandbox.patients:60}") int patients,
      @Value("${clinicsync.sandbox.data:}") String data)
      throws UnknownHostException {
    SandboxServer sandbox =
        SandboxServer.start(
            InetAddress.getByName(bind),
            port,
            new SandboxClock(),
            quotaFactor,
            data.isBlank() ? null : Path.of(data));
    ZoneId zone = ZoneId.of("Australia/Sydney");
    sandbox.open(
        "cliniko", new EmrSimulator.Opening("demo", 1, patients, zone, sandbox.clock().instant()));
    sandbox.ghl().createLocation("demo", "AU", zone);
    return sandbox;
  }
}
