package io.clinicsync.emr.simplepractice;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.clinicsync.canonical.Patient;
import io.clinicsync.emr.spi.PatientDirectory;
import io.clinicsync.emr.spi.PatientDirectory.NewPatient;
import io.clinicsync.emr.spi.PatientDirectory.PatientQuery;
import io.clinicsync.emr.spi.WriteAttempt;
import java.io.IOException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is SimplePractice's own about finding and registering clients. */
class SimplePracticeDirectoryTests {

  private final PracticeStage stage = new PracticeStage();
  private final PatientDirectory directory = stage.capability(PatientDirectory.class);

  @AfterEach
  void close() {
    stage.close();
  }

  private static final WriteAttempt ATTEMPT =
      new WriteAttempt() {
        @Override
        public String key() {
          return "key-1";
        }

        @Override
        public Instant begunAt() {
          return Instant.EPOCH;
        }

        @Override
        public void note(String anchor) {
          throw new AssertionError("nothing to note");
        }

        @Override
        public Optional<String> note() {
          return Optional.empty();
        }
      };

  private String client(String first, String last, String email, String phone) {
    return stage.clinic.edit(
        """
        {"edit":"createPatient","members":{"firstName":"%s","lastName":"%s","email":"%s",
        "phone":"%s"}}"""
            .formatted(first, last, email, phone));
  }

  private List<String> find(
      @Nullable String email, @Nullable String phone, @Nullable String first, String last) {
    return directory.find(stage.account, new PatientQuery(email, phone, first, last)).stream()
        .map(each -> each.ref().id().value())
        .toList();
  }

  @Test
  void theFuzzySearchIsComparedAndPagedThrough() {
    for (int i = 0; i < 60; i++) {
      client("Ann", "Ottery", "ottery" + i + "@example.org", "");
    }
    String meant = client("Ann", "Ottery", "ottery@example.org", "");
    assertThat(find("OTTERY@example.org", null, null, "")).containsExactly(meant);
    assertThat(find("nobody-ottery@example.org", null, "Bea", "Ottery")).isEmpty();
  }

  @Test
  void aNumberIsFoundHoweverItWasTyped() {
    String one = client("Ann", "Ottery", "", "(555) 010-2233");
    String other = client("Bea", "Ottery", "", "555 010 9999");
    assertThat(find(null, "+15550102233", "Ann", "Ottery")).containsExactly(one);
    assertThat(find(null, "+15550102233", "Bea", "Ottery"))
        .as("who has another number is not meant, who has this one may be")
        .containsExactly(one)
        .doesNotContain(other);
    assertThat(stage.calls)
        .filteredOn(call -> call.operation().equals("simplepractice.clients.search"))
        .allMatch(call -> call.method().equals("GET"))
        .anyMatch(call -> call.uri().getQuery().contains("filter[search]=5550102233"));
  }

  @Test
  void couplesAreNotSearchedFor() {
    JsonNode couple = null;
    for (JsonNode row : stage.clinic.truth().path("clients")) {
      couple = row.path("thisType").asText().equals("ClientCouple") ? row : couple;
    }
    String id = Objects.requireNonNull(couple).path("id").asText();
    assertThat(find(null, null, null, couple.path("lastName").asText())).doesNotContain(id);
  }

  @Test
  void aRegistrationSendsWhatTheVendorHasAPlaceFor() throws IOException {
    NewPatient somebody =
        new NewPatient(
            "Ann", "Ottery", LocalDate.of(1990, 2, 3), "ann@example.org", "+15550102233");
    Patient made = directory.create(stage.account, somebody, ATTEMPT);
    assertThat(made.standing().discharged()).isFalse();
    JsonNode sent =
        new ObjectMapper()
            .readTree(Objects.requireNonNull(stage.writes().getFirst().body()))
            .path("data");
    assertThat(sent.path("type").asText()).isEqualTo("clients");
    assertThat(sent.at("/attributes/status").asText()).isEqualTo("active");
    assertThat(sent.at("/relationships/emails/data/0/attributes/address").asText())
        .isEqualTo("ann@example.org");
    assertThat(sent.at("/relationships/phones/data/0/attributes/number").asText())
        .isEqualTo("5550102233");
    assertThat(sent.toString()).doesNotContain("1990");
    assertThat(find("ann@example.org", null, "Ann", "Ottery"))
        .containsExactly(made.ref().id().value());
  }
}
