/**
 * PromptEMR, simulated as far as its clinics see it: reports that staff export as CSV or XLSX, and
 * staff who hand them over. There is no interface to call.
 *
 * <p>Kept as Prompt writes it, where that was seen: dates as {@code M/d/yy}, times as {@code
 * h:mma}, day numbers in spreadsheets, a claim number where a visit took place, a social security
 * number among the patient's columns. Visits have no id in a report unless a switch adds it. The
 * words of stages and most headers are assumed.
 */
@NullMarked
package io.clinicsync.sandbox.promptemr;

import org.jspecify.annotations.NullMarked;
