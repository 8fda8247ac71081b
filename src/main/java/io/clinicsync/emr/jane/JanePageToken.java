package io.clinicsync.emr.jane;

import io.clinicsync.emr.wire.WebForm;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The token a signed-in page carries in its head, without which Jane takes no write. */
final class JanePageToken {

  private static final Pattern META = Pattern.compile("<meta\\b[^>]*>", Pattern.CASE_INSENSITIVE);
  private static final Pattern NAME =
      Pattern.compile("name\\s*=\\s*[\"']csrf-token[\"']", Pattern.CASE_INSENSITIVE);
  private static final Pattern CONTENT =
      Pattern.compile("content\\s*=\\s*[\"']([\\x21-\\x7E&&[^\"'<>]]{1,512})[\"']");

  private JanePageToken() {}

  /** Empty on a page that asks to sign in, which may carry a token of its own. */
  static Optional<String> of(String page) {
    if (WebForm.signIn(page).isPresent()) {
      return Optional.empty();
    }
    for (Matcher meta = META.matcher(page); meta.find(); ) {
      Matcher content = CONTENT.matcher(meta.group());
      if (NAME.matcher(meta.group()).find() && content.find()) {
        return Optional.of(content.group(1));
      }
    }
    return Optional.empty();
  }
}
