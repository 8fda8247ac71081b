package io.clinicsync.sandbox.world;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A patient.
 *
 * @param mergedInto index of the surviving patient; -1 when not merged
 * @param marketingByEmail null means never asked
 */
public record Person(
    String firstName,
    String lastName,
    @Nullable String preferredName,
    @Nullable String title,
    @Nullable String email,
    List<Phone> phones,
    @Nullable LocalDate birthDate,
    @Nullable String sex,
    String street,
    String city,
    String state,
    String postCode,
    @Nullable Boolean marketingByEmail,
    @Nullable Boolean marketingBySms,
    @Nullable Boolean privacyAccepted,
    @Nullable String referral,
    Instant createdAt,
    Instant updatedAt,
    @Nullable Instant archivedAt,
    @Nullable Instant deletedAt,
    @Nullable Instant mergedAt,
    int mergedInto) {}
