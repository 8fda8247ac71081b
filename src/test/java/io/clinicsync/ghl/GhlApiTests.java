package io.clinicsync.ghl;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.absent;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.deleteRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.equalToJson;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.putRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.github.tomakehurst.wiremock.http.Fault;
import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import io.clinicsync.ghl.GhlException.Kind;
import io.clinicsync.http.HttpCall;
import io.clinicsync.http.Lane;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GhlApiTests {

  private static final InstantSource CLOCK =
      InstantSource.fixed(Instant.parse("2026-03-10T01:00:00Z"));

  @RegisterExtension
  static final WireMockExtension VENDOR = WireMockExtension.newInstance().build();

  private final DirectHttp http = new DirectHttp();
  private final SeenPermits permits = new SeenPermits();
  private GhlAccount account;
  private GhlApi api;
  private GhlOAuth oauth;

  @BeforeEach
  void connect() {
    account = new GhlAccount(new UUID(0, 1), "loc1", URI.create(VENDOR.baseUrl()), false);
    GhlApp app =
        new GhlApp(
            "app1-x9",
            "app-secret",
            GhlApp.PUBLIC_AUTHORIZE_PAGE,
            URI.create("https://example.org/ghl/back"),
            List.of("contacts.readonly", "locations/tags.write"));
    oauth = new GhlOAuth(app, http, permits);
    api =
        new GhlApi(http, permits, new InMemoryGhlTokens(CLOCK, "pit-1", null, null), oauth, CLOCK);
  }

  @Test
  void aContactIsReadWithVersionAndToken() {
    answers(
        """
        {"contact":{"id":"c1","locationId":"loc1","firstName":"Ava","email":"ava@example.org","phone":"+61491570156",
         "dateOfBirth":"1991-04-30T00:00:00.000Z","tags":["vip"],"dnd":false,
         "dndSettings":{"SMS":{"status":"active","message":"x","code":"101"},"Email":{"status":"inactive"},"Call":{"status":"permanent"}},
         "customFields":[{"id":"f1","value":"Yes"},{"id":"f2","value":12.50},{"id":"f3","value":["a","b"]},{"id":"f4","value":null}],
         "somethingNew":{"x":1}},"traceId":"t"}
        """);

    GhlContact contact = api.contact(account, "c1").orElseThrow();

    assertThat(contact.find(GhlContactField.FIRST_NAME)).contains("Ava");
    assertThat(contact.birthDate().orElseThrow()).hasToString("1991-04-30");
    assertThat(contact.closedChannels()).containsExactlyInAnyOrder(GhlChannel.SMS, GhlChannel.CALL);
    assertThat(contact.customFields())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of("f1", "Yes", "f2", new BigDecimal("12.5"), "f3", List.of("a", "b")));
    VENDOR.verify(
        getRequestedFor(urlEqualTo("/contacts/c1"))
            .withHeader("Version", equalTo("2021-07-28"))
            .withHeader("Authorization", equalTo("Bearer pit-1"))
            .withHeader("Accept", equalTo("application/json")));
  }

  @Test
  void anUpdateGoesByIdAndHoldsOnlyWhatChanges() {
    answers("{\"succeded\":true,\"contact\":{\"id\":\"c1\",\"city\":\"Hobart\"}}");

    api.updateContact(
        account,
        "c1",
        new GhlContactWrite(
            Map.of(GhlContactField.CITY, "Hobart"),
            Map.of("f1", new BigDecimal("12.5")),
            Set.of(GhlChannel.SMS)));

    VENDOR.verify(
        putRequestedFor(urlEqualTo("/contacts/c1"))
            .withRequestBody(
                equalToJson(
                    """
                    {"city":"Hobart","customFields":[{"id":"f1","field_value":12.5}],"dndSettings":{"SMS":{"status":"active"}}}
                    """)));
  }

  @Test
  void aCreateNamesTheLocationAndNoTags() {
    answers("{\"contact\":{\"id\":\"c9\"}}");
    GhlContactWrite write =
        new GhlContactWrite(Map.of(GhlContactField.FIRST_NAME, "Ava"), Map.of(), Set.of());

    assertThat(api.createContact(account, write).id()).isEqualTo("c9");

    VENDOR.verify(
        postRequestedFor(urlEqualTo("/contacts/"))
            .withRequestBody(equalToJson("{\"firstName\":\"Ava\",\"locationId\":\"loc1\"}")));
    assertThat(http.calls.getLast().repeatable()).isFalse();
  }

  @Test
  void ourPatientIdIsSearchedByFieldId() {
    answers("{\"contacts\":[{\"id\":\"c1\",\"searchAfter\":[1700000000000,\"c1\"]}],\"total\":1}");

    assertThat(api.findByCustomField(account, "f7", "700100"))
        .extracting(GhlContact::id)
        .containsExactly("c1");

    VENDOR.verify(
        postRequestedFor(urlEqualTo("/contacts/search"))
            .withRequestBody(
                equalToJson(
                    """
                    {"locationId":"loc1","pageLimit":100,"filters":[{"field":"customFields.f7","operator":"eq","value":"700100"}]}
                    """)));
  }

  @Test
  void theNextPageOfContactsSendsTheCursorAsItCame() {
    answers("{\"contacts\":[],\"total\":0}");
    api.contacts(account, List.of("1700000000000", "c1"));
    VENDOR.verify(
        postRequestedFor(urlEqualTo("/contacts/search"))
            .withRequestBody(
                equalToJson(
                    """
                    {"locationId":"loc1","pageLimit":100,"sort":[{"field":"dateAdded","direction":"asc"}],
                     "searchAfter":[1700000000000,"c1"]}
                    """)));
  }

  @Test
  void tagsAreAddedAndRemovedOnTheirOwnEndpoints() {
    answers("{\"tags\":[\"lapsed\"]}");
    api.addTags(account, "c1", List.of("lapsed"));
    api.removeTags(account, "c1", List.of("active"));
    api.removeTags(account, "c1", List.of());
    VENDOR.verify(
        1,
        postRequestedFor(urlEqualTo("/contacts/c1/tags"))
            .withRequestBody(equalToJson("{\"tags\":[\"lapsed\"]}")));
    VENDOR.verify(
        1,
        deleteRequestedFor(urlEqualTo("/contacts/c1/tags"))
            .withRequestBody(equalToJson("{\"tags\":[\"active\"]}")));
  }

  @Test
  void customFieldsAreFoundByKeyWithAndWithoutPrefix() {
    answers(
        """
        {"customFields":[{"id":"f1","name":"Patient ID","fieldKey":"contact.patient_id","dataType":"TEXT","model":"contact"},
         {"id":"f2","name":"Colour","fieldKey":"contact.colour","dataType":"SINGLE_OPTIONS","picklistOptions":["Red"],"parentId":"p1"}]}
        """);
    GhlCustomFields fields = api.customFields(account);
    assertThat(fields.byKey("patient_id").orElseThrow().id()).isEqualTo("f1");
    assertThat(fields.byKey("contact.Patient_ID").orElseThrow().id()).isEqualTo("f1");
    assertThat(fields.byId("f2").orElseThrow().options()).containsExactly("Red");
    VENDOR.verify(getRequestedFor(urlEqualTo("/locations/loc1/customFields?model=contact")));
  }

  @Test
  void aFieldIsCreatedForContacts() {
    answers(
        "{\"customField\":{\"id\":\"f9\",\"name\":\"Visits\",\"fieldKey\":\"contact.visits\",\"dataType\":\"NUMERICAL\"}}");
    assertThat(api.createField(account, "Visits", "NUMERICAL").key()).isEqualTo("visits");
    api.renameField(account, "f9", "Visits");
    VENDOR.verify(
        postRequestedFor(urlEqualTo("/locations/loc1/customFields"))
            .withRequestBody(
                equalToJson(
                    "{\"name\":\"Visits\",\"dataType\":\"NUMERICAL\",\"model\":\"contact\"}")));
    VENDOR.verify(
        putRequestedFor(urlEqualTo("/locations/loc1/customFields/f9"))
            .withRequestBody(equalToJson("{\"name\":\"Visits\"}")));
  }

  @Test
  void theLocationTellsZoneAndDuplicateSetting() {
    answers(
        "{\"location\":{\"id\":\"loc1\",\"companyId\":\"co1\",\"name\":\"Demo\",\"timezone\":\"Australia/Hobart\",\"country\":\"AU\",\"settings\":{\"allowDuplicateContact\":false}}}");
    assertThat(api.location(account))
        .isEqualTo(
            new GhlLocation("loc1", "co1", "Demo", ZoneId.of("Australia/Hobart"), "AU", false));
  }

  @Test
  void calendarsUseTheirOwnVersion() {
    answers(
        "{\"calendars\":[{\"id\":\"cal1\",\"name\":\"Physio\",\"calendarType\":\"personal\",\"isActive\":true}]}");
    assertThat(api.calendars(account))
        .containsExactly(new GhlCalendar("cal1", "Physio", "personal", true));
    VENDOR.verify(
        getRequestedFor(urlEqualTo("/calendars/?locationId=loc1"))
            .withHeader("Version", equalTo("2021-04-15")));
  }

  @Test
  void anAppointmentIsReadWithItsOffsetAndMisspeltStatus() {
    answers(
        """
        {"event":{"id":"e1","calendarId":"cal1","locationId":"loc1","contactId":"c1","appoinmentStatus":"confirmed",
         "startTime":"2026-03-12T09:30:00+11:00","endTime":"2026-03-12T10:00:00+11:00","createdBy":{"source":"booking_widget"}}}
        """);
    GhlEvent event = api.appointment(account, "e1").orElseThrow();
    assertThat(event.startsAt()).isEqualTo(Instant.parse("2026-03-11T22:30:00Z"));
    assertThat(event.status()).isEqualTo("confirmed");
  }

  @Test
  void aZonelessAppointmentTimeIsRefusedRatherThanGuessed() {
    answers(
        "{\"event\":{\"id\":\"e1\",\"appointmentStatus\":\"new\",\"startTime\":\"2026-03-12 09:30:00\"}}");
    assertThat(failure(api -> api.appointment(account, "e1")).kind())
        .isEqualTo(Kind.CONTRACT_BROKEN);
  }

  @Test
  void eventsTagsWorkflowsAndUsersAreListed() {
    answers(
        """
        {"events":[{"id":"e1","appointmentStatus":"cancelled","startTime":"2026-03-12T09:30:00+11:00","deleted":true}],
         "tags":[{"id":"t1","name":"vip"}],"workflows":[{"id":"w1","name":"Bridge","status":"published"}],
         "users":[{"id":"u1","name":"Mara","email":"mara@example.org"}]}
        """);
    Instant from = Instant.parse("2026-03-12T00:00:00Z");
    assertThat(api.events(account, "cal1", from, from.plusSeconds(60)))
        .extracting(GhlEvent::deleted)
        .containsExactly(true);
    assertThat(api.tags(account)).containsExactly(new GhlNamed("t1", "vip", null));
    assertThat(api.workflows(account)).containsExactly(new GhlNamed("w1", "Bridge", "published"));
    assertThat(api.users(account, "co1")).extracting(GhlUser::id).containsExactly("u1");
    VENDOR.verify(
        getRequestedFor(
            urlEqualTo(
                "/calendars/events?locationId=loc1&calendarId=cal1&startTime=1773273600000&endTime=1773273660000")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "401 | {\"statusCode\":401,\"message\":\"Invalid JWT\",\"error\":\"Unauthorized\"} | UNAUTHORISED",
        "401 | {\"statusCode\":401,\"message\":\"The token is not authorized for this scope.\"} | MISSING_SCOPE",
        "401 | {\"statusCode\":401,\"message\":\"This authClass type is not allowed to access this scope.\"} | MISSING_SCOPE",
        "403 | {\"statusCode\":403,\"message\":\"The token does not have access to this location.\"} | WRONG_LOCATION",
        "403 | {\"statusCode\":403,\"message\":\"Forbidden resource\"} | MISSING_SCOPE",
        "404 | {\"statusCode\":404,\"message\":\"Not found\"} | NOT_FOUND",
        "400 | {\"statusCode\":400,\"message\":\"Contact with id c1 not found\"} | NOT_FOUND",
        "400 | {\"statusCode\":400,\"message\":\"bad\"} | INVALID",
        "422 | {\"statusCode\":422,\"message\":[\"property gender should not exist\"],\"error\":\"Unprocessable Entity\"} | INVALID",
        "400 | {\"error\":{\"code\":\"X\",\"message\":\"email must be an email\",\"details\":[],\"resolution\":\"\"}} | INVALID",
        "429 | {\"statusCode\":429,\"message\":\"Too Many Requests\"} | RATE_LIMITED",
        "500 | oops | UNAVAILABLE",
        "503 | {} | UNAVAILABLE",
        "200 | <html>maintenance</html> | CONTRACT_BROKEN",
        "200 | {\"contact\":{}} | CONTRACT_BROKEN",
        "302 | {} | CONTRACT_BROKEN"
      })
  void anUpdateThatFailsSaysWhatToDo(int status, String body, Kind expected) {
    VENDOR.stubFor(any(anyUrl()).willReturn(aResponse().withStatus(status).withBody(body)));
    assertThat(failure(api -> api.updateContact(account, "c1", write())).kind())
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(ints = {500, 502, 504})
  void aCreateThatMeetsAServerErrorIsOfUnknownOutcome(int status) {
    VENDOR.stubFor(any(anyUrl()).willReturn(aResponse().withStatus(status)));
    GhlException failure = failure(api -> api.createContact(account, write()));
    assertThat(failure.kind()).isEqualTo(Kind.OUTCOME_UNKNOWN);
    assertThat(failure.mustLookFirst()).isTrue();
  }

  @Test
  void aCreateWithoutAnswerIsOfUnknownOutcome() {
    VENDOR.stubFor(any(anyUrl()).willReturn(aResponse().withFault(Fault.CONNECTION_RESET_BY_PEER)));
    assertThat(failure(api -> api.createContact(account, write())).kind())
        .isEqualTo(Kind.OUTCOME_UNKNOWN);
    assertThat(failure(api -> api.updateContact(account, "c1", write())).kind())
        .isEqualTo(Kind.UNAVAILABLE);
  }

  @Test
  void aRefusedCreateMayHaveCreatedAndNamesFieldsOnly() {
    VENDOR.stubFor(
        any(anyUrl())
            .willReturn(
                aResponse()
                    .withStatus(422)
                    .withBody(
                        "{\"statusCode\":422,\"message\":[\"phone must be a valid phone number\",\"property additionalPhones should not exist\",\"ava@example.org is taken\"]}")));
    GhlException failure = failure(api -> api.createContact(account, write()));
    assertThat(failure.fields())
        .containsExactly("phone: value refused", "additionalPhones: not accepted here");
    assertThat(failure.mustLookFirst()).isTrue();
    assertThat(failure.toString() + failure.fields()).doesNotContain("ava@example.org");
  }

  @Test
  void aDuplicateNamesTheContactThatIsThere() {
    VENDOR.stubFor(
        any(anyUrl())
            .willReturn(
                aResponse()
                    .withStatus(400)
                    .withBody(
                        "{\"statusCode\":400,\"message\":\"This location does not allow duplicated contacts.\",\"meta\":{\"contactId\":\"c7\",\"contactName\":\"Bea Lind\",\"matchingField\":\"phone\"}}")));
    GhlException failure = failure(api -> api.createContact(account, write()));
    assertThat(failure.kind()).isEqualTo(Kind.DUPLICATE);
    assertThat(failure.contactId()).contains("c7");
    assertThat(failure.matchingField()).contains("phone");
    assertThat(failure.toString()).doesNotContain("Bea");
  }

  @Test
  void aContactThatIsGoneIsEmptyAndNoFailure() {
    VENDOR.stubFor(
        any(anyUrl())
            .willReturn(
                aResponse().withStatus(400).withBody("{\"message\":\"Contact not found\"}")));
    assertThat(api.contact(account, "c1")).isEmpty();
    assertThat(api.appointment(account, "e1")).isEmpty();
  }

  @Test
  void theVendorsViewOfTheQuotaIsPassedOn() {
    VENDOR.stubFor(
        any(anyUrl())
            .willReturn(
                okJson("{\"contact\":{\"id\":\"c1\"}}")
                    .withHeader("X-RateLimit-Daily-Remaining", "199000")
                    .withHeader("X-RateLimit-Remaining", "42")
                    .withHeader("X-RateLimit-Interval-Milliseconds", "10000")));
    api.contact(account, "c1");
    assertThat(permits.seen).containsExactly("42 left for PT10S");
  }

  @Test
  void aSpentDayPausesUntilTheNext() {
    VENDOR.stubFor(
        any(anyUrl())
            .willReturn(
                okJson("{\"contact\":{\"id\":\"c1\"}}")
                    .withHeader("X-RateLimit-Daily-Remaining", "0")));
    api.contact(account, "c1");
    assertThat(permits.seen).containsExactly("pause until 2026-03-11T00:00:00Z");
  }

  @Test
  void aRateLimitWaitsOneIntervalWhenTheVendorNamesNoTime() {
    VENDOR.stubFor(
        any(anyUrl())
            .willReturn(
                aResponse()
                    .withStatus(429)
                    .withHeader("X-RateLimit-Interval-Milliseconds", "10000")));
    assertThat(failure(api -> api.contact(account, "c1")).retryAfter())
        .contains(Duration.ofSeconds(10));
  }

  @Test
  void urgentCallsUseTheShareOfBooking() {
    answers("{\"contact\":{\"id\":\"c1\"}}");
    api.contact(account, "c1");
    api.contact(account.urgent(true), "c1");
    assertThat(http.calls).extracting(HttpCall::lane).containsExactly(Lane.SYNC, Lane.BOOKING);
    assertThat(http.calls.getFirst().quota().calls()).isEqualTo(100);
    assertThat(http.calls.getFirst().quota().per()).isEqualTo(Duration.ofSeconds(10));
    assertThat(http.calls.getFirst().quota().perDay()).isEqualTo(200_000);
    assertThat(http.calls.getFirst().quota().keptForBooking()).isEqualTo(25);
  }

  @Test
  void theConsentPageCarriesStateScopesAndRedirect() {
    assertThat(oauth.authorizePage("s-1"))
        .hasToString(
            "https://marketplace.gohighlevel.com/v2/oauth/chooselocation?response_type=code&client_id=app1-x9"
                + "&redirect_uri=https%3A%2F%2Fexample.org%2Fghl%2Fback&scope=contacts.readonly%20locations%2Ftags.write&state=s-1");
  }

  @Test
  void aCodeIsExchangedByForm() {
    answers(
        "{\"access_token\":\"a\",\"refresh_token\":\"r\",\"expires_in\":86399,\"scope\":\"contacts.readonly x\",\"userType\":\"Company\",\"companyId\":\"co1\"}");
    GhlGrant grant = oauth.exchange(account, "code-1");
    assertThat(grant.agency()).isTrue();
    assertThat(grant.scopes()).containsExactlyInAnyOrder("contacts.readonly", "x");
    VENDOR.verify(
        postRequestedFor(urlEqualTo("/oauth/token"))
            .withHeader("Content-Type", equalTo("application/x-www-form-urlencoded"))
            .withHeader("Version", absent())
            .withHeader("Authorization", absent())
            .withFormParam("grant_type", equalTo("authorization_code"))
            .withFormParam("code", equalTo("code-1"))
            .withFormParam("client_id", equalTo("app1-x9"))
            .withFormParam("redirect_uri", equalTo("https://example.org/ghl/back")));
  }

  @Test
  void anAgencyListsWhereTheAppIsInstalled() {
    answers(
        "{\"locations\":[{\"_id\":\"loc1\",\"name\":\"Demo\",\"address\":\"\",\"isInstalled\":true}],\"count\":1}");
    assertThat(oauth.installedLocations(account, new GhlTokens.Agency("co1", "agency-token")))
        .containsExactly(new GhlOAuth.Installed("loc1", "Demo"));
    VENDOR.verify(
        getRequestedFor(urlPathEqualTo("/oauth/installedLocations"))
            .withQueryParam("companyId", equalTo("co1"))
            .withQueryParam("appId", equalTo("app1"))
            .withHeader("Authorization", equalTo("Bearer agency-token")));
  }

  @Test
  void noRecordShowsPersonalData() {
    answers(
        "{\"contact\":{\"id\":\"c1\",\"firstName\":\"Ava\",\"email\":\"ava@example.org\",\"phone\":\"+61491570156\",\"customFields\":[{\"id\":\"f1\",\"value\":\"secret\"}]}}");
    assertThat(api.contact(account, "c1").orElseThrow().toString() + write() + http.calls.getLast())
        .doesNotContain("Ava")
        .doesNotContain("ava@")
        .doesNotContain("+614")
        .doesNotContain("secret")
        .doesNotContain("pit-1");
  }

  private static GhlContactWrite write() {
    return new GhlContactWrite(
        Map.of(GhlContactField.EMAIL, "ava@example.org"), Map.of("f1", "secret"), Set.of());
  }

  private static void answers(String json) {
    VENDOR.stubFor(any(anyUrl()).willReturn(okJson(json)));
  }

  private GhlException failure(Consumer<GhlApi> work) {
    return catchThrowableOfType(GhlException.class, () -> work.accept(api));
  }
}
