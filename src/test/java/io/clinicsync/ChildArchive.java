package io.clinicsync;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.springframework.util.FileSystemUtils;

/**
 * The application's classes, loaded, verified and linked once in {@code target/child-jvm}, so that
 * the many short processes of {@link ChildJvm} need not do it each. The JVM keeps such a cache for
 * jars only, so our own two folders of classes stand beside it as jars. The first process that is
 * wanted has it made; later builds take it over while no class has changed.
 */
record ChildArchive(Path folder, String classPath) {

  private static final Path HOME = Path.of("target", "child-jvm");
  private static final String CACHE = "classes.aot";
  private static final int MOST_SECONDS = 120;

  /** Made when the first process is wanted. */
  private static final class Holder {
    private static final Optional<ChildArchive> READY = make();
  }

  /** The archive of this build; empty where it cannot be made, which costs nothing but time. */
  static Optional<ChildArchive> ready() {
    return Holder.READY;
  }

  List<String> options() {
    return List.of("-XX:AOTCache=" + cache());
  }

  private Path cache() {
    return folder.resolve(CACHE);
  }

  private static Optional<ChildArchive> make() {
    try {
      Files.createDirectories(HOME);
      // Two builds in one folder make it in turn.
      try (FileChannel gate =
              FileChannel.open(
                  HOME.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          var unused = gate.lock()) {
        return make(HOME.resolve(fingerprint()).toAbsolutePath());
      }
    } catch (IOException failure) {
      System.out.println("child processes start without an archive: " + failure);
      return Optional.empty();
    }
  }

  private static Optional<ChildArchive> make(Path folder) throws IOException {
    List<String> jars = new ArrayList<>();
    boolean made = Files.exists(folder.resolve(CACHE));
    if (!made) {
      discardOlder();
      Files.createDirectories(folder);
    }
    for (String entry : ChildJvm.classPath().split(File.pathSeparator)) {
      Path place = Path.of(entry);
      Path jar = folder.resolve(place.getFileName() + ".jar");
      if (Files.isDirectory(place)) {
        if (!made) {
          pack(place, jar);
        }
        jars.add(jar.toString());
      } else {
        jars.add(entry);
      }
    }
    ChildArchive archive = new ChildArchive(folder, String.join(File.pathSeparator, jars));
    if (!made) {
      archive.train();
    }
    return Files.exists(archive.cache()) ? Optional.of(archive) : Optional.empty();
  }

  private static void discardOlder() throws IOException {
    try (Stream<Path> others = Files.list(HOME).filter(Files::isDirectory)) {
      for (Path other : others.toList()) {
        FileSystemUtils.deleteRecursively(other);
      }
    }
  }

  /** Lets one process start and end as its successors will, and keep what it loaded. */
  private void train() throws IOException {
    Path unfinished = folder.resolve("unfinished.aot");
    List<String> command =
        new ArrayList<>(
            ChildJvm.command(
                List.of("-XX:AOTCacheOutput=" + unfinished), classPath, ChildTraining.class));
    TestDatabase.create()
        .settings()
        .forEach((name, value) -> command.add("--" + name + "=" + value));
    Path output = folder.resolve("training.txt");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      if (process.waitFor(MOST_SECONDS, TimeUnit.SECONDS) && Files.exists(unfinished)) {
        Files.move(unfinished, cache());
      } else {
        System.out.println("child processes start without an archive; see " + output);
      }
    } catch (InterruptedException stopped) {
      throw new IllegalStateException(stopped);
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  /** Packs without compression; folders stand in it, since class path scans ask for them. */
  private static void pack(Path classes, Path jar) throws IOException {
    try (OutputStream file = Files.newOutputStream(jar);
        ZipOutputStream zip = new ZipOutputStream(file);
        Stream<Path> all = Files.walk(classes)) {
      zip.setLevel(Deflater.NO_COMPRESSION);
      for (Path each : all.filter(path -> !path.equals(classes)).toList()) {
        boolean isFolder = Files.isDirectory(each);
        String name = classes.relativize(each).toString().replace(File.separatorChar, '/');
        zip.putNextEntry(new ZipEntry(isFolder ? name + "/" : name));
        if (!isFolder) {
          Files.copy(each, zip);
        }
        zip.closeEntry();
      }
    }
  }

  /** Another one whenever a class, a library or the JVM is another. */
  private static String fingerprint() throws IOException {
    StringBuilder all = new StringBuilder(System.getProperty("java.vm.version"));
    for (String entry : ChildJvm.classPath().split(File.pathSeparator)) {
      try (Stream<Path> files = Files.walk(Path.of(entry))) {
        for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
          all.append('\n').append(file).append(' ').append(Files.size(file));
          all.append(' ').append(Files.getLastModifiedTime(file).toMillis());
        }
      }
    }
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256")
              .digest(all.toString().getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(Arrays.copyOf(hash, 12));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
