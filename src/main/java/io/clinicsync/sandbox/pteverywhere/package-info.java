/**
 * PtEverywhere, simulated: Open API v2 ({@code /auth/token}, {@code /masterdata}, {@code /report},
 * {@code /appointment}) and its encrypted webhooks.
 *
 * <p>Quirks kept: the token goes into {@code Authorization} as it is, one with {@code Bearer} is
 * refused; by switch a token ends after so many calls, stands under another member, or a wrong
 * password is told with status 200; money is a number or a text such as {@code "$1,200.00"};
 * reports filter by plain dates of the clinic (by switch, of UTC); by switch lists come without
 * paging data, as {@code data} or bare, or repeat their last page for ever; a deleted appointment
 * vanishes; webhook bodies are encrypted in one of three modes. The write routes are assumed and
 * exist only while their switch is on. Group sessions are not simulated.
 */
@NullMarked
package io.clinicsync.sandbox.pteverywhere;

import org.jspecify.annotations.NullMarked;
