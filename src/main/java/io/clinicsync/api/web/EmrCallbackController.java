package io.clinicsync.api.web;

import io.clinicsync.api.PublicAddress;
import io.clinicsync.clinics.Connection;
import io.clinicsync.clinics.EmrSignIns;
import io.clinicsync.emr.spi.EmrException;
import io.swagger.v3.oas.annotations.Hidden;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** Where an EMR's consent page sends a clinic back to. The single-use state is all it trusts. */
@Controller
@Hidden
class EmrCallbackController {

  private static final Logger log = LoggerFactory.getLogger(EmrCallbackController.class);

  private final EmrSignIns signIns;
  private final LiveKeys keys;
  private final PublicAddress publicAddress;

  EmrCallbackController(EmrSignIns signIns, LiveKeys keys, PublicAddress publicAddress) {
    this.signIns = signIns;
    this.keys = keys;
    this.publicAddress = publicAddress;
  }

  @GetMapping("/oauth/emr")
  String back(
      @RequestParam(required = false) @Nullable String code,
      @RequestParam(required = false) @Nullable String state,
      Model model) {
    if (state == null || code == null || state.length() > 200 || code.length() > 4000) {
      return said(
          model, false, "The EMR sent no permission. Begin again and allow the access there.");
    }
    try {
      Optional<Connection> signedIn =
          signIns.finish(
              state,
              code,
              publicAddress.of("/oauth/emr"),
              by -> keys.isLive(by.clinic(), by.key(), by.ofOrganisation()));
      return signedIn.isPresent()
          ? said(
              model,
              true,
              signedIn.get().name() + " is connected; its first patients arrive within minutes.")
          : said(
              model,
              false,
              "This sign-in is too old, was used before, or its key has ended. Begin again.");
    } catch (EmrException refused) {
      log.warn("a sign-in at an EMR was not accepted: {}", refused.kind());
      return said(
          model, false, "The EMR did not accept this sign-in. Begin again; if it stays, ask us.");
    }
  }

  private static String said(Model model, boolean done, String sentence) {
    model.addAttribute("done", done);
    model.addAttribute("says", sentence);
    return "api/connected";
  }
}
