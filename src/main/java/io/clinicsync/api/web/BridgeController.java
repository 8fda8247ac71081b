package io.clinicsync.api.web;

import io.clinicsync.api.PublicAddress;
import io.clinicsync.api.web.Views.Listing;
import io.clinicsync.bridge.Calendars;
import io.clinicsync.bridge.Calendars.Meaning;
import io.clinicsync.bridge.HookAddresses;
import io.clinicsync.bridge.HookCalls;
import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.clinics.Connection;
import io.clinicsync.tenancy.KeyScope;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** How GoHighLevel's workflows reach an EMR. */
@RestController
@RequestMapping({"/api/v1/clinics/{clinicId}", "/api/v1"})
@Tag(name = "Workflow webhooks")
class BridgeController {

  private final HookAddresses addresses;
  private final Calendars calendars;
  private final HookCalls calls;
  private final PublicAddress address;

  BridgeController(
      HookAddresses addresses, Calendars calendars, HookCalls calls, PublicAddress address) {
    this.addresses = addresses;
    this.calendars = calendars;
    this.calls = calls;
    this.address = address;
  }

  /** An address for workflows; shown once. {@code toString} shows nothing. */
  record HookAddress(String address) implements Json {
    @Override
    public String toString() {
      return "HookAddress";
    }
  }

  /**
   * What a calendar of GoHighLevel stands for: ids, e-mails or names of the EMR.
   *
   * @param mirror whether the practitioner's taken times are blocked there; false unless said,
   *     since it writes into the calendar
   */
  record CalendarMeaning(
      @Nullable @Size(max = 200) String practitioner,
      @Nullable @Size(max = 200) String treatment,
      @Nullable @Size(max = 200) String site,
      @Nullable @Size(max = 200) String room,
      @Nullable Boolean mirror)
      implements Json {}

  /** A calendar and what it stands for. */
  record CalendarView(
      String calendar,
      @Nullable String practitioner,
      @Nullable String treatment,
      @Nullable String site,
      @Nullable String room,
      boolean mirror)
      implements Json {

    static CalendarView of(Meaning meaning) {
      return new CalendarView(
          meaning.calendar(),
          meaning.practitioner(),
          meaning.treatment(),
          meaning.site(),
          meaning.room(),
          meaning.mirror());
    }
  }

  /** Whether an appointment the EMR refused is cancelled in GoHighLevel, or left. */
  record RefusalSetting(@NotNull Boolean cancelInGhl) implements Json {}

  /** A call without a key, and what it came to. */
  record CallView(
      Instant at,
      String path,
      @Nullable UUID connection,
      @Nullable String ghlAppointment,
      String code)
      implements Json {

    static CallView of(HookCalls.Call call) {
      ConnectionId connection = call.connection();
      return new CallView(
          call.at(),
          call.path(),
          connection == null ? null : connection.value(),
          call.ghlAppointment(),
          call.code());
    }
  }

  @PostMapping("/connections/{connectionId}/hook-address")
  @ResponseStatus(HttpStatus.CREATED)
  @Needs(value = KeyScope.MANAGE, wholeClinic = true)
  @Operation(
      summary = "Get an address for workflows",
      description =
          "Paste it into the workflow action Webhook. It is shown once; the one before it stays live, older ones end.")
  HookAddress address(Reach reach) {
    return new HookAddress(address.of("/hooks/" + addresses.issue(reach.connection())).toString());
  }

  @DeleteMapping("/connections/{connectionId}/hook-address")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  @Needs(value = KeyScope.MANAGE, wholeClinic = true)
  @Operation(
      summary = "End the addresses for workflows",
      description =
          "All of the connection's addresses end at once and answer like unknown ones; workflows that call them must get a new"
              + " one. Ending what was never made is fine.")
  void endAddresses(Reach reach) {
    addresses.revoke(reach.connection());
  }

