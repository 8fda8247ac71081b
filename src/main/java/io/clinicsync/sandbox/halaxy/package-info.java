/**
 * Halaxy, simulated: the FHIR API under {@code /main} with its JSON token call.
 *
 * <p>Quirks kept: tokens live 15 minutes although the answer says 3600 seconds; an expired one is
 * an {@code OperationOutcome} with code {@code expired}; a call without a {@code User-Agent} that
 * names a contact meets the gateway's 403; an empty page has no {@code entry}; an unsupported
 * interaction is 405 without a body; {@code recipient} wants {@code Type/id}, a bare id is 422;
 * unknown filters are ignored without a word and {@code patient} is too when the switch {@code
 * ignorePatientFilter} is on; invoices have no search by date; nothing is deleted by API; {@code
 * identifier} is dropped on create; the state of an appointment stands on its Patient participant
 * only, and one without such a participant is a block; booking also makes an invoice; overlaps are
 * accepted, since nobody knows how a caller asks for the check, and refused with 409 when the
 * switch {@code strictBooking} is on; a booking's comment is kept unless {@code dropComments} is.
 */
@NullMarked
package io.clinicsync.sandbox.halaxy;

import org.jspecify.annotations.NullMarked;
