package io.clinicsync.api;

import java.net.URI;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.support.ServletUriComponentsBuilder;

/**
 * Under which address others reach this installation: the configured one, else the one the current
 * request came to.
 */
@Component
public class PublicAddress {

  private final String configured;

  PublicAddress(@Value("${clinicsync.public-address:}") String configured) {
    this.configured = configured.strip();
  }

  /**
   * The address of a path; within a request only where none is configured.
   *
   * @param path starts with a slash
   */
  public URI of(String path) {
    String origin =
        configured.isEmpty()
            ? ServletUriComponentsBuilder.fromCurrentContextPath().build().toUriString()
            : configured;
    return URI.create(
        (origin.endsWith("/") ? origin.substring(0, origin.length() - 1) : origin) + path);
  }
}
