package io.clinicsync;

import static org.assertj.core.api.Assertions.assertThat;

import io.clinicsync.emr.Connectors;
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
  private static final Set<String> ALLOWED = Set.of("canonical", "http", "emr :: spi", "emr.wire");

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
  void everyWayIntoAnEmrRunsTheTestKit() throws Exception {
    for (String name : emrPackages()) {
      List<Class<?>> connectors =
          types(name).stream().filter(type -> type.getSimpleName().endsWith("Connector")).toList();
      assertThat(connectors).as(name).hasSize(1);
      List<Class<?>> kits =
          types(testClasses(name.replace('.', '/')), name).stream()
              .filter(EmrConnectorTck.class::isAssignableFrom)
              .toList();
      assertThat(kits).as("test kit runs of " + name).hasSize(waysOf(name));
      for (Class<?> kit : kits) {
        assertThat(Arrays.stream(kit.getDeclaredMethods()).filter(m -> !m.isSynthetic()))
            .extracting("name")
            .contains("connector", "simulator")
            .isSubsetOf("connector", "simulator", "way");
      }
    }
  }

  private static int waysOf(String name) {
    try (var context = DeclaredConnectors.context()) {
      String id = name.substring(name.lastIndexOf('.') + 1);
      return context.getBean(Connectors.class).require(id).descriptor().ways().size();
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
          .filter(name -> !name.equals("spi") && !name.equals("wire"))
          .sorted()
          .map(name -> EMR + "." + name)
          .toList();
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  private static List<Class<?>> types(String name) throws IOException, ClassNotFoundException {
    return types(classes(name.replace('.', '/')), name);
  }

  private static List<Class<?>> types(Path folder, String name)
      throws IOException, ClassNotFoundException {
    List<Class<?>> types = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
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
    return of(ClinicSync.class, folder);
  }

  private static Path testClasses(String folder) {
    return of(ConnectorModulesTests.class, folder);
  }

  private static Path of(Class<?> neighbour, String folder) {
    try {
      return Path.of(neighbour.getProtectionDomain().getCodeSource().getLocation().toURI())
          .resolve(folder);
    } catch (URISyntaxException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
