package io.clinicsync.emr.pteverywhere;

import io.clinicsync.canonical.EmrRef;
import io.clinicsync.emr.spi.BookingLink;
import io.clinicsync.emr.spi.Credentials;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrException;
import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The clinic's own page at PtEverywhere, where patients book themselves. It cannot be narrowed. A
 * wrong clinic id leads to an empty page with status 200, so that only people can tell.
 *
 * @see <a href="https://app.pteverywhere.com">https://app.pteverywhere.com/{clinicId}/bookingonline
 *     </a>
 */
final class PtEverywhereBookingPage implements BookingLink {

  /** The id alone, or within an address of the clinic's as people copy it. */
  private static final Pattern ID =
      Pattern.compile("(?:.*/)?([0-9a-fA-F]{24})(?:/.*)?", Pattern.DOTALL);

  /** The clinic's id; empty when none was given or it can be none. */
  static Optional<String> clinic(Credentials credentials) {
    Matcher typed =
        ID.matcher(credentials.find(PtEverywhereConnector.CLINIC_ID).map(String::strip).orElse(""));
    return typed.matches()
        ? Optional.of(typed.group(1).toLowerCase(Locale.ROOT))
        : Optional.empty();
  }

  @Override
  public URI page(EmrAccount account, @Nullable EmrRef treatment, @Nullable EmrRef practitioner) {
    return clinic(account.credentials())
        .map(id -> URI.create("https://app.pteverywhere.com/" + id + "/bookingonline"))
        .orElseThrow(
            () ->
                new EmrException(
                    EmrException.Kind.NOT_FOUND, "This connection has no id of the clinic"));
  }
}
