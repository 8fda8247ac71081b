package io.clinicsync.demo;

import io.clinicsync.ghl.GhlTrustedKey;
import io.clinicsync.sandbox.SandboxClock;
import io.clinicsync.sandbox.SandboxServer;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.context.annotation.Profile;

/**
 * Under profile {@code local} the vendors are simulated in this process, and the application
 * follows their clock.
 */
@Configuration(proxyBeanMethods = false)
@Profile("local")
class DemoSandbox {

  @Bean(destroyMethod = "close")
  SandboxServer sandboxServer(DemoSettings settings) {
    return SandboxServer.start(
        InetAddress.getLoopbackAddress(),
        settings.sandboxPort(),
        new SandboxClock(),
        settings.quotaFactor(),
        Path.of(settings.data(), "sandbox"));
  }

  /** The simulated GoHighLevel signs with a key of its own, which nobody else believes. */
  @Bean
  GhlTrustedKey sandboxWebhookKey(SandboxServer sandbox) {
    return new GhlTrustedKey(sandbox.ghl().webhooks().publicKey());
  }

  @Bean
  @Primary
  Clock sandboxClock(SandboxServer sandbox) {
    return sandbox.clock();
  }
}
