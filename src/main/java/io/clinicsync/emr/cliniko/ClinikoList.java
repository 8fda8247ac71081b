package io.clinicsync.emr.cliniko;

import java.time.Instant;
import java.util.List;

/**
 * One page of a list as it came.
 *
 * @param more the vendor says there is a next page
 * @param total entries over all pages; -1 when it does not say
 */
record ClinikoList(List<ClinikoEntry> entries, boolean more, long total, Instant vendorNow) {}
