package io.clinicsync.ghl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.clinicsync.VendorSpecs;
import io.clinicsync.ghl.GhlException.Kind;
import io.clinicsync.http.TestHttp;
import io.clinicsync.sandbox.SandboxServer;
import io.clinicsync.sandbox.ghl.GhlLocation;
import io.clinicsync.sandbox.ghl.GhlSimulator;
import io.clinicsync.sandbox.server.Fault;
import io.clinicsync.sandbox.server.FaultKind;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The client against the simulated vendor, which keeps state, quotas and single-use refresh tokens.
 */
class GhlSandboxTests {

  private static SandboxServer sandbox;
  private static TestHttp outbound;

  private final RecordingHttp http = new RecordingHttp(outbound);
  private final SeenPermits permits = new SeenPermits();
  private GhlLocation location;
  private GhlAccount account;
  private GhlApi api;

  @BeforeAll
  static void start() {
    sandbox = SandboxServer.start(0);
    outbound = new TestHttp(Clock.systemUTC(), Thread::sleep);
  }

  @AfterAll
  static void stop() {
    outbound.close();
    sandbox.close();
  }

  @BeforeEach
  void connect() {
    sandbox.reset();
    location = sandbox.ghl().createLocation("Harbour", "AU", ZoneId.of("Australia/Hobart"));
    location.searchLag(Duration.ZERO);
    account = new GhlAccount(new UUID(0, 1), location.id(), sandbox.ghlBase(), false);
    use(new InMemoryGhlTokens(sandbox.clock(), location.token(), null, null));
  }

  @Test
  void aContactIsCreatedFoundAndChangedAndEverythingSentIsStored() {
    GhlCustomField patientId = api.createField(account, "Patient ID", "TEXT");
    GhlCustomField visits = api.createField(account, "Visits", "NUMERICAL");
    GhlCustomField next = api.createField(account, "Next Visit On", "DATE");
    GhlContactWrite write =
        new GhlContactWrite(
            Map.of(
                GhlContactField.FIRST_NAME, "Ava",
                GhlContactField.LAST_NAME, "Reed",
                GhlContactField.EMAIL, "ava@example.org",
                GhlContactField.PHONE, "+61491570156",
                GhlContactField.DATE_OF_BIRTH, "1991-04-30"),
            Map.of(
                patientId.id(),
                "700100",
                visits.id(),
                new BigDecimal("3"),
                next.id(),
                "2026-03-12"),
            Set.of(GhlChannel.SMS));

    GhlContact created = api.createContact(account, write);

    assertThat(write.notAppliedIn(created)).isEmpty();
    assertThat(write.notAppliedIn(api.contact(account, created.id()).orElseThrow())).isEmpty();
    assertThat(found("email", "ava@example.org"))
        .extracting(GhlContact::id)
        .containsExactly(created.id());
    assertThat(found("phone", "+61491570156"))
        .extracting(GhlContact::id)
        .containsExactly(created.id());
    assertThat(api.findByCustomField(account, patientId.id(), "700100"))
        .extracting(GhlContact::id)
        .containsExactly(created.id());

    GhlContactWrite change =
        new GhlContactWrite(
            Map.of(GhlContactField.CITY, "Hobart"),
            Map.of(visits.id(), new BigDecimal("4")),
            Set.of());
    GhlContact changed = api.updateContact(account, created.id(), change);
    assertThat(change.notAppliedIn(changed)).isEmpty();
    assertThat(changed.find(GhlContactField.EMAIL)).contains("ava@example.org");
    assertThat(changed.closedChannels()).contains(GhlChannel.SMS);
  }

  private List<GhlContact> found(String field, String value) {
    return api.findAny(account, List.of(Map.entry(field, value)));
  }

  @Test
  void fieldsAreFoundByKeyAfterARename() {
    GhlCustomField field = api.createField(account, "Last Visit At", "TEXT");
    api.renameField(account, field.id(), "Seen last");
    assertThat(api.customFields(account).byKey("last_visit_at").orElseThrow().name())
        .isEqualTo("Seen last");
  }

  @Test
  void tagsComeAndGoWithoutTouchingOthers() {
    GhlContact contact = create("ava@example.org");
    api.addTags(account, contact.id(), List.of("VIP", "lapsed"));
    api.removeTags(account, contact.id(), List.of("lapsed"));
    assertThat(api.contact(account, contact.id()).orElseThrow().tags()).containsExactly("vip");
  }

  @Test
  void aRefusedDuplicateNamesTheHolder() {
    location.duplicates(false, List.of("email", "phone"));
    GhlContact holder = create("ava@example.org");
    GhlException refused =
        catchThrowableOfType(GhlException.class, () -> create("ava@example.org"));
    assertThat(refused.kind()).isEqualTo(Kind.DUPLICATE);
    assertThat(refused.contactId()).contains(holder.id());
    assertThat(refused.matchingField()).contains("email");
  }

