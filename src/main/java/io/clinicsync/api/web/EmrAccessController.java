package io.clinicsync.api.web;

import io.clinicsync.api.PublicAddress;
import io.clinicsync.api.web.Views.Accepted;
import io.clinicsync.clinics.Connection;
import io.clinicsync.clinics.Connections;
import io.clinicsync.clinics.EmrSignIns;
import io.clinicsync.emr.Connectors;
import io.clinicsync.emr.spi.ChangeListener;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.PersonStep;
import io.clinicsync.emr.spi.Urgency;
import io.clinicsync.sync.VendorAddresses;
import io.clinicsync.tenancy.KeyScope;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** What only a person can do at an EMR, and the addresses the EMR calls. */
@RestController
@RequestMapping({
  "/api/v1/clinics/{clinicId}/connections/{connectionId}",
  "/api/v1/connections/{connectionId}"
})
@Tag(name = "Connections")
class EmrAccessController {

  private final Connections connections;
  private final Connectors connectors;
  private final EmrSignIns signIns;
  private final VendorAddresses addresses;
  private final PublicAddress publicAddress;

  EmrAccessController(
      Connections connections,
      Connectors connectors,
      EmrSignIns signIns,
      VendorAddresses addresses,
      PublicAddress publicAddress) {
    this.connections = connections;
    this.connectors = connectors;
    this.signIns = signIns;
    this.addresses = addresses;
    this.publicAddress = publicAddress;
  }

  /** Where the clinic's person signs in; good for ten minutes. */
  record SignInView(String url) implements Json {}

  /**
   * What the EMR asks a person.
   *
   * @param asks one sentence; null when nothing waits
   */
  record ChallengeView(boolean waiting, @Nullable String asks) implements Json {}

  /** What the person answers. */
  record ChallengeAnswer(
      @NotBlank
          @Size(max = 64)
          @Pattern(regexp = "[A-Za-z0-9 -]*", message = "must hold letters and digits only")
          String code)
      implements Json {
    @Override
    public String toString() {
      return "ChallengeAnswer";
    }
  }

  /**
   * Addresses for the EMR's webhooks.
   *
   * @param registered whether the EMR was told by us; otherwise a person enters them there
   */
  record WebhookView(List<AddressView> addresses, boolean registered, String nextStep)
      implements Json {}

  /**
   * One address.
   *
   * @param event null where one address serves all
   */
  record AddressView(@Nullable String event, String url) implements Json {}

  @PostMapping("/sign-in")
  @Needs(KeyScope.MANAGE)
  @Operation(
      summary = "Begin to sign in",
      description =
          "For ways in that are allowed at the EMR's own page: answers its address, to be opened by somebody of the clinic"
              + " within ten minutes, and good only while the key that asked is live.")
  SignInView signIn(Reach reach) {
    SyncController.mustRun(reach.connection());
    EmrSignIns.Beginner beginner =
        new EmrSignIns.Beginner(
            reach.clinic(), reach.caller().keyId(), reach.caller().organisation() != null);
    URI page =
        signIns
            .begin(reach.connection(), beginner, publicAddress.of("/oauth/emr"))
            .orElseThrow(
                () ->
                    Refusal.CONFLICT
                        .because("This connection's way in needs no sign-in at the EMR.")
                        .next("Replace its credentials instead, where they do not work."));
    return new SignInView(page.toString());
  }

  @GetMapping("/challenge")
  @Needs(KeyScope.MANAGE)
  @Operation(
      summary = "See what the EMR asks a person",
      description = "A second factor or a code sent by mail, after the state says action needed.")
  ChallengeView challenge(Reach reach) {
    EmrAccount account = connections.account(reach.connection(), Urgency.BOOKING);
    return connectors
        .capability(reach.connection().emr(), account, PersonStep.class)
        .flatMap(step -> step.waitingFor(account))
        .map(asks -> new ChallengeView(true, asks))
        .orElse(new ChallengeView(false, null));
  }

  @PostMapping("/challenge")
  @ResponseStatus(HttpStatus.ACCEPTED)
  @Needs(KeyScope.MANAGE)
  @Operation(
      summary = "Answer what the EMR asks",
      description = "Hands the code to the EMR once. When it accepts, the connection goes on.")
  Accepted answer(Reach reach, @Valid @RequestBody ChallengeAnswer answer) {
    Connection connection = reach.connection();
    EmrAccount account = connections.account(connection, Urgency.BOOKING);
    PersonStep step =
        connectors
            .capability(connection.emr(), account, PersonStep.class)
            .filter(each -> each.waitingFor(account).isPresent())
            .orElseThrow(
                () ->
                    Refusal.CONFLICT
                        .because("The EMR asks for nothing at the moment.")
                        .next("Sync the connection; if it asks again, answer then."));
    step.answer(account, answer.code().strip());
    connections.signedIn(reach.clinic(), connection.id());
    return new Accepted("The EMR accepted the code; the connection goes on.");
  }

  @PostMapping("/webhook-address")
  @ResponseStatus(HttpStatus.CREATED)
  @Needs(KeyScope.MANAGE)
  @Operation(
      summary = "Make an address for the EMR's webhooks",
      description =
          "Registers it with the EMR where that is possible. The address is shown once and is a secret; the one before it stays"
              + " good, older ones end. Everything works without webhooks too, only a little later.")
  WebhookView webhookAddress(Reach reach) {
    Connection connection = reach.connection();
    SyncController.mustRun(connection);
    EmrAccount account = connections.account(connection, Urgency.BOOKING);
    ChangeListener listener =
        connectors
            .capability(connection.emr(), account, ChangeListener.class)
            .orElseThrow(
                () ->
                    Refusal.CONFLICT
                        .because("This EMR sends no webhooks on this way in.")
                        .next("Nothing; changes arrive with the next run."));
    String secret = addresses.issue(connection);
    String path = "/vendor-hooks/" + connection.emr() + "/" + secret;
    List<AddressView> made = new ArrayList<>();
    if (listener.events().isEmpty()) {
      made.add(new AddressView(null, publicAddress.of(path).toString()));
    }
    for (String event : listener.events()) {
      made.add(new AddressView(event, publicAddress.of(path + "/" + event).toString()));
    }
    if (listener.registersItself()) {
      register(connection, listener, account, publicAddress.of(path), secret);
      return new WebhookView(made, true, "Nothing; the EMR knows the address.");
    }
    addresses.settle(connection);
    return new WebhookView(
        made, false, "Enter the address in the EMR's settings, as docs/connectors.md shows.");
  }

  private void register(
      Connection connection,
      ChangeListener listener,
      EmrAccount account,
      URI address,
      String secret) {
    boolean registered = false;
    try {
      listener.register(account, address);
      registered = true;
    } finally {
      if (registered) {
        addresses.settle(connection);
      } else {
        addresses.withdraw(connection, secret);
      }
    }
  }
}
