package io.clinicsync.api.web;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;

/** Marks the bodies of this API: their names are written in snake case. */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
interface Json {}