  @Test
  void aSilentlyDroppedFieldIsSeenInTheAnswer() {
    GhlCustomField field = api.createField(account, "Visits", "NUMERICAL");
    GhlContact contact = create("ava@example.org");
    sandbox.faults().set(Fault.of(FaultKind.DROP_FIELD).field(field.id()));
    GhlContactWrite write =
        new GhlContactWrite(Map.of(), Map.of(field.id(), new BigDecimal("7")), Set.of());
    assertThat(write.notAppliedIn(api.updateContact(account, contact.id(), write)))
        .containsExactly(field.id());
  }

  @Test
  void aCreateAnsweredWith422MayHaveCreatedAndIsFoundByLookingFirst() {
    sandbox.faults().set(Fault.of(FaultKind.APPLIED_BUT_422));
    GhlException refused =
        catchThrowableOfType(GhlException.class, () -> create("ava@example.org"));
    sandbox.faults().clear();
    assertThat(refused.mustLookFirst()).isTrue();
    assertThat(found("email", "ava@example.org")).hasSize(1);
  }

  @Test
  void aLostAnswerToACreateIsOfUnknownOutcome() {
    sandbox.faults().set(Fault.of(FaultKind.LOST_ANSWER));
    GhlException lost = catchThrowableOfType(GhlException.class, () -> create("ava@example.org"));
    sandbox.faults().clear();
    assertThat(lost.kind()).isEqualTo(Kind.OUTCOME_UNKNOWN);
    assertThat(found("email", "ava@example.org")).hasSize(1);
  }

  @Test
  void aDeletedContactIsGoneAndNoFailure() {
    GhlContact contact = create("ava@example.org");
    location.edits().deleteContact(contact.id());
    assertThat(api.contact(account, contact.id())).isEmpty();
  }

  @Test
  void allContactsAreReadPageByPageOnce() {
    for (int number = 0; number < 250; number++) {
      location
          .edits()
          .createContact(Map.of("firstName", "P" + number, "email", "p" + number + "@example.org"));
    }
    List<String> ids = new ArrayList<>();
    List<String> after = List.of();
    for (int page = 0; page < 10; page++) {
      List<GhlContact> contacts = api.contacts(account, after);
      if (contacts.isEmpty()) {
        break;
      }
      contacts.forEach(each -> ids.add(each.id()));
      after = contacts.getLast().searchAfter();
    }
    assertThat(ids)
        .doesNotHaveDuplicates()
        .containsExactlyInAnyOrderElementsOf(location.contactIds());
  }

  @Test
  void readinessReadsLocationTagsCalendarsAndWorkflows() {
    assertThat(api.location(account).zone()).isEqualTo(ZoneId.of("Australia/Hobart"));
    assertThat(api.calendars(account)).extracting(GhlCalendar::id).contains(location.calendarId());
    assertThat(api.tags(account)).isNotNull();
    Instant now = sandbox.clock().instant();
    assertThat(api.events(account, location.calendarId(), now, now.plusSeconds(3600))).isEmpty();
    assertThat(permits.seen).allMatch(seen -> seen.contains(" left for PT10S"));
  }

  @Test
  void aTimeIsBlockedMovedFoundAndFreed() {
    ZoneId hobart = ZoneId.of("Australia/Hobart");
    Instant start = Instant.parse("2027-03-09T23:00:00Z");
    Instant end = start.plusSeconds(1800);
    GhlBlockSlots blocks = api.blockSlots();
    GhlBlock made =
        blocks.create(
            account, new GhlBlockSlots.Wanted(location.calendarId(), "Busy", start, end, hobart));
    assertThat(made.startsAt()).isEqualTo(start);
    assertThat(made.endsAt()).isEqualTo(end);
    GhlBlockSlots.Wanted later =
        new GhlBlockSlots.Wanted(
            location.calendarId(), "Busy", start.plusSeconds(3600), end.plusSeconds(3600), hobart);
    assertThat(blocks.update(account, made.id(), later).startsAt()).isEqualTo(later.startsAt());
    assertThat(blocks.list(account, location.calendarId(), start, end)).isEmpty();
    assertThat(blocks.list(account, location.calendarId(), later.startsAt(), later.endsAt()))
        .containsExactly(
            new GhlBlock(
                made.id(), location.calendarId(), "Busy", later.startsAt(), later.endsAt(), false));
    blocks.delete(account, made.id());
    assertThat(kind(() -> blocks.delete(account, made.id()))).isEqualTo(Kind.NOT_FOUND);
    assertThat(kind(() -> blocks.update(account, made.id(), later))).isEqualTo(Kind.NOT_FOUND);
    assertThat(
            kind(
                () ->
                    blocks.create(
                        account, new GhlBlockSlots.Wanted("nowhere", "Busy", start, end, hobart))))
        .isEqualTo(Kind.NOT_FOUND);
  }

  private static Kind kind(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    return catchThrowableOfType(GhlException.class, call).kind();
  }

