package io.clinicsync.access.web;

import io.clinicsync.access.ApiKeys;
import io.clinicsync.tenancy.Caller;
import io.clinicsync.tenancy.DatabaseAway;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Reads {@code x-api-key}. A request without one goes on anonymously and is judged by the rules of
 * its path.
 */
final class KeyFilter extends OncePerRequestFilter {

  static final String HEADER = "x-api-key";

  /** What a caller hears whose key cannot be looked up. */
  interface NoDatabase {
    void answer(HttpServletResponse response) throws IOException;
  }

  private final ApiKeys keys;
  private final NoDatabase noDatabase;

  KeyFilter(ApiKeys keys, NoDatabase noDatabase) {
    this.keys = keys;
    this.noDatabase = noDatabase;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    String key = request.getHeader(HEADER);
    if (key != null) {
      Optional<Caller> caller;
      try {
        caller = keys.authenticate(key.strip());
      } catch (RuntimeException failed) {
        if (!DatabaseAway.isReasonOf(failed)) {
          throw failed;
        }
        // Nobody can be known now; that is no reason to call a live key wrong.
        noDatabase.answer(response);
        return;
      }
      if (caller.isPresent()) {
        SecurityContext context = SecurityContextHolder.createEmptyContext();
        context.setAuthentication(new KeyAuthentication(caller.get()));
        SecurityContextHolder.setContext(context);
      }
    }
    chain.doFilter(request, response);
  }
}
