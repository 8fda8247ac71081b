package io.clinicsync.tenancy;

import java.io.Serial;

/** A programming error: database work without a scope, or under a foreign one. */
public class TenantScopeViolation extends IllegalStateException {

  @Serial private static final long serialVersionUID = 1L;

  TenantScopeViolation(String message) {
    super(message);
  }
}