  @Test
  void anotherLocationsTokenIsRefused() {
    GhlLocation other =
        sandbox.ghl().createLocation("Elsewhere", "AU", ZoneId.of("Australia/Perth"));
    use(new InMemoryGhlTokens(sandbox.clock(), other.token(), null, null));
    assertThat(catchThrowableOfType(GhlException.class, () -> api.location(account)).kind())
        .isEqualTo(Kind.WRONG_LOCATION);
  }

  @Test
  void anInstallIsExchangedAndRenewedOnceWhenItExpires() {
    GhlGrant grant = oauth().exchange(account, sandbox.ghl().authorizationCode(location.id()));
    assertThat(grant.locationId()).isEqualTo(location.id());
    InMemoryGhlTokens stored =
        new InMemoryGhlTokens(
            sandbox.clock(),
            grant.accessToken(),
            grant.refreshToken(),
            sandbox.clock().instant().plus(grant.lifetime()));
    use(stored);
    sandbox.ghl().expireAccessTokens();
    assertThat(api.location(account).id()).isEqualTo(location.id());
    assertThat(stored.stored).isEqualTo(1);
    assertThat(
            catchThrowableOfType(
                    GhlException.class,
                    () -> oauth().refresh(account, String.valueOf(grant.refreshToken())))
                .kind())
        .isEqualTo(Kind.UNAUTHORISED);
  }

  @Test
  void anAgencyMintsATokenForItsLocation() {
    GhlGrant agency = oauth().exchange(account, sandbox.ghl().agencyAuthorizationCode());
    assertThat(agency.agency()).isTrue();
    GhlTokens.Agency installer =
        new GhlTokens.Agency(GhlSimulator.COMPANY_ID, agency.accessToken());
    assertThat(oauth().installedLocations(account, installer))
        .extracting(GhlOAuth.Installed::locationId)
        .contains(location.id());
    GhlGrant minted = oauth().locationToken(account, installer);
    use(new InMemoryGhlTokens(sandbox.clock(), minted.accessToken(), minted.refreshToken(), null));
    assertThat(api.location(account).name()).isEqualTo("Harbour");
  }

  @Test
  void everyCallAndAnswerIsAsTheVendorDescribesIt() {
    VendorSpecs specs = VendorSpecs.ghl();
    aContactIsCreatedFoundAndChangedAndEverythingSentIsStored();
    fieldsAreFoundByKeyAfterARename();
    GhlContact contact =
        api.createContact(
            account,
            new GhlContactWrite(
                Map.of(
                    GhlContactField.FIRST_NAME, "Bea",
                    GhlContactField.EMAIL, "bea@example.org",
                    GhlContactField.ADDRESS, "4 Elm Rd",
                    GhlContactField.CITY, "Hobart",
                    GhlContactField.STATE, "TAS",
                    GhlContactField.POSTAL_CODE, "7000",
                    GhlContactField.COUNTRY, "AU",
                    GhlContactField.SOURCE, "EMR"),
                Map.of(),
                Set.of()));
    api.addTags(account, contact.id(), List.of("vip"));
    api.removeTags(account, contact.id(), List.of("vip"));
    api.contacts(account, api.contacts(account, List.of()).getLast().searchAfter());
    readinessReadsLocationTagsCalendarsAndWorkflows();
    aTimeIsBlockedMovedFoundAndFreed();
    anInstallIsExchangedAndRenewedOnceWhenItExpires();
    anAgencyMintsATokenForItsLocation();

    List<String> violations = new ArrayList<>();
    for (RecordingHttp.Exchange each : http.exchanges) {
      byte[] sent = each.call().body();
      Map<String, String> received = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
      each.answer()
          .headers()
          .map()
          .forEach((name, values) -> received.put(name, values.getFirst()));
      specs
          .check(
              each.call().method(),
              each.call().uri(),
              each.call().headers(),
              sent == null ? null : new String(sent, StandardCharsets.UTF_8),
              each.answer().status(),
              received,
              each.answer().text())
          .forEach(violation -> violations.add(violation.toString()));
    }
    assertThat(violations).isEmpty();
    assertThat(http.exchanges).hasSizeGreaterThan(20);
  }

  private void use(InMemoryGhlTokens other) {

    GhlRenewal renewal =
        new GhlRenewal(other, oauth(), sandbox.clock(), time -> LockSupport.parkNanos(1_000_000));
    api = new GhlApi(http, permits, renewal);
  }

  private GhlOAuth oauth() {
    GhlApp app =
        new GhlApp(
            GhlSimulator.CLIENT_ID,
            GhlSimulator.CLIENT_SECRET,
            GhlApp.PUBLIC_AUTHORIZE_PAGE,
            URI.create("https://example.org/back"),
            GhlApp.SCOPES);
    return new GhlOAuth(app, http, permits);
  }

  private GhlContact create(String email) {
    return api.createContact(
        account,
        new GhlContactWrite(
            Map.of(GhlContactField.FIRST_NAME, "Ava", GhlContactField.EMAIL, email),
            Map.of(),
            Set.of()));
  }
}
