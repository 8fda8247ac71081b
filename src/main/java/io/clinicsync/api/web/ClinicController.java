package io.clinicsync.api.web;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import io.clinicsync.api.web.Views.ClinicView;
import io.clinicsync.api.web.Views.Listing;
import io.clinicsync.api.web.Views.SettingsView;
import io.clinicsync.clinics.Clinic;
import io.clinicsync.clinics.ClinicSettings;
import io.clinicsync.clinics.Clinics;
import io.clinicsync.tenancy.Caller;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.KeyScope;
import io.clinicsync.tenancy.OrganisationId;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.ZoneId;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Clinics and what they decide for themselves. */
@RestController
@RequestMapping("/api/v1")
@Tag(name = "Clinics")
class ClinicController {

  /** Control characters have no place in a name, and PostgreSQL takes no NUL. */
  static final String PLAIN = "[^\\p{Cntrl}]*";

  private final Clinics clinics;

  ClinicController(Clinics clinics) {
    this.clinics = clinics;
  }

  /** A clinic to create. */
  record NewClinic(
      @NotBlank
          @Size(max = 200)
          @Pattern(regexp = PLAIN, message = "must not hold control characters")
          String name,
      @NotBlank @Size(max = 64) @Known(Known.In.ZONES) String zone,
      @NotBlank @Size(max = 2) @Known(Known.In.COUNTRIES) String country,
      @NotBlank @Size(max = 3) @Known(Known.In.CURRENCIES) String currency)
      implements Json {}

  /** Classes of fields that need somebody's approval. */
  enum ApprovableClass {
    SENSITIVE,
    CLINICAL
  }

  /**
   * A clinic's settings; all of them, since leaving one out must not mean its default by accident.
   */
  @JsonAutoDetect(isGetterVisibility = JsonAutoDetect.Visibility.NONE)
  record NewSettings(
      @NotNull ClinicSettings.@Nullable Household household,
      @NotNull @Nullable Boolean marketingWithoutConsent,
      @NotNull ClinicSettings.@Nullable Pack pack,
      @NotNull @Size(max = 2) @Nullable Set<@NotNull ApprovableClass> approvedClasses,
      @NotNull @Nullable Boolean recreateDeletedContacts,
      @NotNull @Min(5) @Max(10080) @Nullable Integer reminderLeadMinutes,
      @NotNull @Min(1) @Max(720) @Nullable Integer lateCancelHours,
      @NotNull @Min(1) @Max(3650) @Nullable Integer atRiskDays,
      @NotNull @Min(2) @Max(3650) @Nullable Integer lapsedDays,
      @NotNull @Min(3) @Max(3650) @Nullable Integer lostDays,
      @Nullable @Valid Approval approval,
      @Nullable Boolean dayCounters)
      implements Json {

    /** Who releases the approved classes, and why. */
    record Approval(
        @NotBlank
            @Size(max = 200)
            @Pattern(regexp = PLAIN, message = "must not hold control characters")
            String approver,
        @NotBlank
            @Size(max = 500)
            @Pattern(regexp = PLAIN, message = "must not hold control characters")
            String reason)
        implements Json {}

    @AssertTrue(message = "must lie above at_risk_days and below lost_days")
    boolean isLapsedDaysBetween() {
      return atRiskDays == null
          || lapsedDays == null
          || lostDays == null
          || (atRiskDays < lapsedDays && lapsedDays < lostDays);
    }

    ClinicSettings settings() {
      if (household == ClinicSettings.Household.GUARDIAN) {
        throw Refusal.field(
            "household",
            "guardian needs an EMR that names guardians; use separate or primary_only");
      }
      return new ClinicSettings(
          given(household),
          given(marketingWithoutConsent),
          given(pack),
          given(approvedClasses).stream().map(Enum::name).collect(Collectors.toSet()),
          given(recreateDeletedContacts),
          given(reminderLeadMinutes),
          given(lateCancelHours),
          given(atRiskDays),
          given(lapsedDays),
          given(lostDays),
          approved(),
          Boolean.TRUE.equals(dayCounters));
    }

    private ClinicSettings.@Nullable Approval approved() {
      if (given(approvedClasses).isEmpty()) {
        return null;
      }
      if (approval == null) {
        throw Refusal.field(
            "approval",
            "names who releases these classes, and why; it is needed with approved_classes");
      }
      return new ClinicSettings.Approval(approval.approver().strip(), approval.reason().strip());
    }
  }

  static <T> T given(@Nullable T validated) {
    if (validated == null) {
      throw new IllegalStateException("A field passed validation without a value");
    }
    return validated;
  }

  @PostMapping("/clinics")
  @ResponseStatus(HttpStatus.CREATED)
  @Needs(value = KeyScope.MANAGE)
  @Operation(
      summary = "Create a clinic",
      description =
          "Needs an organisation's key. The clinic starts with default settings and without connections.")
  ClinicView create(Caller caller, @Valid @RequestBody NewClinic wanted) {
    OrganisationId organisation = caller.organisation();
    if (organisation == null) {
      throw Refusal.FORBIDDEN.because("Only an organisation's key may create clinics.");
    }
    return ClinicView.of(
        clinics.create(
            organisation,
            wanted.name().strip(),
            ZoneId.of(wanted.zone()),
            wanted.country(),
            wanted.currency()));
  }

  @GetMapping("/clinics")
  @Needs({KeyScope.MANAGE, KeyScope.READ})
  @Operation(
      summary = "List clinics",
      description = "An organisation's clinics by name; with a clinic's key, that clinic alone.")
  Listing<ClinicView> list(Caller caller) {
    OrganisationId organisation = caller.organisation();
    ClinicId own = caller.clinic();
    List<Clinic> found =
        organisation != null
            ? clinics.of(organisation)
            : own != null ? List.of(clinics.require(own)) : List.of();
    return new Listing<>(found.stream().map(ClinicView::of).toList());
  }

  @GetMapping({"/clinics/{clinicId}", "/clinic"})
  @Needs({KeyScope.MANAGE, KeyScope.READ})
  @Operation(summary = "Get a clinic", description = "Name, zone, country and currency.")
  ClinicView get(Reach reach) {
    return ClinicView.of(clinics.require(reach.clinic()));
  }

  @GetMapping({"/clinics/{clinicId}/settings", "/settings"})
  @Needs({KeyScope.MANAGE, KeyScope.READ})
  @Operation(
      summary = "Get a clinic's settings",
      description = "What the clinic decided about households, consent, fields and days.")
  SettingsView settings(Reach reach) {
    return SettingsView.of(clinics.require(reach.clinic()).settings());
  }

  @PutMapping({"/clinics/{clinicId}/settings", "/settings"})
  @Needs(value = KeyScope.MANAGE, wholeClinic = true)
  @Operation(
      summary = "Replace a clinic's settings",
      description =
          "All settings must be sent. Facts that depend on them follow with each patient's next change or day.")
  SettingsView change(Reach reach, @Valid @RequestBody NewSettings wanted) {
    OrganisationId organisation = clinics.require(reach.clinic()).organisation();
    return SettingsView.of(
        clinics.change(organisation, reach.clinic(), wanted.settings()).settings());
  }
}
