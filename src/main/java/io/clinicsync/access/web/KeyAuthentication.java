package io.clinicsync.access.web;

import io.clinicsync.tenancy.Caller;
import java.io.Serial;
import java.util.Locale;
import org.springframework.security.authentication.AbstractAuthenticationToken;
import org.springframework.security.core.authority.SimpleGrantedAuthority;

/** A request that came with a valid key. The principal is the {@link Caller}; no secret is kept. */
final class KeyAuthentication extends AbstractAuthenticationToken {

  @Serial private static final long serialVersionUID = 1L;

  private final transient Caller caller;

  KeyAuthentication(Caller caller) {
    super(
        caller.scopes().stream()
            .map(
                scope ->
                    new SimpleGrantedAuthority("SCOPE_" + scope.name().toLowerCase(Locale.ROOT)))
            .toList());
    this.caller = caller;
    setAuthenticated(true);
  }

  @Override
  public Object getCredentials() {
    return "";
  }

  @Override
  public Caller getPrincipal() {
    return caller;
  }
}
