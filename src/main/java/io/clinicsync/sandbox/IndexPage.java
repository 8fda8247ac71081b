package io.clinicsync.sandbox;

import io.clinicsync.sandbox.ghl.GhlLocation;
import io.clinicsync.sandbox.server.EmrSimulator;
import io.clinicsync.sandbox.server.SimulatedClinic;
import java.util.TreeMap;

/** The page at {@code /}. */
final class IndexPage {

  private static final String HEAD =
      """
      <!DOCTYPE html>
      <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
      <title>ClinicSync sandbox</title>
      <style>
        body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:3rem auto;padding:0 1rem;color:#1c2733}
        table{border-collapse:collapse;width:100%;margin:.5rem 0 2rem}
        th,td{text-align:left;padding:.4rem .6rem;border-bottom:1px solid #d8dee4;vertical-align:top}
        code{font-size:.85rem;word-break:break-all}
      </style></head><body>
      <h1>ClinicSync sandbox</h1>
      <p>Simulated vendors with invented people. Nothing here is real, and anyone who reaches this page can change it.</p>
      """;

  static String html(SandboxServer sandbox) {
    StringBuilder page = new StringBuilder(HEAD);
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
    }
    page.append("</table><p><a href=\"/_sandbox/log?since=0\">Operation log</a></p></body></html>");
    return page.toString();
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

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
  }

  private IndexPage() {}
}
