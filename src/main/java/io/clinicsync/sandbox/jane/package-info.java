/**
 * Jane, simulated: the Developer Platform ({@code /api/2026-01-01}, OAuth with PKCE under {@code
 * /login}) and the clinic's own web session ({@code /admin}, {@code /auth}, {@code /api/v2}).
 *
 * <p>Quirks kept: the session cookie changes with every answer (strict mode: the value before is
 * dead at once); an anonymous visitor gets one too; a signed-out call is answered 401, 302 or an
 * HTML page with status 200; writes need the CSRF token; opening times asked cold are 403; calendar
 * and openings span at most seven days; a provisional appointment dies after ten minutes as {@code
 * never_booked}; archived rows leave the calendar but not the single read; creating checks no
 * conflict, booking does; {@code arrived} is possible before the start; {@code patient_paid} with
 * {@code unpaid} means that the insurer owes; the API knows one-on-one bookings only, replaces
 * cancellation reasons by "Other", and its access token lives 300, its refresh token 1800 seconds
 * and one use.
 */
@NullMarked
package io.clinicsync.sandbox.jane;

import org.jspecify.annotations.NullMarked;
