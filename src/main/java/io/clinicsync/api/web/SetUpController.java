package io.clinicsync.api.web;

import io.clinicsync.access.IssuedKey;
import io.clinicsync.api.SetUp;
import io.swagger.v3.oas.annotations.Hidden;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** The one form of an empty installation. Afterwards it is as unknown as any other address. */
@Controller
@Hidden
@RequestMapping("/setup/{token}")
class SetUpController {

  private final SetUp setUp;

  SetUpController(SetUp setUp) {
    this.setUp = setUp;
  }

  @GetMapping
  String form(@PathVariable String token, Model model, HttpServletResponse response) {
    if (!setUp.isOpen(token)) {
      throw Refusal.notFound();
    }
    response.setHeader("Referrer-Policy", "no-referrer");
    model.addAttribute("wrong", false);
    return "api/setup";
  }

  @PostMapping
  String create(
      @PathVariable String token,
      @RequestParam(defaultValue = "") String name,
      Model model,
      HttpServletResponse response) {
    if (!setUp.isOpen(token)) {
      throw Refusal.notFound();
    }
    response.setHeader("Referrer-Policy", "no-referrer");
    if (name.isBlank() || name.length() > 200 || !name.matches(ClinicController.PLAIN)) {
      model.addAttribute("wrong", true);
      response.setStatus(400);
      return "api/setup";
    }
    IssuedKey key = setUp.create(token, name.strip()).orElseThrow(Refusal::notFound);
    model.addAttribute("key", key.secret());
    return "api/setup-done";
  }
}
