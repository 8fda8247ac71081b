package io.clinicsync;

import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.springframework.modulith.core.ApplicationModules;
import org.springframework.modulith.docs.Documenter;

@Order(20)
class ModularityTests {

  private final ApplicationModules modules = ApplicationModules.of(ClinicSync.class);

  @Test
  void modulesUseOnlyWhatTheyDeclare() {
    modules.verify();
  }

  @Test
  void moduleDocumentationIsWritten() {
    new Documenter(modules).writeDocumentation();
  }
}
