package io.clinicsync.ghl;

import io.clinicsync.http.OutboundHttp;
import io.clinicsync.http.Permits;
import java.time.Clock;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;

/** Wires the client. Lazy: it needs the {@link GhlTokens} that only {@code clinics} has. */
@Configuration(proxyBeanMethods = false)
class GhlConfiguration {

  @Bean
  @Lazy
  GhlOAuth ghlOAuth(GhlSettings settings, OutboundHttp http, Permits permits) {
    return new GhlOAuth(settings.app(), http, permits);
  }

  @Bean
  @Lazy
  GhlApi ghlApi(
      OutboundHttp http,
      Permits permits,
      GhlTokens tokens,
      GhlOAuth oauth,
      ObjectProvider<Clock> clock) {
    return new GhlApi(http, permits, tokens, oauth, clock.getIfAvailable(Clock::systemUTC));
  }
}
