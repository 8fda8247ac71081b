package io.clinicsync.emr.promptemr;

import io.clinicsync.canonical.EmrRef;
import io.clinicsync.emr.spi.BookingLink;
import io.clinicsync.emr.spi.Credentials;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrException;
import java.net.URI;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The clinic's online scheduling at Prompt, where patients book themselves. It cannot be narrowed.
 * Every such address seen ends with {@code s=DL}, so ours does.
 *
 * @see <a href="https://scheduling.go.promptemr.com">
 *     https://scheduling.go.promptemr.com/onlineScheduling</a>
 */
final class PromptEmrBookingPage implements BookingLink {

  /** Prompt's number of the clinic; empty when none was given or it can be none. */
  static Optional<String> workspace(Credentials credentials) {
    return credentials
        .find(PromptEmrConnector.WORKSPACE)
        .map(String::strip)
        .filter(number -> number.matches("[0-9]{1,12}"));
  }

  @Override
  public URI page(EmrAccount account, @Nullable EmrRef treatment, @Nullable EmrRef practitioner) {
    return workspace(account.credentials())
        .map(
            number ->
                URI.create(
                    "https://scheduling.go.promptemr.com/onlineScheduling?w=" + number + "&s=DL"))
        .orElseThrow(
            () ->
                new EmrException(
                    EmrException.Kind.NOT_FOUND, "This connection has no workspace number"));
  }
}
