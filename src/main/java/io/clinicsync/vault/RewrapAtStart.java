package io.clinicsync.vault;

import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * A new master key is put first and the nodes are restarted; each restart moves what is left to it.
 */
@Component
class RewrapAtStart {

  private final Vault vault;

  RewrapAtStart(Vault vault) {
    this.vault = vault;
  }

  @EventListener(ApplicationReadyEvent.class)
  void rewrap() {
    vault.rewrapAll();
  }
}
