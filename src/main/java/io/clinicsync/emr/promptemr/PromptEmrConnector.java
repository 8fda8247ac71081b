package io.clinicsync.emr.promptemr;

import io.clinicsync.emr.spi.AccessWay;
import io.clinicsync.emr.spi.Auth;
import io.clinicsync.emr.spi.Capability;
import io.clinicsync.emr.spi.ConnectionCheck;
import io.clinicsync.emr.spi.CredentialField;
import io.clinicsync.emr.spi.Credentials;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrConnector;
import io.clinicsync.emr.spi.EmrDescriptor;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.emr.spi.ImportedRows;
import io.clinicsync.emr.spi.RateLimit;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/** PromptEMR, by the reports a clinic exports and hands over. Nothing of Prompt's is called. */
@Component
class PromptEmrConnector implements EmrConnector {

  static final String WAY = "exports";

  /** What the clinic is called in Prompt; no secret. */
  static final String PRACTICE = "practice";

  /** Prompt's number of the clinic, from the address of its online scheduling. */
  static final String WORKSPACE = "workspace";

  /** Of the clinic's own pages; for links only. */
  private static final URI BASE = URI.create("https://go.promptemr.com");

  /** Our own store is what is read; the figure only keeps one connection from crowding others. */
  private static final RateLimit LIMIT =
      new RateLimit(100, Duration.ofSeconds(1), RateLimit.Scope.ACCOUNT, 4, 10);

  private static final EmrDescriptor DESCRIPTOR =
      new EmrDescriptor("promptemr", "PromptEMR", List.of(way()));

  private final List<Capability> capabilities;
  private final List<Capability> withPage;

  PromptEmrConnector(ImportedRows imported) {
    PromptEmrRows rows = new PromptEmrRows(imported);
    capabilities =
        List.of(
            new PromptEmrIntake(),
            new PromptEmrPatients(rows),
            new PromptEmrVisits(rows),
            new PromptEmrCharges(rows),
            new PromptEmrCatalogue(imported));
    withPage = Stream.concat(capabilities.stream(), Stream.of(new PromptEmrBookingPage())).toList();
  }

  private static AccessWay way() {
    return new AccessWay(
        WAY,
        "Exported reports",
        new Auth.HandedOver(),
        List.of(
            new CredentialField(
                PRACTICE,
                "Practice",
                false,
                true,
                "The practice's name as it stands on Prompt's reports."),
            new CredentialField(
                WORKSPACE,
                "Workspace number",
                false,
                false,
                "The number behind w= in the address of your online scheduling page; tells two"
                    + " practices apart, and leads patients there.")),
        LIMIT,
        List.of("^go\\.promptemr\\.com$"),
        false);
  }

  @Override
  public EmrDescriptor descriptor() {
    return DESCRIPTOR;
  }

  @Override
  public URI base(AccessWay way, Credentials credentials) {
    return BASE;
  }

  @Override
  public List<Capability> capabilities(EmrAccount account) {
    return PromptEmrBookingPage.workspace(account.credentials()).isPresent()
        ? withPage
        : capabilities;
  }

  /** {@inheritDoc} There is nobody to ask; only the form of what was typed can be wrong. */
  @Override
  public ConnectionCheck check(EmrAccount account) {
    String practice = account.credentials().find(PRACTICE).map(String::strip).orElse("");
    String typed = account.credentials().find(WORKSPACE).map(String::strip).orElse(null);
    String workspace = PromptEmrBookingPage.workspace(account.credentials()).orElse(null);
    if (practice.isEmpty() || practice.length() > 200) {
      return refused("Enter the practice's name as it stands on Prompt's reports.");
    }
    if (typed != null && workspace == null) {
      return refused(
          "The workspace number has digits only: the number behind w= in the address of your"
              + " online scheduling page. It may be left out.");
    }
    return new ConnectionCheck.Works(practice, workspace, null, "US", "USD");
  }

  private static ConnectionCheck refused(String advice) {
    return new ConnectionCheck.Fails(EmrException.Kind.CREDENTIALS_REJECTED, advice);
  }
}
