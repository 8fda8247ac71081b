package io.clinicsync.compat.web;

import org.springframework.stereotype.Component;

/** Halaxy's bodies are Cliniko's. */
@Component
class HalaxyDialect extends ClinikoDialect {

  @Override
  public String emr() {
    return "halaxy";
  }
}