  @GetMapping("/connections/{connectionId}/calendars")
  @Needs({KeyScope.MANAGE, KeyScope.READ})
  @Operation(
      summary = "List mapped calendars",
      description = "Calendars of GoHighLevel whose practitioner or treatment was said.")
  Listing<CalendarView> calendars(Reach reach) {
    Connection connection = reach.connection();
    return new Listing<>(
        calendars.of(connection.clinic(), connection.id()).stream().map(CalendarView::of).toList());
  }

  @PutMapping("/connections/{connectionId}/calendars/{calendar}")
  @Needs(value = KeyScope.MANAGE, wholeClinic = true)
  @Operation(
      summary = "Map a calendar",
      description =
          "Says whom, what and where the calendar stands for. It wins over what a workflow sends in its custom data. With both"
              + " practitioner and treatment it is also looked at every ten minutes for what no webhook told of. With mirror,"
              + " the practitioner's taken times of the next 60 days are blocked in it, without names; without it, what was"
              + " blocked before is taken out again.")
  CalendarView map(
      Reach reach, @PathVariable String calendar, @Valid @RequestBody CalendarMeaning wanted) {
    Connection connection = reach.connection();
    Meaning meaning =
        new Meaning(
            known(calendar),
            filled(wanted.practitioner()),
            filled(wanted.treatment()),
            filled(wanted.site()),
            filled(wanted.room()),
            Boolean.TRUE.equals(wanted.mirror()));
    if (meaning.mirror()) {
      checkMirrored(connection, meaning.practitioner());
    }
    calendars.set(connection.clinic(), connection.id(), meaning);
    return CalendarView.of(meaning);
  }

  /** Whose diary is shown must be certain, or a stranger's times would be blocked. */
  private void checkMirrored(Connection connection, @Nullable String practitioner) {
    if (practitioner == null) {
      throw Refusal.field("practitioner", "must be said where mirror is true");
    }
    if (!calendars.knowsPractitioner(connection.clinic(), connection.id(), practitioner)) {
      throw Refusal.field(
          "practitioner",
          "must be the id, e-mail or exact name of one practitioner where mirror is true");
    }
  }

  /** GoHighLevel's ids are letters and digits; which of them exist is its own business. */
  private static String known(String calendar) {
    if (!calendar.matches("[A-Za-z0-9_-]{1,64}")) {
      throw Refusal.field("calendar", "must be a calendar's id in GoHighLevel");
    }
    return calendar;
  }

  private static @Nullable String filled(@Nullable String text) {
    return text == null || text.isBlank() ? null : text.strip();
  }

  @DeleteMapping("/connections/{connectionId}/calendars/{calendar}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  @Needs(value = KeyScope.MANAGE, wholeClinic = true)
  @Operation(
      summary = "Forget a calendar's mapping",
      description = "Workflows choose again; forgetting what was not mapped is fine.")
  void unmap(Reach reach, @PathVariable String calendar) {
    Connection connection = reach.connection();
    calendars.remove(connection.clinic(), connection.id(), known(calendar));
  }

  @PutMapping("/refusals")
  @Needs(value = KeyScope.MANAGE, wholeClinic = true)
  @Operation(
      summary = "Say what a refusal does",
      description =
          "Whether an appointment the EMR refused is cancelled in GoHighLevel, or left as it is. The contact gets a tag and a"
              + " note either way.")
  RefusalSetting refusals(Reach reach, @Valid @RequestBody RefusalSetting wanted) {
    calendars.cancelRefused(reach.clinic(), wanted.cancelInGhl());
    return wanted;
  }

  @GetMapping("/hook-calls")
  @Needs(
      value = {KeyScope.MANAGE, KeyScope.READ},
      wholeClinic = true)
  @Operation(
      summary = "List calls without a key",
      description =
          "Latest first, refused ones too, and what looks at calendars found; for thirty days.")
  Listing<CallView> calls(
      Reach reach, @RequestParam(defaultValue = "50") @Min(1) @Max(200) int limit) {
    return new Listing<>(calls.latest(reach.clinic(), limit).stream().map(CallView::of).toList());
  }
}
