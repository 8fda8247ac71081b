package io.clinicsync.insights;

import java.util.Locale;

/** Writes a moment for people, in the zone of its place. */
public final class MomentText {

  private MomentText() {}

  /** Date and time the way people of this locale read them. */
  public static String of(FactValue.Moment moment, Locale locale) {
    return LocalText.of(moment.at(), moment.zone(), locale);
  }
}
