/**
 * Practice Better, simulated: the public API ({@code /oauth2/token}, {@code /consultant}, {@code
 * /company}, {@code /webhooks}).
 *
 * <p>Quirks kept: lists come newest first and page by {@code before_id} ({@code skip} shifts when
 * rows are added); a place named by {@code before_id} that is gone is 400; {@code
 * /consultant/records} shows names only unless {@code details=true}; money is in cents; a write's
 * {@code sessionDate} is, by switch, an instant or a wall time of the account that ignores its
 * {@code Z} and dies of a numeric offset; durations are, by switch, minutes or seconds; a clash is
 * 409 unless ignored; cancelling twice succeeds and answers nothing; a duplicate e-mail is 409, 400
 * or 500 by switch; a PUT erases what it does not name; no right is 461 with an empty body; the
 * webhook address is tried out before its subscription exists, and the signing secret is told once.
 * Group sessions are not simulated.
 */
@NullMarked
package io.clinicsync.sandbox.practicebetter;

import org.jspecify.annotations.NullMarked;
