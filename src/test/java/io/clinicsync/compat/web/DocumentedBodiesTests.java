package io.clinicsync.compat.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.clinicsync.booking.BookingRequests.Book;
import io.clinicsync.bridge.HookBody;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the documentation shows as bodies is what the routes of that EMR understand, whole. */
class DocumentedBodiesTests {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final ZoneId SYDNEY = ZoneId.of("Australia/Sydney");
  private static final Pattern BODY =
      Pattern.compile("(?ms)^(`POST [^\\n]*)\\n\\n```json\\n(.*?)```");
  private static final Pattern PATH = Pattern.compile("`POST (\\S+)`");
  private static final Pattern CALL =
      Pattern.compile("(?s)curl [^\\n]*\\$AT(/\\S+) -d @- <<END\\n(.*?)\\n *END\\n");
  private static final List<Dialect> DIALECTS =
      List.of(
          new JaneDialect(),
          new ClinikoDialect(),
          new NookalDialect(),
          new SimplePracticeDialect(),
          new PracticeBetterDialect(),
          new HalaxyDialect());

  private static String page(String name) throws IOException {
    return Files.readString(Path.of("docs", name));
  }

  /** Bodies of docs/migrate.md by path and section. */
  private static Map<String, Map<String, JsonNode>> migrated() throws IOException {
    Map<String, Map<String, JsonNode>> bodies = new LinkedHashMap<>();
    for (String section : page("migrate.md").split("(?m)^## ")) {
      String title = section.substring(0, section.indexOf('\n')).strip();
      Matcher body = BODY.matcher(section);
      while (body.find()) {
        JsonNode tree = JSON.readTree(body.group(2));
        PATH.matcher(body.group(1))
            .results()
            .forEach(
                path ->
                    bodies
                        .computeIfAbsent(path.group(1), none -> new LinkedHashMap<>())
                        .put(title, tree));
      }
    }
    return bodies;
  }

  private static Dialect dialect(String title) {
    String emr = title.toLowerCase(Locale.ROOT).replace(" ", "");
    return DIALECTS.stream().filter(each -> each.emr().equals(emr)).findFirst().orElseThrow();
  }

  private static void understood(String path, String title, String body) {
    Fields fields = new Fields(HookBody.of(body.getBytes(StandardCharsets.UTF_8)), SYDNEY);
    Dialect dialect = dialect(title);
    String last = path.substring(path.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
    if (last.contains("cancel")) {
      assertThat(dialect.end(fields).appointment()).as(path).isEqualTo("abc123-xyz");
    } else if (last.contains("update") || last.contains("reschedule")) {
      Dialect.Move move = dialect.move(fields);
      assertThat(move.appointment()).as(path).isEqualTo("abc123-xyz");
      assertThat(move.startsAt()).isEqualTo(Instant.parse("2027-03-10T22:00:00Z"));
    } else {
      Book book = dialect.book(fields);
      assertThat(book.startsAt()).isEqualTo(Instant.parse("2027-03-10T03:30:00Z"));
      assertThat(book.who().lastName()).isEqualTo("Sorel");
      assertThat(book.who().email()).isEqualTo("ana.sorel@example.org");
      assertThat(book.practitioner()).isNotBlank();
      assertThat(book.treatment()).isNotBlank();
      assertThat(book.otherId()).isNotNull();
    }
    fields.complete();
  }

  @Test
  void everyBodyOfTheMigrationPageIsUnderstood() throws IOException {
    Map<String, Map<String, JsonNode>> bodies = migrated();
    assertThat(bodies).hasSize(18);
    bodies.forEach(
        (path, byEmr) -> byEmr.forEach((title, body) -> understood(path, title, body.toString())));
  }

  @Test
  void theDescriptionShowsTheBodiesOfTheMigrationPage() throws IOException {
    JsonNode shown =
        JSON.readTree(Files.readString(Path.of("src/main/resources/openapi/route-bodies.json")));
    assertThat(shown).isEqualTo(JSON.valueToTree(migrated()));
  }

  @Test
  void everyCommandOfTheTenMinutesIsUnderstoodByItsEmr() throws IOException {
    int calls = 0;
    for (String section : page("book-in-ten-minutes.md").split("(?m)^### ")) {
      String title = section.substring(0, section.indexOf('\n')).strip();
      if (title.startsWith("#")) {
        continue;
      }
      Matcher call = CALL.matcher(section);
      while (call.find()) {
        calls++;
        understood(
            call.group(1),
            title,
            call.group(2)
                .replace("$START", "2027-03-10T14:30:00+11:00")
                .replace("$OTHER_START", "2027-03-11T09:00:00+11:00")
                .replace("$PRACTITIONER", "noor.baker@example.org")
                .replace("$TREATMENT", "Initial consultation")
                .replace("$SITE", "Harbour Street"));
      }
    }
    assertThat(calls).isEqualTo(18);
  }
}
