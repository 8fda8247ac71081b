package io.clinicsync.sandbox.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What changed the simulated vendors, one JSON line each, so that a later start can do it again. A
 * line is one write to the file, made before the caller gets its answer: a killed process loses
 * nothing it has answered, and a line cut by the kill is one nobody was answered for. Without a
 * folder it keeps nothing. Thread-safe.
 */
public final class Journal implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final @Nullable Path file;
  private @Nullable OutputStream out;
  private boolean replaying;

  private Journal(@Nullable Path file) {
    this.file = file;
  }

  /** A journal that keeps nothing. */
  public static Journal off() {
    return new Journal(null);
  }

  /** The journal in this folder; made when missing. */
  public static Journal in(Path folder) {
    try {
      Files.createDirectories(folder);
      return new Journal(folder.resolve("journal"));
    } catch (IOException failure) {
      throw new UncheckedIOException("The sandbox cannot keep its state in " + folder, failure);
    }
  }

  /** Whether anything is kept. */
  public boolean isOn() {
    return file != null;
  }

  /**
   * Hands over every line, oldest first, and takes new ones from then on. Called once, before any
   * other call.
   */
  public synchronized void replay(Consumer<JsonNode> each) {
    if (file == null) {
      return;
    }
    replaying = true;
    try {
      for (JsonNode line : whole(file)) {
        each.accept(line);
      }
      out = Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException failure) {
      throw new UncheckedIOException("The sandbox's journal " + file + " cannot be read", failure);
    } finally {
      replaying = false;
    }
  }

  /** The complete lines; what follows the last line end is cut off the file. */
  private static List<JsonNode> whole(Path file) throws IOException {
    if (!Files.exists(file)) {
      return List.of();
    }
    byte[] bytes = Files.readAllBytes(file);
    int end = bytes.length;
    while (end > 0 && bytes[end - 1] != '\n') {
      end--;
    }
    if (end < bytes.length) {
      try (var channel = Files.newByteChannel(file, StandardOpenOption.WRITE)) {
        channel.truncate(end);
      }
    }
    List<JsonNode> lines = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < end; i++) {
      if (bytes[i] == '\n') {
        lines.add(JSON.readTree(bytes, start, i - start));
        start = i + 1;
      }
    }
    return lines;
  }

  /** Adds a line; nothing while lines are replayed or the journal is off. */
  public synchronized void add(JsonOut line) {
    if (file == null || replaying) {
      return;
    }
    if (out == null) {
      throw new IllegalStateException("The sandbox's journal is closed or was not replayed");
    }
    try {
      out.write((line.toString() + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (IOException full) {
      throw new UncheckedIOException("The sandbox's journal cannot be written", full);
    }
  }

  /** Forgets everything. */
  public synchronized void clear() {
    if (file == null) {
      return;
    }
    try {
      close();
      Files.deleteIfExists(file);
      out = Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** A call as one line: what it takes to make the same change to the same account again. */
  public void call(String vendor, String account, long ids, Instant at, Request request) {
    if (file == null) {
      return;
    }
    JsonOut line = new JsonOut(256 + request.body().length).open().member("call", vendor);
    line.member("account", account).member("ids", ids).member("at", at);
    line.member("method", request.method()).member("path", request.path());
    if (!request.rawQuery().isEmpty()) {
      line.member("query", request.rawQuery());
    }
    String type = request.header("content-type");
    if (type != null) {
      line.member("type", type);
    }
    line.member("body", request.text());
    add(line.close());
  }

  /**
   * The request of a {@link #call} line; it carries no credentials, since the line names the
   * account.
   */
  public static Request request(JsonNode line) {
    Map<String, String> headers =
        line.has("type") ? Map.of("content-type", line.get("type").asText()) : Map.of();
    return new Request(
        line.path("method").asText(),
        line.path("path").asText(),
        line.path("query").asText(),
        headers,
        line.path("body").asText().getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public synchronized void close() {
    if (out != null) {
      try {
        out.close();
      } catch (IOException gone) {
        // Every line was already written.
      }
      out = null;
    }
  }
}
