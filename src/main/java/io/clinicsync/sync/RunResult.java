package io.clinicsync.sync;

import io.clinicsync.canonical.RecordKind;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * How a run went.
 *
 * @param code stable code of what went wrong [ER-3]; null when nothing did
 * @param next when to come again
 */
public record RunResult(
    UUID run,
    RunState state,
    @Nullable String code,
    int pages,
    int read,
    int created,
    int updated,
    int removed,
    int rejected,
    List<RecordKind> failedSources,
    Duration next) {}
