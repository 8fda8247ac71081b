package io.clinicsync.ghl;

import org.jspecify.annotations.Nullable;

/** A calendar of a sub-account. */
public record GhlCalendar(
    String id, @Nullable String name, @Nullable String type, boolean active) {}
