package io.clinicsync.crm.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.content;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.jsonPath;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

import io.clinicsync.crm.FieldMaps;
import org.junit.jupiter.api.Test;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;
import org.thymeleaf.spring6.SpringTemplateEngine;
import org.thymeleaf.spring6.view.ThymeleafViewResolver;
import org.thymeleaf.templateresolver.ClassLoaderTemplateResolver;

class FieldMapControllerTests {

  private final MockMvc web =
      MockMvcBuilders.standaloneSetup(new FieldMapController(new FieldMaps()))
          .setViewResolvers(views())
          .build();

  @Test
  void aBrowserGetsAPageWithoutScriptOrInlineStyle() throws Exception {
    web.perform(get("/field-map/cliniko").accept("text/html"))
        .andExpect(status().isOk())
        .andExpect(
            content()
                .string(
                    allOf(
                        containsString("upcoming_appointment_start_time"),
                        containsString("class=\"badge scheduling\""),
                        containsString("/css/field-map.css"),
                        not(containsString("<script")),
                        not(containsString("style=")))));
  }

  @Test
  void thePageIsSearchedByItsAddress() throws Exception {
    web.perform(get("/field-map/cliniko").param("q", "Balance owed").accept("text/html"))
        .andExpect(status().isOk())
        .andExpect(
            content()
                .string(
                    allOf(containsString("balance_patient"), not(containsString("patient_id")))));
    web.perform(get("/field-map/cliniko").param("q", "<b>nothing").accept("text/html"))
        .andExpect(
            content()
                .string(allOf(containsString("No field fits"), not(containsString("<b>nothing")))));
  }

  @Test
  void aProgramGetsJson() throws Exception {
    web.perform(get("/field-map/cliniko").accept("application/json"))
        .andExpect(status().isOk())
        .andExpect(jsonPath("$.emr").value("cliniko"))
        .andExpect(jsonPath("$.fields[?(@.to=='firstName')].native").value(true))
        .andExpect(jsonPath("$.fields[?(@.to=='patient_id')].class").value("identity"))
        .andExpect(jsonPath("$.fields[?(@.to=='patient_id')].from").value("patient.id"));
  }

  @Test
  void aSpreadsheetGetsCsv() throws Exception {
    String csv =
        web.perform(get("/field-map/cliniko").accept("text/csv"))
            .andExpect(status().isOk())
            .andExpect(
                content()
                    .string(startsWith("to,label,type,class,pack,from,native,description\r\n")))
            .andReturn()
            .getResponse()
            .getContentAsString();
    assertThat(csv.lines())
        .hasSize(new FieldMaps().find("cliniko").orElseThrow().entries().size() + 1);
    assertThat(csv)
        .contains(
            "firstName,First name,text,identity,minimal,patient.firstName,true,As in Cliniko.");
  }

  @Test
  void anUnknownEmrIsAProblemInEveryForm() throws Exception {
    for (String form : new String[] {"text/html", "application/json", "text/csv"}) {
      web.perform(get("/field-map/abacus").accept(form))
          .andExpect(status().isNotFound())
          .andExpect(content().contentType("application/problem+json"))
          .andExpect(jsonPath("$.title").value("Unknown EMR"))
          .andExpect(jsonPath("$.status").value(404));
    }
  }

  private static ThymeleafViewResolver views() {
    ClassLoaderTemplateResolver templates = new ClassLoaderTemplateResolver();
    templates.setPrefix("templates/");
    templates.setSuffix(".html");
    templates.setCharacterEncoding("UTF-8");
    SpringTemplateEngine engine = new SpringTemplateEngine();
    engine.setTemplateResolver(templates);
    ThymeleafViewResolver resolver = new ThymeleafViewResolver();
    resolver.setTemplateEngine(engine);
    resolver.setCharacterEncoding("UTF-8");
    return resolver;
  }
}
