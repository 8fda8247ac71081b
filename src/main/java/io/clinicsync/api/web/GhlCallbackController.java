package io.clinicsync.api.web;

import io.clinicsync.clinics.GhlAccounts;
import io.clinicsync.clinics.GhlConsents;
import io.clinicsync.ghl.GhlAccount;
import io.clinicsync.ghl.GhlException;
import io.clinicsync.ghl.GhlGrant;
import io.clinicsync.ghl.GhlOAuth;
import io.clinicsync.ghl.GhlSettings;
import io.swagger.v3.oas.annotations.Hidden;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;

/**
 * Where GoHighLevel's consent page sends a clinic back to. The single-use state is all it trusts.
 */
@Controller
@Hidden
class GhlCallbackController {

  private static final Logger log = LoggerFactory.getLogger(GhlCallbackController.class);

  private final GhlConsents consents;
  private final GhlAccounts accounts;
  private final LiveKeys keys;
  private final GhlSettings settings;
  private final ObjectProvider<GhlOAuth> oauth;

  GhlCallbackController(
      GhlConsents consents,
      GhlAccounts accounts,
      LiveKeys keys,
      GhlSettings settings,
      ObjectProvider<GhlOAuth> oauth) {
    this.consents = consents;
    this.accounts = accounts;
    this.keys = keys;
    this.settings = settings;
    this.oauth = oauth;
  }

  @GetMapping("/oauth/ghl")
  String back(
      @RequestParam(required = false) @Nullable String code,
      @RequestParam(required = false) @Nullable String state,
      Model model) {
    GhlConsents.Begun begun =
        state == null || state.length() > 100 ? null : consents.finish(state).orElse(null);
    if (begun == null
        || code == null
        || code.length() > 4000
        || !keys.isLive(begun.clinic(), begun.key(), begun.ofOrganisation())) {
      return page(
          model,
          "This link is used, too old or incomplete. Begin again from where you asked to connect.",
          false);
    }
    URI sandbox = settings.base().equals(GhlAccount.PUBLIC_BASE) ? null : settings.base();
    try {
      GhlAccount asking =
          new GhlAccount(begun.clinic().value(), "oauth", accounts.base(sandbox), true);
      GhlGrant grant = oauth.getObject().exchange(asking, code);
      if (grant.agency() || grant.locationId() == null) {
        return page(
            model,
            "An agency was chosen. Begin again and choose the clinic's own sub-account.",
            false);
      }
      accounts.connect(begun.clinic(), grant, sandbox);
      return page(model, "GoHighLevel is connected. You can close this page.", true);
    } catch (GhlAccounts.LocationTaken taken) {
      return page(model, "This sub-account is connected to another clinic already.", false);
    } catch (GhlException failed) {
      log.warn("connecting GoHighLevel for clinic {} failed: {}", begun.clinic(), failed.kind());
      return page(
          model, "GoHighLevel did not confirm the sign-in. Begin again in a minute.", false);
    }
  }

  private static String page(Model model, String says, boolean done) {
    model.addAttribute("says", says);
    model.addAttribute("done", done);
    return "api/connected";
  }
}
