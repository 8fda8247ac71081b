package io.clinicsync.ghl;

import org.jspecify.annotations.Nullable;

/**
 * Something of a sub-account that is known by id and name: a tag or a workflow.
 *
 * @param status of a workflow: draft or published; null for a tag
 */
public record GhlNamed(String id, String name, @Nullable String status) {}
