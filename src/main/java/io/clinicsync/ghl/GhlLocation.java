package io.clinicsync.ghl;

import java.time.ZoneId;
import org.jspecify.annotations.Nullable;

/**
 * A sub-account.
 *
 * @param zone its zone, for everything zoneless; null when missing or unknown
 * @param country ISO 3166 alpha-2
 * @param allowsDuplicates whether contacts may share an e-mail or phone; null when the vendor does
 *     not say
 */
public record GhlLocation(
    String id,
    @Nullable String companyId,
    @Nullable String name,
    @Nullable ZoneId zone,
    @Nullable String country,
    @Nullable Boolean allowsDuplicates) {}
