package io.clinicsync.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The committed lists are what the program makes of the documentation. That is not ours to publish:
 * {@code -Dpayload.docs=<file>} says where it is, and {@code -Dpayload.docs.write=true} writes the
 * lists anew.
 */
class DocumentedSamplesTests {

  private static final Path LISTS = Path.of("src/test/resources/payloads");
  private static final String HEAD =
      "# Key paths and JSON types of the documented payload; \"any\" where its sample shows null.\n";

  @ParameterizedTest
  @CsvSource({
    "cliniko, Cliniko",
    "jane, Jane",
    "nookal, Nookal",
    "practicebetter, Practice Better",
    "pteverywhere, PtE",
    "simplepractice, SimplePractice"
  })
  void theCommittedListIsWhatTheSampleShows(String emr, String product) throws IOException {
    String documentation = System.getProperty("payload.docs", "");
    assumeThat(documentation)
        .as("the documentation is given by -Dpayload.docs=<file>")
        .isNotBlank();
    String made =
        HEAD
            + DocumentedSamples.types(Files.readString(Path.of(documentation)), product)
                .entrySet()
                .stream()
                .map(each -> each.getKey() + " " + each.getValue() + "\n")
                .collect(Collectors.joining());
    Path list = LISTS.resolve(emr + ".keys");
    if (Boolean.getBoolean("payload.docs.write")) {
      Files.writeString(list, made);
    }
    assertThat(list).hasContent(made);
  }

  @Test
  void commentsSurplusBracesAndNullsAreReadAsTheyAreMeant() {
    String documentation =
        """
        Webhook Payload (for others): Other Patient Update
        {"a": 1}
        Webhook Payload (for others): Some EMR Patient Update

        View Example
        {
          // as of today
          "id": 7, "phone": null,
          "visits": [{"at": null, "paid": true}, {"at": "2026-01-01"}],
          "appointments": {"a1": {"id": "a1"}, "a2": {"room": "R"}}
          // more of them follow
        }}
        Note: {that} is all
        """;
    assertThat(DocumentedSamples.types(documentation, "Some EMR"))
        .containsExactlyEntriesOf(
            orderly(
                "id number, phone any, visits array, visits[] object, visits[].at string,"
                    + " visits[].paid boolean, appointments object, appointments.{id} object,"
                    + " appointments.{id}.id string, appointments.{id}.room string"));
  }

  private static Map<String, String> orderly(String text) {
    Map<String, String> types = new LinkedHashMap<>();
    for (String each : text.split(", ?")) {
      types.put(each.split(" ")[0], each.split(" ")[1]);
    }
    return types;
  }
}
