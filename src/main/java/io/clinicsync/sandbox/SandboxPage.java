package io.clinicsync.sandbox;

import io.clinicsync.sandbox.server.Answer;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** The frame of every page here: plain HTML, one stylesheet, no script at all. */
final class SandboxPage {

  static final String STYLE_PATH = "/_sandbox/style.css";

  private static final String POLICY =
      "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

  private static final String STYLE =
      """
      *{box-sizing:border-box}
      body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:3rem auto;padding:0 1rem;color:#1c2733;background:#fff}
      a{color:#0b5cad}
      table{border-collapse:collapse;width:100%;margin:.5rem 0 2rem}
      th,td{text-align:left;padding:.4rem .6rem;border-bottom:1px solid #d8dee4;vertical-align:top}
      code,pre{font-size:.85rem;word-break:break-all;white-space:pre-wrap}
      pre{background:#f3f5f7;padding:.75rem;border-radius:.3rem;margin:.5rem 0}
      form{margin:0}
      .fields{display:flex;flex-wrap:wrap;gap:.5rem 1rem;align-items:end;margin:.5rem 0}
      label{display:flex;flex-direction:column;font-size:.85rem;color:#46525e;min-width:0}
      label.wide{flex:1 1 22rem}
      input,select,textarea,button{font:inherit;padding:.3rem .5rem;border:1px solid #98a4b0;border-radius:.3rem;max-width:100%;background:#fff;color:inherit}
      textarea{min-height:6rem;font-family:ui-monospace,monospace;font-size:.85rem}
      button{background:#0b5cad;border-color:#0b5cad;color:#fff;cursor:pointer}
      button.quiet{background:#fff;color:#0b5cad}
      input:focus-visible,select:focus-visible,textarea:focus-visible,button:focus-visible,a:focus-visible{outline:3px solid #f0a202;outline-offset:1px}
      .card{border:1px solid #d8dee4;border-radius:.4rem;padding:.75rem 1rem;margin:.75rem 0}
      .card h3{margin:0;font-size:1rem}
      .state{color:#46525e}
      .bad{border-left:4px solid #b42318}
      .good{border-left:4px solid #1a7f37}
      @media (max-width:40rem){
        body{margin:1rem auto}
        label,label.wide{flex:1 1 100%}
        table,tbody,tr,td{display:block}
        th{display:none}
        tr{padding:.4rem 0;border-bottom:1px solid #d8dee4}
        td{border:0;padding:.1rem 0}
      }
      """;

  private static final String HEAD =
      """
      <!DOCTYPE html>
      <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
      <title>%s</title><link rel="stylesheet" href="%s"></head><body>
      """;

  static Answer style() {
    return guarded(
        new Answer(
            200,
            Map.of("Content-Type", "text/css; charset=utf-8"),
            STYLE.getBytes(StandardCharsets.UTF_8)));
  }

  /** A page; {@code content} is ready HTML, {@code title} plain text. */
  static Answer of(int status, String title, String content) {
    return guarded(
        Answer.html(
            status, HEAD.formatted(escaped(title), STYLE_PATH) + content + "</body></html>"));
  }

  /** Back to a page after a form was done. */
  static Answer seeOther(String path) {
    return Answer.empty(303).with("Location", path);
  }

  private static Answer guarded(Answer answer) {
    return answer
        .with("Content-Security-Policy", POLICY)
        .with("X-Content-Type-Options", "nosniff")
        .with("Referrer-Policy", "no-referrer")
        .with("Cache-Control", "no-store");
  }

  static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
  }

  private SandboxPage() {}
}
