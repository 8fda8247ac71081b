package io.clinicsync.clinics;

import java.time.LocalDate;

/**
 * The clinic's signed authorisation to act as one of its people, for ways in without an official
 * interface [D10].
 *
 * @param signedBy the person who signed for the clinic
 * @param signedOn clinic-local date
 */
public record Authorisation(String signedBy, LocalDate signedOn) {

  /** What is signed; a changed text is a new authorisation. */
  public static final String WORDING =
      "We have ClinicSync read and write our practice software through a user account we made for"
          + " it. We know that the vendor may not allow this, that we can end it at any time by"
          + " locking that account, and that ClinicSync never answers a captcha or a second factor"
          + " for us.";
}
