package io.clinicsync;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How a test starts the application's code as a process of its own. Such a process lives for
 * seconds, so it compiles and collects in the plainest way and takes its classes from {@link
 * ChildArchive} where that could be made.
 */
public final class ChildJvm {

  private static final List<String> OPTIONS =
      List.of(
          "-Xmx512m",
          "-XX:TieredStopAtLevel=1",
          "-XX:+UseSerialGC",
          "--sun-misc-unsafe-memory-access=allow",
          "--enable-native-access=ALL-UNNAMED");

  private ChildJvm() {}

  /** The command that runs this class with the tests' class path; arguments may be added. */
  public static List<String> command(Class<?> main) {
    return ChildArchive.ready()
        .map(archive -> command(archive.options(), archive.classPath(), main))
        .orElseGet(() -> command(List.of(), classPath(), main));
  }

  static List<String> command(List<String> more, String classPath, Class<?> main) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(OPTIONS);
    command.addAll(more);
    command.addAll(List.of("-cp", classPath, main.getName()));
    return command;
  }

  /** What this JVM itself finds its classes in: folders and jars. */
  static String classPath() {
    return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
  }
}
