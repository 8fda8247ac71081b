package io.clinicsync;

import static org.assertj.core.api.Assertions.assertThat;

import io.clinicsync.emr.tck.EmrConnectorTck;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.modulith.ApplicationModule;

/** Each EMR is a module of its own, closed, and runs the connector test kit. */
class ConnectorModulesTests {

  private static final String EMR = "io.clinicsync.emr";
  private static final Set<String> ALLOWED = Set.of("canonical", "http", "emr :: spi");

  @Test
  void everyEmrPackageIsAModuleThatUsesOnlyTheSpi() {
    assertThat(emrPackages()).contains(EMR + ".cliniko");
    for (String name : emrPackages()) {
      assertThat(complaints(name)).as(name).isEmpty();
    }
  }

  @Test
  void aPackageWithoutTheAnnotationIsFound() {
    assertThat(complaints(EMR + ".tck")).singleElement().asString().contains("@ApplicationModule");
    assertThat(complaints("io.clinicsync.crm")).isNotEmpty();
  }

  @Test
  void connectorsShowNoTypeToOthers() throws Exception {
    for (String name : emrPackages()) {
      for (Class<?> type : types(name)) {
        assertThat(Modifier.isPublic(type.getModifiers())).as(type.getName()).isFalse();
      }
    }
  }

  @Test
  void everyConnectorRunsTheTestKit() throws Exception {
    for (String name : emrPackages()) {
      List<String> connectors =
          types(name).stream()
              .map(Class::getSimpleName)
              .filter(type -> type.endsWith("Connector"))
              .toList();
      assertThat(connectors).as(name).isNotEmpty();
      for (String connector : connectors) {
        Class<?> tests = Class.forName(name + "." + connector + "Tests");
        assertThat(EmrConnectorTck.class).isAssignableFrom(tests);
        assertThat(Arrays.stream(tests.getDeclaredMethods()).filter(m -> !m.isSynthetic()))
            .extracting("name")
            .containsExactlyInAnyOrder("connector", "simulator");
      }
    }
  }

  private static List<String> complaints(String name) {
    try {
      Class<?> info = Class.forName(name + ".package-info");
      ApplicationModule module = info.getAnnotation(ApplicationModule.class);
      if (module == null) {
        return List.of("has no @ApplicationModule and so counts as part of emr");
      }
      List<String> strangers = new ArrayList<>(List.of(module.allowedDependencies()));
      strangers.removeAll(ALLOWED);
      return strangers.stream().map(each -> "may use " + each).toList();
    } catch (ClassNotFoundException none) {
      return List.of("has no package-info with @ApplicationModule");
    }
  }

  private static List<String> emrPackages() {
    try (Stream<Path> folders = Files.list(classes("io/clinicsync/emr"))) {
      return folders
          .filter(Files::isDirectory)
          .map(folder -> folder.getFileName().toString())
          .filter(name -> !name.equals("spi"))
          .sorted()
          .map(name -> EMR + "." + name)
          .toList();
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  private static List<Class<?>> types(String name) throws IOException, ClassNotFoundException {
    List<Class<?>> types = new ArrayList<>();
    try (Stream<Path> files = Files.list(classes(name.replace('.', '/')))) {
      for (Path file : files.sorted().toList()) {
        String type = file.getFileName().toString().replace(".class", "");
        if (!type.equals("package-info")) {
          types.add(Class.forName(name + "." + type));
        }
      }
    }
    return types;
  }

  /** The folder of main classes, not of tests, which share package names. */
  private static Path classes(String folder) {
    try {
      Path main =
          Path.of(ClinicSync.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      return main.resolve(folder);
    } catch (URISyntaxException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
