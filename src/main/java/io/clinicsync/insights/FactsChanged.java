package io.clinicsync.insights;

import io.clinicsync.records.Cause;
import io.clinicsync.tenancy.ClinicId;

/**
 * Facts of patients changed and were marked for projection. Wakes {@code crm}; the markers, not this event, say whose.
 */
public record FactsChanged(ClinicId clinic, int count, Cause cause) {}
