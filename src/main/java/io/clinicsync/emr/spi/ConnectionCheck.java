package io.clinicsync.emr.spi;

import java.time.ZoneId;
import org.jspecify.annotations.Nullable;

/** What a look at an account's credentials found. */
public sealed interface ConnectionCheck {

  /**
   * The credentials work.
   *
   * @param accountName as the EMR shows it, for a person to recognise
   * @param accountId what names the account for good, whoever's credentials are used; null where
   *     the EMR says nothing of the kind
   * @param zone, country and currency null where the EMR does not say
   */
  record Works(
      String accountName,
      @Nullable String accountId,
      @Nullable ZoneId zone,
      @Nullable String country,
      @Nullable String currency)
      implements ConnectionCheck {}

  /**
   * They do not.
   *
   * @param advice what the clinic does next, one or two plain sentences without secrets
   */
  record Fails(EmrException.Kind kind, String advice) implements ConnectionCheck {}
}
