/**
 * Nookal, simulated: v2 as form posts and v3 as GraphQL, over one set of records.
 *
 * <p>Quirks that are kept: failures inside HTTP 200; unknown parameters ignored with success; every
 * scalar of v2 is text; lists that come as objects (practitioners by id, later pages by index); at
 * most 200 rows a page; a dead key refused with the function's own code; classes mixed into a
 * patient's appointments; void invoices left out unless asked for; invoices of deleted patients
 * under client 0; hard-deleted records gone without a trace; keys bound to locations; notes encoded
 * twice; {@code date_to} exclusive in {@code getSchedules} only. In v3: a new token ends the older
 * one, one row comes as an object, date ranges are loose, diary events stand among appointments,
 * and the gateway answers HTML now and then.
 */
@NullMarked
package io.clinicsync.sandbox.nookal;

import org.jspecify.annotations.NullMarked;
