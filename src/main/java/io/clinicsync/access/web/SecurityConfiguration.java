package io.clinicsync.access.web;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.clinicsync.access.ApiKeys;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.config.observation.SecurityObservationSettings;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.core.userdetails.UsernameNotFoundException;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.AnonymousAuthenticationFilter;

/** Which paths need a key. What is not named here is refused. */
@Configuration(proxyBeanMethods = false)
class SecurityConfiguration {

  private static final String CONTENT_SECURITY_POLICY =
      "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; object-src 'none';"
          + " base-uri 'none'; form-action 'self'";

  @Bean
  SecurityFilterChain security(
      HttpSecurity http,
      ApiKeys keys,
      ObjectMapper json,
      @Value("${management.server.port:-1}") int managementPort)
      throws Exception {
    http.csrf(AbstractHttpConfigurer::disable) // keys travel in a header no browser sends by itself
        .sessionManagement(
            session -> session.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
        .httpBasic(AbstractHttpConfigurer::disable)
        .formLogin(AbstractHttpConfigurer::disable)
        .logout(AbstractHttpConfigurer::disable)
        .headers(
            headers ->
                headers.contentSecurityPolicy(
                    policy -> policy.policyDirectives(CONTENT_SECURITY_POLICY)))
        .addFilterBefore(
            new KeyFilter(
                keys,
                response -> {
                  response.setHeader("Retry-After", "5");
                  problem(
                      json,
                      response,
                      503,
                      "database_unavailable",
                      "Our database is out of reach at the moment.",
                      "Nothing was done; send the same request with the same key again in a moment.");
                }),
            AnonymousAuthenticationFilter.class)
        .authorizeHttpRequests(
            requests ->
                requests
                    .requestMatchers(
                        "/",
                        "/error",
                        "/favicon.ico",
                        "/setup/**",
                        "/oauth/ghl",
                        "/oauth/emr",
                        "/vendor-hooks/**",
                        "/imports-inbox/**",
                        "/css/**",
                        "/assets/**",
                        "/webjars/**",
                        "/field-map/**",
                        "/actuator/health/**",
                        "/v3/api-docs/**",
                        "/api",
                        // These say themselves, in their callers' words, when a key is missing.
                        "/api-book-appointment",
                        "/api-update-appointment",
                        "/api-cancel-appointment",
                        "/api/nookal/*",
                        "/api/halaxy/*",
                        "/appointments/*",
                        "/bookSession",
                        "/rescheduleSession",
                        "/cancelSession",
                        // Workflows send no key; what they say is read again from GoHighLevel.
                        "/bookAppt",
                        "/cancel_appt",
                        "/update_appt",
                        "/*/bookAppt",
                        "/*/cancel_appt",
                        "/*/update_appt",
                        "/hooks/**",
                        // Signed by GoHighLevel.
                        "/ghl/webhooks",
                        "/swagger-ui/**")
                    .permitAll()
                    // Metrics name every clinic; they are served on the management port alone.
                    .requestMatchers(
                        request ->
                            request.getLocalPort() == managementPort
                                && request.getRequestURI().startsWith("/actuator/"))
                    .permitAll()
                    .requestMatchers("/api/v1/**")
                    .authenticated()
                    .anyRequest()
                    .denyAll())
        .exceptionHandling(
            handling ->
                handling
                    .authenticationEntryPoint(
                        (request, response, failure) ->
                            problem(
                                json,
                                response,
                                401,
                                "unauthorised",
                                "The x-api-key header is missing, or the key is unknown, expired or revoked.",
                                "Send a live key in the x-api-key header; keys are issued with POST /api/v1/keys."))
                    .accessDeniedHandler(
                        (request, response, failure) ->
                            problem(
                                json,
                                response,
                                403,
                                "forbidden",
                                "This key may not do that.",
                                "Use a key with the scope this call needs; its documentation names it.")));
    return http.build();
  }

  /**
   * A timer and an observation around each filter cost a short request a tenth of its time and
   * answer nothing that anybody asks; the request itself is still observed.
   */
  @Bean
  SecurityObservationSettings unobservedFilters() {
    return SecurityObservationSettings.noObservations();
  }

  /**
   * Nobody signs in with a password here; without this bean Boot would invent a user and print its
   * password.
   */
  @Bean
  UserDetailsService noPasswordUsers() {
    return name -> {
      throw new UsernameNotFoundException("There are no password users");
    };
  }

  private static void problem(
      ObjectMapper json,
      HttpServletResponse response,
      int status,
      String code,
      String detail,
      String nextStep)
      throws IOException {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("type", "urn:clinicsync:problem:" + code);
    body.put("title", String.valueOf(HttpStatus.valueOf(status).getReasonPhrase()));
    body.put("status", status);
    body.put("detail", detail);
    body.put("code", code);
    body.put("next_step", nextStep);
    body.put("request_id", response.getHeader("X-Request-Id"));
    response.setStatus(status);
    response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
    json.writeValue(response.getOutputStream(), body);
  }
}
