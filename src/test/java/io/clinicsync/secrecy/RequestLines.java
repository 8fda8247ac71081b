package io.clinicsync.secrecy;

import java.util.List;
import java.util.regex.Pattern;

/** Request lines as the simulators receive them, less what a vendor's own interface puts there. */
final class RequestLines {

  /** A parameter that a vendor wants in the address, and why it can be nowhere else. */
  record Forced(Pattern parameter, String reason) {}

  static final List<Forced> FORCED =
      List.of(
          new Forced(
              Pattern.compile(
                  "(?<=/v1/patients\\?)\\S*q%5B%5D=(email|last_name|first_name)%3A\\S*"),
              "Cliniko searches patients by query parameters only; asked while somebody books, and"
                  + " only where our own copy has no answer. Our log names the operation, not the address."),
          new Forced(
              Pattern.compile("(?<=/frontend/clients\\?)\\S*filter%5Bsearch%5D=\\S*"),
              "SimplePractice searches clients by a query parameter only; asked as above."),
          new Forced(
              Pattern.compile("(?<=/main/Patient\\?)\\S*family=\\S*"),
              "Halaxy searches patients by a query parameter only; asked as above."));

  private static final Pattern IDS = Pattern.compile("[0-9a-fA-F-]{6,}|\\d+|[A-Za-z0-9]{20,}");

  private RequestLines() {}

  static String withoutForced(String line) {
    String left = line;
    for (Forced forced : FORCED) {
      left = forced.parameter().matcher(left).replaceAll("");
    }
    return left;
  }

  /** Method and path with ids left out, so that one finding is kept for each kind of call. */
  static String kind(String line) {
    int query = line.indexOf('?');
    String path = query < 0 ? line : line.substring(0, query);
    return IDS.matcher(path).replaceAll("{id}");
  }
}
