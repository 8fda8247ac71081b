package io.clinicsync.sandbox;

import static io.clinicsync.sandbox.SandboxPage.escaped;

import io.clinicsync.sandbox.ghl.GhlLocation;
import io.clinicsync.sandbox.server.Answer;
import io.clinicsync.sandbox.server.EmrSimulator;
import io.clinicsync.sandbox.server.SimulatedClinic;
import java.util.TreeMap;

/** The page at {@code /}. */
final class IndexPage {

  private static final String OPENING =
      """
      <h1>ClinicSync sandbox</h1>
      <p>Simulated vendors with invented people. Nothing here is real, and anyone who reaches this page can change it.</p>
      """;

  static Answer html(SandboxServer sandbox) {
    StringBuilder page = new StringBuilder(OPENING);
    page.append("<p>Time here: <code>").append(sandbox.clock().instant()).append("</code></p>");
    for (EmrSimulator emr : sandbox.emrs()) {
      page.append("<h2>").append(escaped(emr.title())).append("</h2><p>Base <code>");
      page.append(sandbox.emrBase(emr.id())).append("</code></p>");
      page.append("<table><tr><th>Account</th><th>Zone</th><th>Credentials</th><th></th></tr>");
      for (SimulatedClinic clinic : emr.clinics()) {
        row(page, clinic.name(), clinic.zone().getId(), credentials(clinic), clinic.name());
      }
      page.append("</table>");
    }
    page.append("<h2>GoHighLevel</h2><p>Base <code>")
        .append(sandbox.ghlBase())
        .append("</code></p>");
    page.append("<table><tr><th>Location</th><th>Id</th><th>Token</th><th></th></tr>");
    for (GhlLocation location : sandbox.ghl().locations()) {
      row(page, location.name(), location.id(), location.token(), location.id());
      page.append("<tr><td colspan=\"4\"><a href=\"")
          .append(LocationPages.path(location))
          .append("\">Calendar of ")
          .append(escaped(location.name()))
          .append("</a></td></tr>");
    }
    page.append("</table><p><a href=\"/_sandbox/log?since=0\">Operation log</a></p>");
    return SandboxPage.of(200, "ClinicSync sandbox", page.toString());
  }

  private static String credentials(SimulatedClinic clinic) {
    StringBuilder text = new StringBuilder();
    new TreeMap<>(clinic.credentials())
        .forEach(
            (way, fields) -> {
              text.append(text.isEmpty() ? "" : "; ").append(way).append(":");
              new TreeMap<>(fields)
                  .forEach(
                      (name, value) -> text.append(' ').append(name).append('=').append(value));
            });
    return text.toString();
  }

  private static void row(
      StringBuilder page, String name, String second, String secret, String truth) {
    page.append("<tr><td>").append(escaped(name)).append("</td><td><code>").append(escaped(second));
    page.append("</code></td><td><code>")
        .append(escaped(secret))
        .append("</code></td><td><a href=\"/_sandbox/truth/");
    page.append(
        java.net.URLEncoder.encode(truth, java.nio.charset.StandardCharsets.UTF_8)
            .replace("+", "%20"));
    page.append("\">truth</a></td></tr>");
  }

  private IndexPage() {}
}
