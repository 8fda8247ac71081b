/**
 * A simulated SimplePractice: the sign-in pages, the private JSON:API behind its web application,
 * and the client portal's open times. In one host with sub-paths: the application at the root, its
 * sign-in side under {@code /account}, a practice's portal under {@code /portal/<slug>}.
 *
 * <p>What trips a client up, and is done here: SAML by a self-submitting form; five bad passwords
 * lock the user; a lost session is a redirect, a page with status 200, or a 401; booleans and money
 * are text; pages hold 50 at most and there is no total; a window of more than 92 days and unknown
 * fields are refused; no clinician link unless it is asked for; couples own their appointments;
 * future appointments carry {@code Show}; breaks lie between appointments; deleted ones vanish; the
 * calendar allows double booking; the portal answers unknown paths with a page and status 200.
 */
@NullMarked
package io.clinicsync.sandbox.simplepractice;

import org.jspecify.annotations.NullMarked;
