package io.clinicsync.crm.web;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.clinicsync.crm.FieldMap;
import io.clinicsync.crm.FieldMaps;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseBody;

/**
 * Shows what is written where: public, since it holds rules and no data. As page, JSON or CSV, by
 * Accept.
 */
@Controller
@RequestMapping("/field-map/{emr}")
class FieldMapController {

  private static final String CSV = "text/csv";

  private final FieldMaps maps;

  FieldMapController(FieldMaps maps) {
    this.maps = maps;
  }

  @GetMapping(produces = MediaType.TEXT_HTML_VALUE)
  String page(
      @PathVariable String emr,
      @RequestParam(name = "q", defaultValue = "") String query,
      Model model) {
    FieldMap map = map(emr);
    model.addAttribute("map", map);
    model.addAttribute("query", query.strip());
    model.addAttribute("rows", rows(map, query));
    model.addAttribute("emrs", maps.all().stream().map(FieldMap::emr).toList());
    return "crm/field-map";
  }

  @ResponseBody
  @GetMapping(produces = MediaType.APPLICATION_JSON_VALUE)
  Listing json(
      @PathVariable String emr, @RequestParam(name = "q", defaultValue = "") String query) {
    return new Listing(emr, rows(map(emr), query));
  }

  @ResponseBody
  @GetMapping(produces = CSV)
  String csv(@PathVariable String emr, @RequestParam(name = "q", defaultValue = "") String query) {
    StringBuilder text = new StringBuilder("to,label,type,class,pack,from,native,description\r\n");
    for (Row row : rows(map(emr), query)) {
      text.append(
          String.join(
              ",",
              Stream.of(
                      row.to(),
                      row.label(),
                      row.type(),
                      row.sensitivity(),
                      row.pack(),
                      row.from(),
                      Boolean.toString(row.nativeField()),
                      row.description() == null ? "" : row.description())
                  .map(FieldMapController::quoted)
                  .toList()));
      text.append("\r\n");
    }
    return text.toString();
  }

  @ExceptionHandler
  ResponseEntity<ProblemDetail> unknown(UnknownEmr unknown) {
    ProblemDetail problem = ProblemDetail.forStatus(HttpStatus.NOT_FOUND);
    problem.setTitle("Unknown EMR");
    problem.setDetail("There is no field map of that name.");
    return ResponseEntity.status(HttpStatus.NOT_FOUND)
        .contentType(MediaType.APPLICATION_PROBLEM_JSON)
        .body(problem);
  }

  /** A map as JSON. */
  record Listing(String emr, List<Row> fields) {}

  /** One field as shown. */
  record Row(
      String to,
      String label,
      String type,
      @JsonProperty("class") String sensitivity,
      String pack,
      String from,
      @JsonProperty("native") boolean nativeField,
      @Nullable String description) {

    static Row of(FieldMap.Entry entry) {
      return new Row(
          entry.to(),
          entry.label(),
          entry.form().word(),
          entry.sensitivity().word(),
          entry.pack().word(),
          entry.from(),
          entry.nativeField().isPresent(),
          entry.description());
    }

    boolean fits(String query) {
      String wanted = query.strip().toLowerCase(Locale.ROOT);
      return Stream.of(to, label, sensitivity, pack, from, description == null ? "" : description)
          .anyMatch(part -> part.toLowerCase(Locale.ROOT).contains(wanted));
    }
  }

  private FieldMap map(String emr) {
    return maps.find(emr).orElseThrow(UnknownEmr::new);
  }

  private static List<Row> rows(FieldMap map, String query) {
    return map.entries().stream().map(Row::of).filter(row -> row.fits(query)).toList();
  }

  private static String quoted(String value) {
    return value.matches("[\\w .:-]*") ? value : '"' + value.replace("\"", "\"\"") + '"';
  }

  private static final class UnknownEmr extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }
}
